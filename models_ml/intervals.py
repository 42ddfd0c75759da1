"""Intervals of frames: runs in an array, and which intervals overlap.

Every interval is half-open, ``[start, stop)``: `start` is its first frame and `stop`
the first frame after it, so it has ``stop - start`` frames.
"""

import numpy as np

from models_ml.arrays import Int8s, Int64s, Mask


def true_runs(mask: Mask | Int8s) -> Int64s:
    """Return the maximal runs of true values.

    Parameters
    ----------
    mask : array of bool or int8, shape (n_frames,)
        Values that are not zero are true.

    Returns
    -------
    runs : array of int64, shape (n_runs, 2)
        Rows of start and stop, in order.

    Examples
    --------
    >>> true_runs(np.array([True, True, False, True])).tolist()
    [[0, 2], [3, 4]]
    """
    padded = np.zeros(len(mask) + 2, np.bool_)
    padded[1:-1] = mask
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges.reshape(-1, 2).astype(np.int64, copy=False)


def equal_runs(values: Int8s) -> tuple[Int64s, Int64s]:
    """Return the maximal runs of equal values; together they hold every frame.

    Parameters
    ----------
    values : array of int8, shape (n_frames,)
        Such as labels.

    Returns
    -------
    starts, stops : array of int64, shape (n_runs,)
        In order; ``values[starts]`` are the values of the runs.

    Examples
    --------
    >>> [edges.tolist() for edges in equal_runs(np.int8([1, 1, 0, 2]))]
    [[0, 2, 3], [2, 3, 4]]
    """
    changes = np.flatnonzero(values[1:] != values[:-1])
    bounds = np.empty(len(changes) + 2, np.int64)
    bounds[0] = 0
    bounds[1:-1] = changes
    bounds[1:-1] += 1
    bounds[-1] = len(values)
    # An empty array has no run, although it has a first and a last bound.
    return (bounds[:-1], bounds[1:]) if len(values) else (bounds[:0], bounds[:0])


def mask_from_intervals(starts: Int64s, stops: Int64s, n_frames: int) -> Mask:
    """Return the mask of the frames in any of some intervals.

    Parameters
    ----------
    starts, stops : array of int64, shape (n_intervals,)
        Between 0 and `n_frames`; intervals may overlap and be in any order.
    n_frames : int
        Length of the mask.

    Returns
    -------
    mask : array of bool, shape (n_frames,)
        True on the frames of the intervals.
    """
    steps = np.bincount(starts, minlength=n_frames + 1)
    steps -= np.bincount(stops, minlength=n_frames + 1)
    mask: Mask = np.cumsum(steps[:-1]) > 0
    return mask


def count_in_intervals(mask: Mask, starts: Int64s, stops: Int64s) -> Int64s:
    """Return how many frames of a mask each interval holds.

    Parameters
    ----------
    mask : array of bool, shape (n_frames,)
        Frames to count.
    starts, stops : array of int64, shape (n_intervals,)
        Between 0 and `n_frames`; intervals may overlap and be in any order.

    Returns
    -------
    counts : array of int64, shape (n_intervals,)
        In the order of the intervals.
    """
    n_before = np.zeros(len(mask) + 1, np.int64)
    np.cumsum(mask, out=n_before[1:])
    counts: Int64s = n_before[stops] - n_before[starts]
    return counts


def n_shared_frames(start: int, stop: int, other_start: int, other_stop: int) -> int:
    """Return how many frames two intervals share.

    Parameters
    ----------
    start, stop, other_start, other_stop : int
        The intervals.

    Returns
    -------
    n_frames : int
        0 when they only touch or are apart.

    Examples
    --------
    >>> n_shared_frames(0, 5, 3, 9), n_shared_frames(0, 5, 5, 9)
    (2, 0)
    """
    return max(0, min(stop, other_stop) - max(start, other_start))


def overlapped(rows: Int64s, others: Int64s) -> tuple[Int64s, Int64s]:
    """Return for each interval the range of the others that it overlaps.

    Parameters
    ----------
    rows, others : array of int64, shape (n, 3)
        Rows of trial, start and stop; disjoint and in frame order.

    Returns
    -------
    first, stop : array of int64, shape (n_rows,)
        Half-open ranges of positions in `others`; empty where it overlaps none.

    Examples
    --------
    >>> rows, others = np.array([[0, 2, 9]]), np.array([[0, 0, 3], [0, 5, 6]])
    >>> [each.tolist() for each in overlapped(rows, others)]
    [[0], [2]]
    """
    (starts, stops), (other_starts, other_stops) = on_one_line(rows, others)
    first = np.searchsorted(other_stops, starts, side="right")
    stop = np.searchsorted(other_starts, stops, side="left")
    return first.astype(np.int64), stop.astype(np.int64)


def overlapping_pairs(rows: Int64s, others: Int64s) -> Int64s:
    """Return the pairs of intervals that overlap each other and no third one.

    Parameters
    ----------
    rows, others : array of int64, shape (n, 3)
        Rows of trial, start and stop; disjoint and in frame order.

    Returns
    -------
    pairs : array of int64, shape (n_pairs, 2)
        Positions in `rows` and in `others`, in order.
    """
    first, stop = overlapped(rows, others)
    first_back, stop_back = overlapped(others, rows)
    candidates = np.flatnonzero(stop - first == 1)
    partners = first[candidates]
    mutual = stop_back[partners] - first_back[partners] == 1
    return np.column_stack([candidates[mutual], partners[mutual]])


def on_one_line(
    rows: Int64s, others: Int64s, gap: int = 1
) -> tuple[tuple[Int64s, Int64s], tuple[Int64s, Int64s]]:
    """Return intervals of trials on one line, where trials do not touch.

    Parameters
    ----------
    rows, others : array of int64, shape (n, 3)
        Rows of trial, start and stop.
    gap : int
        Frames between trials, at least.

    Returns
    -------
    (starts, stops), (other_starts, other_stops) : arrays of int64, shape (n,)
        On the same line; sorted where the rows are disjoint and in frame order.
    """
    longest = max(int(each[:, 2].max(initial=0)) for each in (rows, others))
    line, other_line = (
        (each[:, :1] * (longest + gap) + each[:, 1:]).T for each in (rows, others)
    )
    return (line[0], line[1]), (other_line[0], other_line[1])
