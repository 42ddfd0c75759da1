"""What is kept of a backbone's units: enough for the columns of a feature set.

Of WhACC's 2,048 units its features name 782. The others count only in the spreads over
all units, which are kept as columns of their own.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models_ml.arrays import Units
from models_ml.features.feature_set import FeatureBlock, FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.trial_lengths import TrialLengths

# So few units cost little disk, and all of them serve every feature set.
_FEW_UNITS = 256


@dataclass(frozen=True, kw_only=True)
class UnitSet:
    """Which columns are kept of the units of a trial's frames.

    Parameters
    ----------
    n_units : int
        Number of units of the backbone.
    units : tuple of int
        The units that are kept, ascending.
    spreads : tuple of FeatureBlock
        The spreads over all units that are kept after them; none where all units are.
    """

    n_units: int
    units: tuple[int, ...]
    spreads: tuple[FeatureBlock, ...]

    @property
    def n_columns(self) -> int:
        """Number of columns that are kept for each frame."""
        return len(self.units) + len(self.spreads)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint: equal for equal columns, 64 hexadecimal digits."""
        spreads = [(block.operation, block.parameter) for block in self.spreads]
        definition = f"{self.n_units} {self.units} {spreads}"
        return hashlib.sha256(definition.encode()).hexdigest()

    def kept(self, units: Units) -> Units:
        """Return what is kept of one trial.

        Parameters
        ----------
        units : array of float32, shape (n_frames, n_units)
            All units of every frame of the trial, in frame order.

        Returns
        -------
        kept : array of float32, shape (n_frames, n_columns)
            The units of the set, then its spreads.

        Raises
        ------
        ValueError
            If `units` has another shape or type; if a unit is not finite and spreads
            are kept.
        """
        if units.dtype != np.float32 or units.shape[1:] != (self.n_units,):
            raise ValueError(
                f"Expected units as float32 with {self.n_units} columns; got "
                f"{units.dtype} of shape {units.shape}."
            )
        if len(self.units) == self.n_units:
            return units
        kept = np.empty((len(units), self.n_columns), np.float32)
        n_kept = len(self.units)
        np.take(units, self.units, axis=1, out=kept[:, :n_kept])
        if self.spreads:
            spreads = FeatureSet(
                name="spreads", n_units=self.n_units, blocks=self.spreads
            )
            kept[:, n_kept:] = temporal_features(units, [len(units)], spreads)
        return kept

    def features(
        self,
        kept: Units,
        feature_set: FeatureSet,
        trial_lengths: TrialLengths | None = None,
    ) -> Units:
        """Return the feature columns of trials.

        Parameters
        ----------
        kept : array of float32, shape (n_frames, n_columns)
            As `kept` returns it, trials one after the other.
        feature_set : FeatureSet
            The one that this set was made for, or another that needs no more.
        trial_lengths : sequence of int, optional
            Frames in each trial, where there is more than one.

        Returns
        -------
        features : array of float32, shape (n_frames, feature_set.n_columns)
            As `features.temporal.temporal_features` of all units; the spreads over many
            units may differ in the last bit.

        Raises
        ------
        ValueError
            If the feature set needs what is not kept; or as `temporal_features`.
        """
        if kept.shape[1:] != (self.n_columns,):
            raise ValueError(
                f"Expected {self.n_columns} kept columns; got shape {kept.shape}."
            )
        lengths = [len(kept)] if trial_lengths is None else trial_lengths
        if len(self.units) == self.n_units:
            return temporal_features(kept, lengths, feature_set)
        n_kept = len(self.units)
        places = [n_kept + self._place(each) for each in _spreads_of(feature_set)]
        return temporal_features(
            kept[:, :n_kept],
            lengths,
            self._among_kept(feature_set),
            spreads=kept[:, places],
        )

    def _place(self, spread: FeatureBlock) -> int:
        if spread not in self.spreads:
            raise ValueError(
                f"Expected the spread of {spread.operation} {spread.parameter} among "
                "what is kept; it is not: run the CNN again for this feature set."
            )
        return self.spreads.index(spread)

    def _among_kept(self, feature_set: FeatureSet) -> FeatureSet:
        """Return the same features with units counted among those that are kept."""
        place = {unit: column for column, unit in enumerate(self.units)}
        try:
            blocks = tuple(
                block
                if block.units is None
                else replace(block, units=tuple(place[unit] for unit in block.units))
                for block in feature_set.blocks
            )
        except KeyError as error:
            raise ValueError(
                f"Expected unit {error.args[0]} among what is kept; it is not: run the "
                "CNN again for this feature set."
            ) from error
        return replace(feature_set, n_units=len(self.units), blocks=blocks)


def unit_set_of(feature_set: FeatureSet) -> UnitSet:
    """Return what is to be kept for a feature set.

    Parameters
    ----------
    feature_set : FeatureSet
        The features that will be computed.

    Returns
    -------
    unit_set : UnitSet
        All units of a backbone of few; of others the units that columns are made of,
        and the spreads over all units.
    """
    n_units = feature_set.n_units
    named = {unit for block in feature_set.blocks for unit in block.units or ()}
    if n_units <= _FEW_UNITS or len(named) == n_units or not named:
        return UnitSet(n_units=n_units, units=tuple(range(n_units)), spreads=())
    spreads = tuple(dict.fromkeys(_spreads_of(feature_set)))
    return UnitSet(n_units=n_units, units=tuple(sorted(named)), spreads=spreads)


def _spreads_of(feature_set: FeatureSet) -> list[FeatureBlock]:
    return [block for block in feature_set.blocks if block.units is None]
