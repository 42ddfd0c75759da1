"""Temporal features: how each unit behaves around a frame, within one trial.

Every operation takes units as float32 of shape (n_frames, n_units) and returns an
array of the same shape and type, NaN where its window leaves the trial. Windows are
computed in float64 and rounded once, so that a window of equal values has a mean of
exactly that value and a standard deviation of exactly 0: the published classifier
splits on ``> 1e-35``, where any dust would flip labels.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models_ml.feature_set import FeatureBlock, FeatureSet
from models_ml.trial_lengths import TrialLengths, checked_lengths
from models_ml.unit_spread import mean_spreads, spread_over_units
from models_ml.windows import window_means, window_stds

Units = npt.NDArray[np.float32]

# Longer trials are computed in pieces, so that every core has work and needs little
# memory.
_PIECE_FRAMES = 1000
# Windows are computed for this many values at a time, to stay within a core's cache.
_CHUNK_VALUES = 2**15

_WHACC = Path(__file__).parent / "data" / "whacc_2105.json"


def whacc_feature_set() -> FeatureSet:
    """Return the features of the published WhACC classifier.

    Returns
    -------
    feature_set : FeatureSet
        2,105 columns of 782 units of the 2,048 of its ResNet50V2, and the spread over
        all units of ten operations, in the order that its LightGBM model was given.

    References
    ----------
    WhACC 1.4.3, feature selection of the published model (MIT licence).
    """
    return FeatureSet.from_json(_WHACC.read_text("ascii"))


def temporal_features(
    units: Units, trial_lengths: TrialLengths, feature_set: FeatureSet
) -> Units:
    """Return the feature columns of trials.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        A backbone's units for every frame, trials one after the other, in frame order.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.
    feature_set : FeatureSet
        The columns to compute; only these are computed, on all cores.

    Returns
    -------
    features : array of float32, shape (n_frames, n_columns)
        NaN where a column's window leaves the trial. Beside it, some 10 MB for each
        core are needed, however many frames there are.

    Raises
    ------
    ValueError
        If `units` is not a float32 array with the feature set's number of units, a
        unit is not finite, the lengths disagree, or a trial is empty.

    References
    ----------
    WhACC 1.4.3: equal to its features to the last bit of float32; the spreads over
    many units may differ in that bit.
    """
    if units.dtype != np.float32 or units.shape[1:] != (feature_set.n_units,):
        raise ValueError(
            f"Expected units as float32 with {feature_set.n_units} columns for feature "
            f"set {feature_set.name}; got {units.dtype} of shape {units.shape}."
        )
    lengths = checked_lengths(trial_lengths, len(units)).tolist()
    features = np.empty((len(units), feature_set.n_columns), np.float32)
    reach = feature_set.reach

    def compute(piece: tuple[slice, slice]) -> None:
        piece_rows, trial = piece
        first = max(trial.start, piece_rows.start - reach)
        around = units[first : min(trial.stop, piece_rows.stop + reach)]
        _check_finite(around, first)
        wanted = slice(piece_rows.start - first, piece_rows.stop - first)
        column = 0
        for columns in _columns(around, feature_set):
            last = column + columns.shape[1]
            features[piece_rows, column:last] = columns[wanted]
            column = last

    with ThreadPoolExecutor(_n_cores()) as threads:
        # Taking the results is what raises the errors of the threads.
        list(threads.map(compute, _pieces(lengths)))
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
    return _over_windows(units, width, window_means)


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
    return _over_windows(units, width, window_stds)


OPERATION: dict[str, Callable[[Units, int], Units]] = {
    "original": original,
    "shift": shift,
    "diff": diff,
    "rolling_mean": rolling_mean,
    "rolling_std": rolling_std,
}


def _columns(units: Units, feature_set: FeatureSet) -> Iterator[Units]:
    """Yield the columns of each block, for the frames of one trial or a piece of it."""
    spread_of = _spreads(units, feature_set)
    for block in feature_set.blocks:
        if block.units is None:
            yield spread_of(block)[:, np.newaxis]
        else:
            chosen = units.take(block.units, axis=1)
            yield OPERATION[block.operation](chosen, block.parameter)


def _spreads(units: Units, feature_set: FeatureSet) -> Callable[[FeatureBlock], Units]:
    """Return a function that gives the spread over units of an operation.

    Means of all widths are computed at once, and what has been shifted in time has
    the spread that it had before.
    """
    spreads = [block for block in feature_set.blocks if block.units is None]
    of_means = mean_spreads(units, {_mean_width(block) for block in spreads} - {0})

    def spread(block: FeatureBlock) -> Units:
        if not _mean_width(block):
            return spread_over_units(OPERATION[block.operation](units, block.parameter))
        of_mean = of_means[_mean_width(block)]
        if block.operation == "shift":
            return shift(of_mean, block.parameter)
        return of_mean

    return spread


def _mean_width(block: FeatureBlock) -> int:
    """Return the width of the window whose means a block is about, 0 if it is not."""
    if block.operation in ("original", "shift"):
        return 1
    return block.parameter if block.operation == "rolling_mean" else 0


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


def _pieces(lengths: list[int]) -> Iterator[tuple[slice, slice]]:
    """Yield the rows of each piece, and those of its trial."""
    first = 0
    for length in lengths:
        n_pieces = -(-length // _PIECE_FRAMES)
        ends = [first + length * k // n_pieces for k in range(n_pieces + 1)]
        for start, stop in itertools.pairwise(ends):
            yield slice(start, stop), slice(first, first + length)
        first += length


def _check_finite(units: Units, first: int) -> None:
    if not np.isfinite(units).all():
        frame, unit = np.argwhere(~np.isfinite(units))[0].tolist()
        raise ValueError(
            f"Expected finite units; unit {unit} of frame {first + frame}, counted "
            f"from 0, is {units[frame, unit]}: compute the units again."
        )


def _n_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
