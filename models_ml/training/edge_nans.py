"""Missing values at trial ends, as something to learn from in the middle of trials.

Frames that people label lie mostly inside trials, where every window is whole. A
classifier that never saw a missing value goes astray on the first and last frames.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models_ml.features.feature_set import FeatureSet

Features = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]


def edge_masks(feature_set: FeatureSet) -> Masks:
    """Return which features are missing near a trial's ends.

    Parameters
    ----------
    feature_set : FeatureSet
        The columns.

    Returns
    -------
    masks : array of bool, shape (2 * reach, n_columns)
        True where `temporal_features` gives NaN, on the first `reach` frames of a
        long trial, in frame order, then on its last ones. Equal to WhACC's
        ``start_end_nan_locations.pkl``, which has the ends the other way round.

    See Also
    --------
    models_ml.features.temporal.temporal_features : Values where a window is cut off.
    """
    reach = feature_set.reach
    distance = np.arange(reach)[:, np.newaxis]
    before = _per_column(feature_set, [block.n_before for block in feature_set.blocks])
    after = _per_column(feature_set, [block.n_after for block in feature_set.blocks])
    return np.concatenate([distance < before, distance[::-1] < after])


@dataclass(frozen=True, slots=True)
class EdgeCopies:
    """Copies of rows, each with the missing values of one frame near a trial's end.

    Parameters
    ----------
    features : array of float32, shape (n_frames, n_columns)
        The rows that are copied.
    masks : array of bool, shape (n_masks, n_columns)
        See `edge_masks`.
    seed : int
        The same seed gives the same mask to the same row.

    Notes
    -----
    WhACC doubles its data so, validation and test data too (whacc.md, 7.5); here only
    what is learned from is doubled, and each copy is made when it is read.
    """

    features: Features
    masks: Masks
    seed: int
    _drawn: npt.NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        drawn = rng.integers(0, len(self.masks), len(self.features))
        object.__setattr__(self, "_drawn", drawn)

    def __len__(self) -> int:
        """Return the number of copies."""
        return len(self.features)

    def rows(self, which: slice | int) -> npt.NDArray[np.float64]:
        """Return some copies.

        Parameters
        ----------
        which : slice or int
            Row numbers.

        Returns
        -------
        rows : array of float64, shape (n_rows, n_columns) or (n_columns,)
            NaN where the mask of the row says so.
        """
        missing = self.masks[self._drawn[which]]
        return np.where(missing, np.nan, self.features[which])


def _per_column(feature_set: FeatureSet, values: list[int]) -> npt.NDArray[np.int64]:
    counts = [block.n_columns for block in feature_set.blocks]
    return np.repeat(values, counts)
