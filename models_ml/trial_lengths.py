"""Arrays of trials one after the other, with the length of each trial."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Int64s

TrialLengths = Sequence[int] | npt.NDArray[np.integer]


def checked_lengths(trial_lengths: TrialLengths, n_frames: int) -> Int64s:
    """Check the lengths of the trials of an array.

    Parameters
    ----------
    trial_lengths : sequence of int
        Frames in each trial; at least 1.
    n_frames : int
        Frames in the array.

    Returns
    -------
    lengths : array of int64, shape (n_trials,)
        The same lengths.

    Raises
    ------
    ValueError
        If a trial is empty, or the lengths do not add up to `n_frames`.
    """
    lengths = np.asarray(trial_lengths)
    if lengths.ndim != 1 or (len(lengths) and lengths.dtype.kind not in "iu"):
        raise ValueError(
            "Expected the length of each trial as a whole number; "
            f"got {lengths.dtype} of shape {lengths.shape}."
        )
    empty = np.flatnonzero(lengths < 1)
    if len(empty):
        raise ValueError(
            f"Expected trials of at least one frame; trial {empty[0]}, counted from 0, "
            f"has {lengths[empty[0]]}: leave it out."
        )
    total = int(lengths.sum())
    if total != n_frames:
        raise ValueError(
            f"Expected as many frames as the trials have together, {total}; "
            f"got {n_frames}."
        )
    return lengths.astype(np.int64)


def first_frames(lengths: Int64s) -> Int64s:
    """Return the position of the first frame of each trial.

    Parameters
    ----------
    lengths : array of int64, shape (n_trials,)
        See `checked_lengths`.

    Returns
    -------
    firsts : array of int64, shape (n_trials,)
        Position of each trial's first frame in the array.
    """
    return np.cumsum(lengths) - lengths


def spaced(values: npt.NDArray[np.int8], lengths: Int64s) -> npt.NDArray[np.int8]:
    """Insert a zero before, between and after the trials.

    Parameters
    ----------
    values : array of int8, shape (n_frames,)
        Values of trials one after the other.
    lengths : array of int64, shape (n_trials,)
        See `checked_lengths`.

    Returns
    -------
    spaced : array of int8, shape (n_frames + n_trials + 1,)
        Values in which no run crosses from one trial into the next.
    """
    n_values = len(values) + len(lengths) + 1
    is_value = np.ones(n_values, np.bool_)
    is_value[first_frames(lengths) + np.arange(len(lengths))] = False
    is_value[-1] = False
    padded = np.zeros(n_values, np.int8)
    padded[is_value] = values
    return padded


def trial_intervals(starts: Int64s, stops: Int64s, lengths: Int64s) -> Int64s:
    """Convert intervals of a spaced array to intervals of trials.

    Parameters
    ----------
    starts, stops : array of int64, shape (n_intervals,)
        Intervals in the result of `spaced`, each within one trial.
    lengths : array of int64, shape (n_trials,)
        See `checked_lengths`.

    Returns
    -------
    intervals : array of int64, shape (n_intervals, 3)
        Rows of trial, start and stop, relative to the trial's first frame.
    """
    starts_of_trials = first_frames(lengths) + np.arange(len(lengths)) + 1
    trials = np.searchsorted(starts_of_trials, starts, side="right") - 1
    firsts = starts_of_trials[trials]
    intervals = np.stack([trials, starts - firsts, stops - firsts], axis=1)
    return intervals.astype(np.int64, copy=False)
