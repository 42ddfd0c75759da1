"""Missing values near trial ends, applied to frames from inside trials.

Labelled frames lie mostly inside trials, where all windows are complete. A classifier
that is trained on no missing values fails on the first and last frames of a trial.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Features, Mask
from models_ml.features.feature_set import FeatureSet


def edge_masks(feature_set: FeatureSet) -> Mask:
    """Return which features are missing near the ends of a trial.

    Parameters
    ----------
    feature_set : FeatureSet
        The feature columns.

    Returns
    -------
    masks : array of bool, shape (2 * margin, n_columns)
        True where `temporal_features` returns NaN: the rows are the first `margin`
        frames of a long trial, in frame order, and then its last ones.

    See Also
    --------
    models_ml.features.temporal.temporal_features : NaN where a window is incomplete.

    References
    ----------
    WhACC 1.4.3, ``start_end_nan_locations.pkl``: equal, with the last frames first.
    """
    margin = feature_set.margin
    distance = np.arange(margin)[:, np.newaxis]
    before = _per_column(feature_set, [block.n_before for block in feature_set.blocks])
    after = _per_column(feature_set, [block.n_after for block in feature_set.blocks])
    return np.concatenate([distance < before, distance[::-1] < after])


@dataclass(frozen=True, slots=True)
class EdgeCopies:
    """Copies of rows, with the missing values of random frames near a trial's ends.

    Parameters
    ----------
    features : array of float32, shape (n_frames, n_columns)
        The rows to copy.
    masks : array of bool, shape (n_masks, n_columns)
        Missing values; see `edge_masks`.
    seed : int
        Seed of the draw of a mask for each row.

    Notes
    -----
    WhACC doubles training, validation and test data in this way (whacc.md, 7.5). Here
    only training data are doubled, and a copy is made when it is read.
    """

    features: Features
    masks: Mask
    seed: int
    _mask_indices: npt.NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        indices = rng.integers(0, len(self.masks), len(self.features))
        object.__setattr__(self, "_mask_indices", indices)

    def __len__(self) -> int:
        """Return the number of copies."""
        return len(self.features)

    def rows(self, index: slice | int) -> npt.NDArray[np.float64]:
        """Return some of the copies.

        Parameters
        ----------
        index : slice or int
            Row numbers, from 0.

        Returns
        -------
        rows : array of float64, shape (n_rows, n_columns) or (n_columns,)
            The features, with NaN where the mask of a row is True.
        """
        missing = self.masks[self._mask_indices[index]]
        return np.where(missing, np.nan, self.features[index])


def _per_column(feature_set: FeatureSet, values: list[int]) -> npt.NDArray[np.int64]:
    counts = [block.n_columns for block in feature_set.blocks]
    return np.repeat(values, counts)
