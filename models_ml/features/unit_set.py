"""Unit sets: the columns that the unit cache stores of a backbone's units.

WhACC's features use 782 of 2,048 units by number. The other units only contribute to
spreads over all units, so the cache stores these spreads as columns instead.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models_ml.arrays import Units
from models_ml.features.feature_set import FeatureBlock, FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.trial_lengths import TrialLengths

# Up to this number, all units are stored: they need little disk space, and then serve
# every feature set.
_FEW_UNITS = 256


@dataclass(frozen=True, kw_only=True)
class UnitSet:
    """The columns to store for each frame: some units, and spreads over all units.

    Parameters
    ----------
    n_units : int
        Number of units of the backbone.
    units : tuple of int
        The stored units, from 0, ascending.
    spreads : tuple of FeatureBlock
        The stored spreads over all units, as columns after the units. Empty when all
        units are stored.
    """

    n_units: int
    units: tuple[int, ...]
    spreads: tuple[FeatureBlock, ...]

    @property
    def n_columns(self) -> int:
        """Number of stored columns."""
        return len(self.units) + len(self.spreads)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the definition, 64 hexadecimal digits; equal for equal columns."""
        spreads = [(block.transform, block.parameter) for block in self.spreads]
        definition = f"{self.n_units} {self.units} {spreads}"
        return hashlib.sha256(definition.encode()).hexdigest()

    def select(self, units: Units) -> Units:
        """Return the columns to store of one trial.

        Parameters
        ----------
        units : array of float32, shape (n_frames, n_units)
            All units of every frame of the trial, in frame order.

        Returns
        -------
        columns : array of float32, shape (n_frames, n_columns)
            The units of this set, then its spreads. It is `units` itself when all units
            are stored.

        Raises
        ------
        ValueError
            If `units` has another shape or dtype, or if this set has spreads and a unit
            is not finite.
        """
        if units.dtype != np.float32 or units.shape[1:] != (self.n_units,):
            raise ValueError(
                f"Expected units as float32 with {self.n_units} columns; got "
                f"{units.dtype} of shape {units.shape}."
            )
        if len(self.units) == self.n_units:
            return units
        columns = np.empty((len(units), self.n_columns), np.float32)
        n_selected = len(self.units)
        np.take(units, self.units, axis=1, out=columns[:, :n_selected])
        if self.spreads:
            spreads = FeatureSet(
                name="spreads", n_units=self.n_units, blocks=self.spreads
            )
            columns[:, n_selected:] = temporal_features(units, [len(units)], spreads)
        return columns

    def features(
        self,
        columns: Units,
        feature_set: FeatureSet,
        trial_lengths: TrialLengths | None = None,
    ) -> Units:
        """Return the temporal features of trials from their stored columns.

        Parameters
        ----------
        columns : array of float32, shape (n_frames, n_columns)
            Columns as `select` returns them, one trial after the other.
        feature_set : FeatureSet
            A feature set whose units and spreads are all stored.
        trial_lengths : sequence of int, optional
            Number of frames of each trial. By default there is one trial.

        Returns
        -------
        features : array of float32, shape (n_frames, feature_set.n_columns)
            Equal to `temporal_features` of all units. Spreads over many units may
            differ in the last bit.

        Raises
        ------
        ValueError
            If the shape of `columns` is wrong, if the feature set needs a unit or a
            spread that is not stored, or if `temporal_features` raises.
        """
        if columns.shape[1:] != (self.n_columns,):
            raise ValueError(
                f"Expected {self.n_columns} stored columns; got shape {columns.shape}."
            )
        lengths = [len(columns)] if trial_lengths is None else trial_lengths
        if len(self.units) == self.n_units:
            return temporal_features(columns, lengths, feature_set)
        n_selected = len(self.units)
        spread_columns = [
            n_selected + self._spread_index(each) for each in _spreads_of(feature_set)
        ]
        return temporal_features(
            columns[:, :n_selected],
            lengths,
            self._renumbered(feature_set),
            spreads=columns[:, spread_columns],
        )

    def _spread_index(self, spread: FeatureBlock) -> int:
        if spread not in self.spreads:
            raise ValueError(
                f"The spread of {spread.transform} {spread.parameter} is not stored. "
                "Run the CNN again for this feature set."
            )
        return self.spreads.index(spread)

    def _renumbered(self, feature_set: FeatureSet) -> FeatureSet:
        """Return the feature set with the numbers of units among the stored ones."""
        column = {unit: index for index, unit in enumerate(self.units)}
        try:
            blocks = tuple(
                block
                if block.units is None
                else replace(block, units=tuple(column[unit] for unit in block.units))
                for block in feature_set.blocks
            )
        except KeyError as error:
            raise ValueError(
                f"Unit {error.args[0]} is not stored. Run the CNN again for this "
                "feature set."
            ) from error
        return replace(feature_set, n_units=len(self.units), blocks=blocks)


def unit_set_of(feature_set: FeatureSet) -> UnitSet:
    """Return the columns to store for a feature set.

    Parameters
    ----------
    feature_set : FeatureSet
        The features to compute from the stored columns.

    Returns
    -------
    unit_set : UnitSet
        All units of a backbone with at most 256 units. Of a larger backbone, the units
        that the feature set has by number, and its spreads over all units.
    """
    n_units = feature_set.n_units
    used = {unit for block in feature_set.blocks for unit in block.units or ()}
    if n_units <= _FEW_UNITS or len(used) == n_units or not used:
        return UnitSet(n_units=n_units, units=tuple(range(n_units)), spreads=())
    spreads = tuple(dict.fromkeys(_spreads_of(feature_set)))
    return UnitSet(n_units=n_units, units=tuple(sorted(used)), spreads=spreads)


def _spreads_of(feature_set: FeatureSet) -> list[FeatureBlock]:
    return [block for block in feature_set.blocks if block.units is None]
