"""Differences between the touches of two models."""

from dataclasses import dataclass

import numpy as np

from models_ml.arrays import Int64s, Mask
from models_ml.intervals import count_in_intervals, overlapping_pairs
from models_ml.trial_lengths import TrialLengths, checked_lengths, first_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchDiff:
    """Touches of two models, by how they differ.

    Parameters
    ----------
    unchanged : array of int64, shape (n_unchanged, 3)
        Touches that both models have: rows of trial, onset and offset.
    moved : array of int64, shape (n_moved, 5)
        Pairs of touches that overlap each other and no third one, with different edges:
        rows of trial, onset and offset before, onset and offset after.
    lost, gained : array of int64, shape (n, 3)
        All other touches of the first and of the second model. Of a touch that was
        split in two, one is lost and two are gained.
    """

    unchanged: Int64s
    moved: Int64s
    lost: Int64s
    gained: Int64s


def touch_diff(before: Int64s, after: Int64s) -> TouchDiff:
    """Return the differences between two lists of touches.

    Parameters
    ----------
    before, after : array of int64, shape (n, 3)
        Rows of trial, onset and offset; disjoint and in frame order.

    Returns
    -------
    diff : TouchDiff
        Every touch of both lists once.

    Examples
    --------
    >>> diff = touch_diff(np.array([[0, 5, 9], [0, 20, 30]]), np.array([[0, 6, 9]]))
    >>> diff.moved.tolist(), diff.lost.tolist(), diff.gained.tolist()
    ([[0, 5, 9, 6, 9]], [[0, 20, 30]], [])
    """
    of_before, of_after = overlapping_pairs(before, after).T
    pairs = np.hstack([before[of_before], after[of_after, 1:]])
    same = (pairs[:, 1:3] == pairs[:, 3:5]).all(axis=1)
    return TouchDiff(
        unchanged=pairs[same, :3],
        moved=pairs[~same],
        lost=np.delete(before, of_before, axis=0),
        gained=np.delete(after, of_after, axis=0),
    )


def touches_overlapping(
    touches: Int64s, mask: Mask, trial_lengths: TrialLengths
) -> Mask:
    """Return which touches have a frame in a mask.

    Parameters
    ----------
    touches : array of int64, shape (n, 3)
        Rows of trial, onset and offset.
    mask : array of bool, shape (n_frames,)
        Trials one after the other.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.

    Returns
    -------
    meets : array of bool, shape (n,)
        In the order of the touches.
    """
    firsts = first_frames(checked_lengths(trial_lengths, len(mask)))
    starts = firsts[touches[:, 0]]
    counts = count_in_intervals(mask, starts + touches[:, 1], starts + touches[:, 2])
    meets: Mask = counts > 0
    return meets
