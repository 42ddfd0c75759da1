"""Touches of one rater compared with those of a reference: errors and matching touches.

A frame that one of the two did not label, or that does not count, ends the run of
frames that is compared. A frame on which one rater is unsure, or which a consensus
leaves open, takes the label of the other rater: it is an error of neither and does not
split a touch. A touch whose edge may lie on such a frame has no shift.
"""

from dataclasses import dataclass

import numpy as np

from models_ml.agreement.rater_labels import RaterLabels, is_known
from models_ml.agreement.resampling import Estimate, Resampling, estimate
from models_ml.arrays import TOUCH, UNSURE, Float64s, Int64s, Mask
from models_ml.intervals import count_in_intervals, overlapping_pairs
from models_ml.touches.detection import touches_from_mask
from models_ml.touches.touch_errors import KINDS, touch_errors
from models_ml.trial_lengths import first_frames

COUNT_KINDS, EDGE_KINDS = KINDS[:4], KINDS[4:]
# The rates and the kinds of errors in each, in the order of the paper's figures 2C
# and 4.
RATES = {
    **{kind: (kind,) for kind in KINDS},
    "touch_count": COUNT_KINDS,
    "edge": EDGE_KINDS,
}
NO_TOUCH = "No rate: the reference has no touch."


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchComparison:
    """The differences of a rater's touches from those of a reference.

    Parameters
    ----------
    n_trials : int
        Number of trials, those without compared frames included.
    touches, judged_touches : array of int64, shape (n_touches, 3)
        Touches of the reference and of the rater in the compared frames: rows of
        trial, onset and offset.
    errors : array of int64, shape (n_errors, 4)
        Rows of trial, start, stop, and position in
        `models_ml.touches.touch_errors.KINDS`.
    pairs : array of int64, shape (n_pairs, 5)
        Touches that are one touch for both: rows of trial, onset and offset of the
        reference, onset and offset of the rater.
    frames_by_trial : array of int64, shape (n_trials,)
        Number of compared frames in each trial.
    n_open : int
        Compared frames that only one of the two labels touch or not touch.
    """

    n_trials: int
    touches: Int64s
    judged_touches: Int64s
    errors: Int64s
    pairs: Int64s
    frames_by_trial: Int64s
    n_open: int

    @property
    def counts(self) -> dict[str, int]:
        """Number of errors of each kind."""
        n_errors = np.bincount(self.errors[:, 3], minlength=len(KINDS)).tolist()
        return dict(zip(KINDS, n_errors, strict=True))

    def rates(self, resampling: Resampling | None = None) -> dict[str, Estimate]:
        """Return touch errors per touch of the reference, as in the paper.

        Parameters
        ----------
        resampling : Resampling, optional
            Draws of trials for the intervals; without it there are no intervals.

        Returns
        -------
        rates : dict of str to Estimate
            The six kinds; "touch_count": ghosts, misses, joins and splits together;
            "edge": appends and deducts of any length together. The n of each is the
            number of touches of the reference.
        """
        n_touches = np.bincount(self.touches[:, 0], minlength=self.n_trials)
        cells = self.errors[:, 0] * len(KINDS) + self.errors[:, 3]
        n_errors = np.bincount(cells, minlength=self.n_trials * len(KINDS))
        by_kind = n_errors.reshape(self.n_trials, len(KINDS))
        return {
            name: estimate(
                np.stack(
                    [
                        by_kind[:, [KINDS.index(kind) for kind in kinds]].sum(1),
                        n_touches,
                    ],
                    axis=1,
                ),
                _rate,
                n_by_trial=n_touches,
                why_undefined=lambda total: NO_TOUCH,
                resampling=resampling,
            )
            for name, kinds in RATES.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """The frames that are compared, one after the other."""

    reference: Mask
    judged: Mask
    is_open: Mask
    # Runs of consecutive compared frames, each treated as a trial.
    lengths: Int64s
    trials: Int64s
    starts: Int64s

    def in_trials(self, intervals: Int64s) -> Int64s:
        """Return rows of (run, start, stop, ...) as (trial, start, stop, ...)."""
        runs = intervals[:, 0]
        moved = intervals.copy()
        moved[:, 0] = self.trials[runs]
        moved[:, 1:] += self.starts[runs, np.newaxis]
        return moved


def compare_touches(
    raters: RaterLabels, reference: int, judged: int
) -> TouchComparison:
    """Compare the touches of one rater with those of a reference.

    Parameters
    ----------
    raters : RaterLabels
        Labels of all raters.
    reference, judged : int
        Positions of two raters. The touches of `reference` count as true; those of
        `judged` are compared with them.

    Returns
    -------
    comparison : TouchComparison
        Errors of `judged`, and the touches that are one touch for both.

    Examples
    --------
    >>> from models_ml.agreement.rater_labels import rater_labels
    >>> raters = rater_labels([[0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 0, 1]], [6])
    >>> found = compare_touches(raters, 0, 1)
    >>> found.counts["ghost"], found.counts["deduct"], found.pairs.tolist()
    (1, 1, [[0, 1, 4, 2, 4]])
    """
    both = _compared(raters, reference, judged)
    errors = touch_errors(both.reference, both.judged, both.lengths)
    touches = touches_from_mask(both.reference, both.lengths)
    judged_touches = touches_from_mask(both.judged, both.lengths)
    n_trials = len(raters.trial_lengths)
    compared = np.bincount(both.trials, both.lengths, minlength=n_trials)
    return TouchComparison(
        n_trials=n_trials,
        touches=both.in_trials(touches),
        judged_touches=both.in_trials(judged_touches),
        errors=np.column_stack([both.in_trials(errors.runs), errors.kinds]),
        pairs=both.in_trials(_sure_pairs(both, touches, judged_touches)),
        frames_by_trial=compared.astype(np.int64),
        n_open=int(both.is_open.sum()),
    )


def _compared(raters: RaterLabels, reference: int, judged: int) -> _Compared:
    one, other = raters.labels[reference], raters.labels[judged]
    one_known, other_known = is_known(one), is_known(other)
    # One rater is sure and the other is not.
    is_open = (one_known & (other == UNSURE)) | (other_known & (one == UNSURE))
    used = raters.counted & ((one_known & other_known) | is_open)
    runs = touches_from_mask(used, raters.trial_lengths)
    one_touch, other_touch = one == TOUCH, other == TOUCH
    return _Compared(
        reference=(one_touch | (is_open & other_touch))[used],
        judged=(other_touch | (is_open & one_touch))[used],
        is_open=is_open[used],
        lengths=runs[:, 2] - runs[:, 1],
        trials=runs[:, 0],
        starts=runs[:, 1],
    )


def _sure_pairs(both: _Compared, touches: Int64s, judged_touches: Int64s) -> Int64s:
    """Return the pairs of touches whose four edges touch no open frame."""
    at = overlapping_pairs(touches, judged_touches)
    rows = np.column_stack([touches[at[:, 0]], judged_touches[at[:, 1], 1:]])
    # From the frame before the earlier onset to the frame after the later offset.
    firsts = first_frames(both.lengths)[rows[:, 0]]
    start = np.maximum(rows[:, [1, 3]].min(axis=1) - 1, 0)
    stop = np.minimum(rows[:, [2, 4]].max(axis=1) + 1, both.lengths[rows[:, 0]])
    n_open = count_in_intervals(both.is_open, firsts + start, firsts + stop)
    sure: Int64s = rows[n_open == 0]
    return sure


def _rate(table: Float64s) -> Float64s:
    n_errors, n_touches = table[..., 0], table[..., 1]
    undefined = np.full(n_touches.shape, np.nan)
    rate: Float64s = np.divide(n_errors, n_touches, out=undefined, where=n_touches > 0)
    return rate
