"""Feature sets: the temporal features that a classifier uses, as data."""

import hashlib
import json
import operator
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Self

WINDOWED = ("rolling_mean", "rolling_std")
LAGGED = ("shift", "diff")
TRANSFORMS = ("original", *WINDOWED, *LAGGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureBlock:
    """One transform over time, of some units or as the spread over all units.

    Parameters
    ----------
    transform : str
        One of `TRANSFORMS`; see `models_ml.features.transforms`.
    parameter : int
        Number of frames: for ``rolling_mean`` and ``rolling_std`` the width of a
        centred window, odd and at least 3; for ``shift`` and ``diff`` the distance to
        an earlier frame, or to a later one when negative, and not 0; for ``original``
        0.
    units : tuple of int or None
        Units from 0; each is one column, in this order. With None, the block is a
        single column: the population standard deviation of the transform over all
        units.

    Raises
    ------
    ValueError
        If the transform is unknown, the parameter is out of its range, or `units` is
        empty or has a negative number.
    """

    transform: str
    parameter: int
    units: tuple[int, ...] | None

    def __post_init__(self) -> None:
        if not _is_valid(self.transform, self.parameter):
            raise ValueError(
                f"Expected one of the transforms {', '.join(TRANSFORMS)} with a "
                f"parameter in its range; got {self.transform} {self.parameter}."
            )
        if self.units is not None and (not self.units or min(self.units) < 0):
            raise ValueError(
                f"Expected at least one unit, counted from 0, in {self.transform} "
                f"{self.parameter}; got {list(self.units)}."
            )

    @property
    def n_columns(self) -> int:
        """Number of feature columns."""
        return 1 if self.units is None else len(self.units)

    @property
    def n_before(self) -> int:
        """Number of earlier frames that a feature of a frame depends on."""
        if self.transform in WINDOWED:
            return self.parameter // 2
        return max(self.parameter, 0)

    @property
    def n_after(self) -> int:
        """Number of later frames that a feature of a frame depends on."""
        if self.transform in WINDOWED:
            return self.parameter // 2
        return max(-self.parameter, 0)

    @property
    def margin(self) -> int:
        """Distance in frames to the furthest frame that a feature depends on."""
        return max(self.n_before, self.n_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """The feature columns of a classifier, in order.

    Parameters
    ----------
    name : str
        Name for people, such as ``compact_32``.
    n_units : int
        Number of units of the backbone.
    blocks : tuple of FeatureBlock
        The columns, block after block; at least one block.

    Raises
    ------
    ValueError
        If there is no block, or a block has a unit that the backbone does not have.
    """

    name: str
    n_units: int
    blocks: tuple[FeatureBlock, ...]

    def __post_init__(self) -> None:
        if not self.blocks:
            raise ValueError(
                f"Expected feature blocks; feature set {self.name} is empty."
            )
        last = max(max(block.units or (0,)) for block in self.blocks)
        if last >= self.n_units:
            raise ValueError(
                f"Expected units below {self.n_units} in feature set {self.name}; "
                f"found unit {last}."
            )

    @property
    def n_columns(self) -> int:
        """Number of feature columns."""
        return sum(block.n_columns for block in self.blocks)

    @property
    def margin(self) -> int:
        """Distance in frames to the furthest frame that a feature depends on."""
        return max(block.margin for block in self.blocks)

    @property
    def units_needed(self) -> tuple[int, ...]:
        """The units that the features depend on, ascending."""
        if any(block.units is None for block in self.blocks):
            return tuple(range(self.n_units))
        return tuple(sorted({u for block in self.blocks for u in block.units or ()}))

    @property
    def sha256(self) -> str:
        """SHA-256 of the definition as JSON, 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def only(self, columns: Collection[int]) -> Self:
        """Return the feature set of some of the columns.

        Parameters
        ----------
        columns : collection of int
            Column indices, from 0; at least one.

        Returns
        -------
        feature_set : FeatureSet
            These columns, in the order of this feature set.
        """
        blocks, first = [], 0
        for block in self.blocks:
            indices = range(first, first + block.n_columns)
            first = indices.stop
            wanted = [index - indices.start for index in indices if index in columns]
            if wanted and block.units is not None:
                block = replace(block, units=tuple(block.units[k] for k in wanted))
            if wanted:
                blocks.append(block)
        return replace(self, blocks=tuple(blocks))

    def to_json(self) -> str:
        """Return the definition as JSON; equal feature sets have equal texts.

        Returns
        -------
        text : str
            One object with ``name``, ``n_units`` and ``blocks``. A block is
            ``[transform, parameter, units]``; `units` is null for the spread over all
            units.
        """
        blocks = [[b.transform, b.parameter, b.units] for b in self.blocks]
        definition = {"name": self.name, "n_units": self.n_units, "blocks": blocks}
        return json.dumps(definition, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a feature set.

        Parameters
        ----------
        text : str
            A definition as `to_json` returns it.

        Returns
        -------
        feature_set : FeatureSet
            Equal to the one that `to_json` was called on.

        Raises
        ------
        ValueError
            If the text is not JSON, a field is missing, or a block is invalid.
        """
        try:
            definition = json.loads(text)
            return cls(
                name=str(definition["name"]),
                n_units=int(definition["n_units"]),
                blocks=tuple(_block(*block) for block in definition["blocks"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(
                "Expected a feature set with name, n_units and blocks of "
                f"[transform, parameter, units]; reading it failed: {error}."
            ) from error


def compact(n_units: int) -> FeatureSet:
    """Return the feature set for a backbone with few units.

    Parameters
    ----------
    n_units : int
        Number of units of the backbone; at least 1.

    Returns
    -------
    feature_set : FeatureSet
        The spread over all units of three transforms, and 21 transforms of each unit:
        ``3 + 21 * n_units`` columns.

    Notes
    -----
    These transforms have most of the gain in the published WhACC model. Rolling means,
    and shifts and differences by a few frames to later frames, have nearly 95 % of it.
    """
    transforms = [
        ("original", 0),
        *(("rolling_mean", width) for width in (3, 7, 11, 21, 41)),
        *(("rolling_std", width) for width in (3, 7, 21)),
        *(("shift", frames) for frames in (-3, -2, -1, 1, 2, 3)),
        *(("diff", frames) for frames in (-10, -5, -2, 2, 5, 10)),
    ]
    spreads = [("original", 0), ("rolling_mean", 3), ("rolling_mean", 7)]
    units = tuple(range(n_units))
    return FeatureSet(
        name=f"compact_{n_units}",
        n_units=n_units,
        blocks=(
            *(_block(transform, frames, None) for transform, frames in spreads),
            *(_block(transform, frames, units) for transform, frames in transforms),
        ),
    )


def _block(transform: str, parameter: int, units: Any) -> FeatureBlock:
    return FeatureBlock(
        transform=transform,
        parameter=operator.index(parameter),
        units=None if units is None else tuple(operator.index(unit) for unit in units),
    )


def _is_valid(transform: str, parameter: int) -> bool:
    if transform in WINDOWED:
        return parameter >= 3 and parameter % 2 == 1
    if transform in LAGGED:
        return parameter != 0
    return transform == "original" and parameter == 0
