"""From scores to touches: smoothing, threshold, and runs of touch frames.

A touch is a maximal run of touch frames within one trial, as the half-open interval
``[onset, offset)``: `onset` is the first touch frame and `offset` the first frame after
the last one, both relative to the first frame of the trial. Arrays hold trials one
after the other; neither smoothing nor touches cross from one trial into the next.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Int64s, Mask, Scores
from models_ml.intervals import mask_from_intervals, true_runs
from models_ml.trial_lengths import (
    TrialLengths,
    checked_lengths,
    first_frames,
    spaced,
    trial_intervals,
)

# WhACC's window: excursions of one or two frames vanish, those of three or more stay.
SMOOTHING_FRAMES = 5


def touch_mask(scores: Scores, trial_lengths: TrialLengths, threshold: float) -> Mask:
    """Return which frames are touch frames.

    Parameters
    ----------
    scores : array of float, shape (n_frames,)
        Raw scores in [0, 1], in frame order.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.
    threshold : float
        A frame is a touch frame when its smoothed score is greater; in (0, 1).

    Returns
    -------
    mask : array of bool, shape (n_frames,)
        True on touch frames.

    Raises
    ------
    ValueError
        If the scores are not one-dimensional or have a NaN, or the lengths disagree.

    Examples
    --------
    >>> scores = np.float32([0.1, 0.9, 0.1, 0.1, 0.1, 0.8, 0.9, 0.7, 0.1])
    >>> np.flatnonzero(touch_mask(scores, [9], 0.5))
    array([5, 6, 7])
    """
    smoothed = median_filter(scores, trial_lengths)
    mask: Mask = smoothed > smoothed.dtype.type(threshold)
    return mask


def median_filter(
    scores: Scores, trial_lengths: TrialLengths, width: int = SMOOTHING_FRAMES
) -> npt.NDArray[Any]:
    """Return the running median of scores, trial by trial.

    Parameters
    ----------
    scores : array of float32 or float64, shape (n_frames,)
        Raw scores in [0, 1], in frame order.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.
    width : int
        Length of the centred window in frames; odd.

    Returns
    -------
    smoothed : array of the same type, shape (n_frames,)
        Scores beyond the ends of a trial count as 0.

    Raises
    ------
    ValueError
        If `width` is not an odd positive number, the scores are not one-dimensional
        or have a NaN, or the lengths disagree.

    Notes
    -----
    With the default width, excursions of one or two frames vanish and those of three
    or more stay. Equal to ``scipy.signal.medfilt``, which WhACC 1.4.3 uses.

    Examples
    --------
    >>> median_filter(np.float32([0.9, 0.9, 0.1, 0.1, 0.1]), [5], width=3)
    array([0.9, 0.9, 0.1, 0.1, 0.1], dtype=float32)
    """
    if width < 1 or width % 2 == 0:
        raise ValueError(f"Expected an odd smoothing width of 1 or more; got {width}.")
    check_scores(scores)
    lengths = checked_lengths(trial_lengths, len(scores))
    # scipy.ndimage's filter is equal, but a web process would import it in 0.4 s.
    half = width // 2
    # Zeros before, between and after the trials, as wide as half a window.
    gaps = half * (np.repeat(np.arange(len(lengths)), lengths) + 1)
    positions = np.arange(len(scores)) + gaps
    padded = np.zeros(len(scores) + half * (len(lengths) + 1), scores.dtype)
    padded[positions] = scores
    if not len(scores):
        return padded[:0]
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    smoothed: npt.NDArray[Any] = np.partition(windows, half, axis=1)[
        positions - half, half
    ]
    return smoothed


def touches_from_mask(mask: Mask, trial_lengths: TrialLengths) -> Int64s:
    """Return the touches in a mask of touch frames.

    Parameters
    ----------
    mask : array of bool, shape (n_frames,)
        True on touch frames.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.

    Returns
    -------
    touches : array of int64, shape (n_touches, 3)
        Rows of trial, onset and offset, in frame order.

    Raises
    ------
    ValueError
        If the lengths disagree or a trial is empty.

    Examples
    --------
    >>> touches_from_mask(np.array([False, True, True, False, True]), [3, 2])
    array([[0, 1, 3],
           [1, 1, 2]])
    """
    lengths = checked_lengths(trial_lengths, len(mask))
    starts, stops = true_runs(spaced(mask.astype(np.int8), lengths)).T
    return trial_intervals(starts, stops, lengths)


def mask_from_touches(touches: Int64s, trial_lengths: TrialLengths) -> Mask:
    """Return the mask of the touch frames of touches.

    Parameters
    ----------
    touches : array of int64, shape (n_touches, 3)
        Rows of trial, onset and offset; touches may overlap.
    trial_lengths : sequence of int
        Frames in each trial.

    Returns
    -------
    mask : array of bool, shape (n_frames,)
        True on touch frames.

    Raises
    ------
    ValueError
        If a touch is empty or leaves its trial.

    Examples
    --------
    >>> mask_from_touches(np.array([[0, 1, 3]]), [4])
    array([False,  True,  True, False])
    """
    lengths = checked_lengths(trial_lengths, int(np.sum(trial_lengths)))
    rows = np.asarray(touches, np.int64).reshape(-1, 3)
    trials, onsets, offsets = rows.T
    is_trial = (trials >= 0) & (trials < len(lengths))
    n_frames = np.append(lengths, 0)[np.where(is_trial, trials, -1)]
    is_valid = is_trial & (onsets >= 0) & (onsets < offsets) & (offsets <= n_frames)
    if not is_valid.all():
        trial, onset, offset = rows[~is_valid][0].tolist()
        raise ValueError(
            f"Expected touches within the frames of {len(lengths)} trials; "
            f"found [{onset}, {offset}) in trial {trial}."
        )
    firsts = first_frames(lengths)[trials]
    return mask_from_intervals(firsts + onsets, firsts + offsets, int(lengths.sum()))


def check_scores(scores: Scores) -> None:
    """Check the type, shape and values of scores.

    Parameters
    ----------
    scores : array of float, shape (n_frames,)
        Scores in [0, 1].

    Raises
    ------
    ValueError
        If they are not one-dimensional, not floats, or have a NaN.
    """
    if scores.ndim != 1 or scores.dtype.kind != "f":
        raise ValueError(
            "Expected one score per frame as floats; "
            f"got {scores.dtype} of shape {scores.shape}."
        )
    missing = np.flatnonzero(np.isnan(scores))
    if len(missing):
        raise ValueError(f"Expected scores in [0, 1]; frame {missing[0]} has NaN.")
