"""Scores to touches.

A touch is a maximal run of touch frames within one trial, written as the half-open
interval ``[onset, offset)``: `onset` is the first touch frame, `offset` the first
frame after the last one. All functions here take one trial at a time.
"""

import numpy as np
import numpy.typing as npt


def touch_mask(
    scores: npt.NDArray[np.floating], threshold: float
) -> npt.NDArray[np.bool_]:
    """Return which frames of a trial are touch frames.

    Parameters
    ----------
    scores : array of float, shape (n_frames,)
        Raw scores of one trial in [0, 1], in frame order.
    threshold : float
        A frame is a touch frame when its smoothed score is above this; in (0, 1).

    Returns
    -------
    mask : array of bool, shape (n_frames,)
        True on touch frames.

    Raises
    ------
    ValueError
        If the scores are not one-dimensional or hold a NaN.

    Examples
    --------
    >>> scores = np.float32([0.1, 0.9, 0.1, 0.1, 0.1, 0.8, 0.9, 0.7, 0.1])
    >>> np.flatnonzero(touch_mask(scores, 0.5))
    array([5, 6, 7])
    """
    return smooth_scores(scores) > np.float32(threshold)


def smooth_scores(
    scores: npt.NDArray[np.floating], width: int = 5
) -> npt.NDArray[np.float32]:
    """Return the running median of a trial's scores.

    Parameters
    ----------
    scores : array of float, shape (n_frames,)
        Raw scores of one trial in [0, 1], in frame order.
    width : int
        Length of the centred window in frames; odd.

    Returns
    -------
    smoothed : array of float32, shape (n_frames,)
        Beyond the ends of the trial the scores count as 0.

    Raises
    ------
    ValueError
        If `width` is not an odd positive number, or the scores are not
        one-dimensional or hold a NaN.

    Notes
    -----
    With the default width, excursions of one or two frames vanish and those of three
    or more stay. Equal to ``scipy.signal.medfilt``, which WhACC 1.4.3 uses.

    Examples
    --------
    >>> smooth_scores(np.float32([0.9, 0.9, 0.1, 0.1, 0.1]), width=3)
    array([0.9, 0.9, 0.1, 0.1, 0.1], dtype=float32)
    """
    if width < 1 or width % 2 == 0:
        raise ValueError(f"Expected an odd smoothing width of 1 or more; got {width}.")
    _check_scores(scores)
    if not len(scores):
        return np.zeros(0, np.float32)
    half = width // 2
    padded = np.pad(np.asarray(scores, np.float32), half)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    smoothed: npt.NDArray[np.float32] = np.partition(windows, half, axis=1)[:, half]
    return smoothed


def touches_from_mask(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the touches in a mask of touch frames.

    Parameters
    ----------
    mask : array of bool, shape (n_frames,)
        True on touch frames.

    Returns
    -------
    touches : array of int64, shape (n_touches, 2)
        Half-open frame intervals ``[onset, offset)``, in frame order.

    Examples
    --------
    >>> touches_from_mask(np.array([False, True, True, False, True]))
    array([[1, 3],
           [4, 5]])
    """
    padded = np.zeros(len(mask) + 2, np.int8)
    padded[1:-1] = mask
    edges = np.flatnonzero(np.diff(padded))
    return edges.reshape(-1, 2).astype(np.int64)


def mask_from_touches(
    touches: npt.NDArray[np.int64], n_frames: int
) -> npt.NDArray[np.bool_]:
    """Return the mask whose touches are these.

    Parameters
    ----------
    touches : array of int64, shape (n_touches, 2)
        Half-open frame intervals ``[onset, offset)``; they may overlap.
    n_frames : int
        Length of the trial.

    Returns
    -------
    mask : array of bool, shape (n_frames,)
        True on touch frames.

    Raises
    ------
    ValueError
        If a touch is empty or leaves the trial.

    Examples
    --------
    >>> mask_from_touches(np.array([[1, 3]]), 4)
    array([False,  True,  True, False])
    """
    intervals = np.asarray(touches, np.int64).reshape(-1, 2)
    inside = (intervals[:, 0] >= 0) & (intervals[:, 1] <= n_frames)
    bad = np.flatnonzero(~(inside & (intervals[:, 0] < intervals[:, 1])))
    if len(bad):
        onset, offset = intervals[bad[0]].tolist()
        raise ValueError(
            f"Expected touches within the {n_frames} frames of the trial; "
            f"found [{onset}, {offset})."
        )
    steps = np.zeros(n_frames + 1, np.int64)
    np.add.at(steps, intervals[:, 0], 1)
    np.subtract.at(steps, intervals[:, 1], 1)
    mask: npt.NDArray[np.bool_] = np.cumsum(steps[:-1]) > 0
    return mask


def _check_scores(scores: npt.NDArray[np.floating]) -> None:
    if scores.ndim != 1:
        raise ValueError(
            f"Expected one score per frame; got an array of shape {scores.shape}."
        )
    bad = np.flatnonzero(np.isnan(scores))
    if len(bad):
        raise ValueError(f"Expected scores in [0, 1]; frame {bad[0]} has NaN.")
