"""Temporal features: how each unit behaves around a frame, within one trial.

Every operation takes units as float32 of shape (n_frames, n_units) and returns an
array of the same shape and type, NaN where its window leaves the trial. Windows are
computed in float64 and rounded once, so that a window of equal values has a mean of
exactly that value and a standard deviation of exactly 0: the published classifier
splits on ``> 1e-35``, where any dust would flip labels.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from models_ml.feature_set import FeatureBlock, FeatureSet

Units = npt.NDArray[np.float32]

# Working arrays of this many float64 values stay within a core's cache.
_CHUNK_VALUES = 2**17


def temporal_features(units: Units, feature_set: FeatureSet) -> Units:
    """Return the feature columns of one trial.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        A backbone's units for every frame of the trial, in frame order.
    feature_set : FeatureSet
        The columns to compute; only these are computed.

    Returns
    -------
    features : array of float32, shape (n_frames, n_columns)
        NaN where a column's window leaves the trial.

    Raises
    ------
    ValueError
        If `units` is not a float32 array with the feature set's number of units.

    References
    ----------
    WhACC 1.4.3: equal to its features to the last bit of float32 but for rounding.
    """
    if units.dtype != np.float32 or units.shape[1:] != (feature_set.n_units,):
        raise ValueError(
            f"Expected units as float32 with {feature_set.n_units} columns for feature "
            f"set {feature_set.name}; got {units.dtype} of shape {units.shape}."
        )
    features = np.empty((len(units), feature_set.n_columns), np.float32)
    first = 0
    for block in feature_set.blocks:
        features[:, first : first + block.n_columns] = _block_columns(units, block)
        first += block.n_columns
    return features


def original(units: Units, _: int = 0) -> Units:
    """Return the units as they are.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        One trial.
    _ : int
        Not used: the other operations take a number of frames here.

    Returns
    -------
    units : array of float32, shape (n_frames, n_units)
        The same array.
    """
    return units


def shift(units: Units, frames: int) -> Units:
    """Return what each unit was some frames before.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        One trial.
    frames : int
        How far to look back; ahead when negative.

    Returns
    -------
    shifted : array of float32, shape (n_frames, n_units)
        ``units[t - frames]``, NaN where that frame is not in the trial.
    """
    shifted = np.full_like(units, np.nan)
    n_inside = max(len(units) - abs(frames), 0)
    if frames > 0:
        shifted[frames:] = units[:n_inside]
    else:
        shifted[:n_inside] = units[len(units) - n_inside :]
    return shifted


def diff(units: Units, frames: int) -> Units:
    """Return how much each unit has grown since some frames before.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        One trial.
    frames : int
        How far to look back; ahead when negative.

    Returns
    -------
    grown : array of float32, shape (n_frames, n_units)
        ``units[t] - units[t - frames]``, NaN where that frame is not in the trial.
    """
    return units - shift(units, frames)


def rolling_mean(units: Units, width: int) -> Units:
    """Return each unit's mean over a centred window.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        One trial.
    width : int
        Length of the window in frames; odd.

    Returns
    -------
    mean : array of float32, shape (n_frames, n_units)
        NaN where the window leaves the trial.
    """
    return _over_windows(units, width, _window_means)


def rolling_std(units: Units, width: int) -> Units:
    """Return each unit's sample standard deviation over a centred window.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        One trial.
    width : int
        Length of the window in frames; odd, at least 3.

    Returns
    -------
    std : array of float32, shape (n_frames, n_units)
        Divided by ``width - 1``; NaN where the window leaves the trial.
    """
    return _over_windows(units, width, _window_stds)


def spread_over_units(units: Units) -> Units:
    """Return the population standard deviation over all units, frame by frame.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        The result of an operation on every unit of one trial.

    Returns
    -------
    spread : array of float32, shape (n_frames, 1)
        Computed in float64; NaN where a unit is NaN.
    """
    spread = np.empty((len(units), 1), np.float32)
    n_rows = max(_CHUNK_VALUES // units.shape[1], 1)
    for first in range(0, len(units), n_rows):
        rows = units[first : first + n_rows].astype(np.float64)
        spread[first : first + n_rows, 0] = rows.std(axis=1)
    return spread


OPERATION: dict[str, Callable[[Units, int], Units]] = {
    "original": original,
    "shift": shift,
    "diff": diff,
    "rolling_mean": rolling_mean,
    "rolling_std": rolling_std,
}


def _block_columns(units: Units, block: FeatureBlock) -> Units:
    operation = OPERATION[block.operation]
    if block.units is None:
        return spread_over_units(operation(units, block.parameter))
    return operation(units[:, list(block.units)], block.parameter)


def _over_windows(
    units: Units,
    width: int,
    statistic: Callable[[npt.NDArray[np.float64], int], npt.NDArray[np.float64]],
) -> Units:
    """Return a statistic of every whole window, some columns at a time."""
    result = np.full_like(units, np.nan)
    if len(units) < width:
        return result
    inside = slice(width // 2, len(units) - width // 2)
    n_columns = max(_CHUNK_VALUES // len(units), 1)
    for first in range(0, units.shape[1], n_columns):
        columns = slice(first, first + n_columns)
        values = np.ascontiguousarray(units[:, columns], np.float64)
        result[inside, columns] = statistic(values, width)
    return result


def _window_means(
    values: npt.NDArray[np.float64], width: int
) -> npt.NDArray[np.float64]:
    """Return window means from sums of 1, 2, 4, 8 ... neighbours.

    A running sum would carry its rounding from window to window; these do not, and a
    window of equal float32 values sums without any rounding.
    """
    n_windows = len(values) - width + 1
    total = np.zeros((n_windows, values.shape[1]))
    size, first, sums = 1, 0, values
    while size <= width:
        if width & size:
            total += sums[first : first + n_windows]
            first += size
        sums = sums[:-size] + sums[size:]
        size *= 2
    total /= width
    return total


def _window_stds(
    values: npt.NDArray[np.float64], width: int
) -> npt.NDArray[np.float64]:
    """Return window standard deviations in two passes: the mean, then around it."""
    means = _window_means(values, width)
    squares = np.zeros_like(means)
    deviation = np.empty_like(means)
    for first in range(width):
        np.subtract(values[first : first + len(means)], means, out=deviation)
        deviation *= deviation
        squares += deviation
    squares /= width - 1
    return np.sqrt(squares, out=squares)
