"""What changed from the touches of one model to those of another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.touches.detection import Mask
from models_ml.trial_lengths import Int64s, TrialLengths, checked_lengths, first_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchDiff:
    """Touches of two models, sorted by what became of them.

    Parameters
    ----------
    kept : array of int64, shape (n_kept, 3)
        Touches that both have: rows of trial, onset and offset.
    moved : array of int64, shape (n_moved, 5)
        Touches that overlap each other and nothing else, with another onset or offset:
        rows of trial, onset and offset before, onset and offset after.
    lost, gained : array of int64, shape (n, 3)
        All others of the first and of the second model. A touch that was split in two
        is lost, and two are gained.
    """

    kept: Int64s
    moved: Int64s
    lost: Int64s
    gained: Int64s


def touch_diff(before: Int64s, after: Int64s) -> TouchDiff:
    """Return what became of touches.

    Parameters
    ----------
    before, after : array of int64, shape (n, 3)
        Rows of trial, onset and offset; disjoint and in frame order.

    Returns
    -------
    diff : TouchDiff
        Every touch of both once.

    Examples
    --------
    >>> diff = touch_diff(np.array([[0, 5, 9], [0, 20, 30]]), np.array([[0, 6, 9]]))
    >>> diff.moved.tolist(), diff.lost.tolist(), diff.gained.tolist()
    ([[0, 5, 9, 6, 9]], [[0, 20, 30]], [])
    """
    first, n_met = _overlaps(before, after)
    _, n_met_by_after = _overlaps(after, before)
    # A touch that meets none has a first partner behind the last.
    alone = np.append(n_met_by_after == 1, False)
    has_partner = (n_met == 1) & alone[np.minimum(first, len(after))]
    partners = first[has_partner]
    pairs = np.hstack([before[has_partner], after[partners, 1:]])
    same = (pairs[:, 1:3] == pairs[:, 3:5]).all(axis=1)
    return TouchDiff(
        kept=pairs[same, :3],
        moved=pairs[~same],
        lost=before[~has_partner],
        gained=np.delete(after, partners, axis=0),
    )


def touches_meeting(
    touches: Int64s, mask: Mask, trial_lengths: TrialLengths
) -> npt.NDArray[np.bool_]:
    """Return which touches hold a frame of a mask.

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
    n_until = np.concatenate([[0], np.cumsum(mask)])
    places = firsts[touches[:, 0]]
    meets: npt.NDArray[np.bool_] = (
        n_until[places + touches[:, 2]] > n_until[places + touches[:, 1]]
    )
    return meets


def _overlaps(touches: Int64s, others: Int64s) -> tuple[Int64s, Int64s]:
    """Return for each touch the first of the others that it meets, and how many."""
    longest = max(int(each[:, 2].max(initial=0)) for each in (touches, others))
    onsets, offsets = _places(touches, longest)
    other_onsets, other_offsets = _places(others, longest)
    first = np.searchsorted(other_offsets, onsets, side="right")
    stop = np.searchsorted(other_onsets, offsets, side="left")
    return first, stop - first


def _places(touches: Int64s, longest: int) -> tuple[Int64s, Int64s]:
    """Return onsets and offsets on a line on which trials lie far apart."""
    start = touches[:, 0] * (longest + 1)
    return start + touches[:, 1], start + touches[:, 2]
