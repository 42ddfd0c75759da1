"""Matches of the touches of two raters, whose edges may differ within a tolerance.

Touches are matched one to one, as many as possible. Both lists are in frame order and
disjoint, so the possible partners of a touch are neighbours in the other list, and
these ranges only move forward. Therefore taking the first free partner, touch by touch,
is optimal.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.agreement.resampling import Estimate, Resampling, estimate
from models_ml.arrays import Float64s, Int64s
from models_ml.intervals import on_one_line

NO_TOUCH = "No F1: neither rater has a touch."
TOLERANCES_MS = tuple(range(11))
# Tolerances become whole frames; without this slack, rounding could lose the last one.
TOLERANCE_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedTouches:
    """The touches that have a partner, at each tolerance.

    Parameters
    ----------
    matched, other_matched : array of bool, shape (n_tolerances, n_touches)
        Whether each touch of the first and of the second list has a partner.
    n_by_trial : array of int64, shape (n_trials, 2)
        Number of touches of each list in each trial.
    matched_by_trial : array of int64, shape (n_tolerances, n_trials)
        Number of matched pairs in each trial.
    """

    matched: npt.NDArray[np.bool_]
    other_matched: npt.NDArray[np.bool_]
    n_by_trial: Int64s
    matched_by_trial: Int64s

    def f1(self, resampling: Resampling | None = None) -> list[Estimate]:
        """Return F1 of touches at each tolerance.

        Parameters
        ----------
        resampling : Resampling, optional
            Draws of trials for the intervals; without it there are no intervals.

        Returns
        -------
        f1 : list of Estimate
            2 x matched pairs / (touches of one + touches of the other). The n of each
            is the number of touches of both.
        """
        n_by_trial = self.n_by_trial.sum(axis=1)
        return [
            estimate(
                np.stack([2 * matched, n_by_trial], axis=1),
                _share,
                n_by_trial=n_by_trial,
                why_undefined=lambda total: NO_TOUCH,
                resampling=resampling,
            )
            for matched in self.matched_by_trial
        ]


def match_touches(
    touches: Int64s,
    others: Int64s,
    frame_ms: npt.NDArray[np.float64],
    tolerances_ms: tuple[float, ...] = TOLERANCES_MS,
    *,
    onset_only: bool = False,
) -> MatchedTouches:
    """Match the touches of two lists one to one.

    Parameters
    ----------
    touches, others : array of int64, shape (n, 3)
        Rows of trial, onset and offset; disjoint and in frame order.
    frame_ms : array of float64, shape (n_trials,)
        Duration of one frame of each trial, in ms.
    tolerances_ms : tuple of float
        Largest differences of an edge, in ms.
    onset_only : bool
        Compare onsets alone; offsets may differ by any amount.

    Returns
    -------
    matched : MatchedTouches
        The largest possible number of pairs at each tolerance.

    Examples
    --------
    >>> found = match_touches(
    ...     np.array([[0, 5, 9]]), np.array([[0, 6, 9]]), np.array([1.0]), (0, 1)
    ... )
    >>> [each.value for each in found.f1()]
    [0.0, 1.0]
    """
    n_trials = len(frame_ms)
    matched = np.zeros((len(tolerances_ms), len(touches)), np.bool_)
    other_matched = np.zeros((len(tolerances_ms), len(others)), np.bool_)
    for at, tolerance in enumerate(tolerances_ms):
        slack = np.floor(tolerance / frame_ms + TOLERANCE_SLACK).astype(np.int64)
        pairs = _matching(*_partners(touches, others, slack, onset_only))
        matched[at, pairs[:, 0]] = True
        other_matched[at, pairs[:, 1]] = True
    return MatchedTouches(
        matched=matched,
        other_matched=other_matched,
        n_by_trial=np.stack(
            [np.bincount(each[:, 0], minlength=n_trials) for each in (touches, others)],
            axis=1,
        ),
        matched_by_trial=np.stack(
            [np.bincount(touches[each, 0], minlength=n_trials) for each in matched]
        ),
    )


def _partners(
    touches: Int64s, others: Int64s, slack: Int64s, onset_only: bool
) -> tuple[Int64s, Int64s]:
    """Return, for each touch, the range of the others within the tolerance."""
    reach = slack[touches[:, 0]]
    # A gap between trials that is larger than any tolerance.
    gap = 2 * int(slack.max(initial=0)) + 2
    edges, other_edges = on_one_line(touches, others, gap)
    first = np.zeros(len(touches), np.int64)
    stop = np.full(len(touches), len(others), np.int64)
    for at in (0,) if onset_only else (0, 1):
        low, high = edges[at] - reach, edges[at] + reach
        first = np.maximum(first, np.searchsorted(other_edges[at], low))
        stop = np.minimum(stop, np.searchsorted(other_edges[at], high, side="right"))
    return first, stop


def _matching(first: Int64s, stop: Int64s) -> Int64s:
    """Return the pairs of a largest matching; both ends of the ranges must not fall."""
    able = np.flatnonzero(first < stop)
    first, stop = first[able], stop[able]
    partners = first.copy()
    # Only a range that overlaps the range before it may find its first partner taken.
    for at in np.flatnonzero(first[1:] < stop[:-1]) + 1:
        partners[at] = max(partners[at - 1] + 1, first[at])
        if partners[at] >= stop[at]:
            # No partner is left. Repeat the last one, so that the next touch knows it.
            partners[at] = partners[at - 1]
    is_matched = np.diff(partners, prepend=-1) > 0
    return np.column_stack([able[is_matched], partners[is_matched]])


def _share(table: Float64s) -> Float64s:
    part, whole = table[..., 0], table[..., 1]
    undefined = np.full(whole.shape, np.nan)
    share: Float64s = np.divide(part, whole, out=undefined, where=whole > 0)
    return share
