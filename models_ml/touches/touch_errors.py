"""Touch errors: differences between predicted and true touches, as people count them.

Frames are compared trial by trial. Each maximal run of false-positive frames and each
maximal run of false-negative frames is one error. The two frames beside it determine
its kind. Frames beyond the ends of a trial count as agreed no-touch, and touches are
counted in each trial by itself.

=======  ===============  ========================================================
kind     run of           neighbours
=======  ===============  ========================================================
ghost    false positives  no true touch frame, at least one agreed no-touch
append   false positives  one true touch frame, one agreed no-touch
join     false positives  no agreed no-touch
miss     false negatives  no true touch frame
deduct   false negatives  one true touch frame
split    false negatives  two true touch frames
=======  ===============  ========================================================

WhACC 1.4.3 differs in two ways, which `whacc_compatible` reproduces for comparison with
published numbers. It calls every run that reaches exactly one end of its trial a split.
And it counts touches as rises in all trials laid end to end, so it misses a touch on
the very first frame, and one that begins a trial right after another trial's last
touch.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Int8s, Int64s
from models_ml.intervals import equal_runs
from models_ml.touches.detection import check_scores
from models_ml.trial_lengths import (
    TrialLengths,
    checked_lengths,
    spaced,
    trial_intervals,
)

KINDS = ("ghost", "miss", "join", "split", "append", "deduct")
GHOST, MISS, JOIN, SPLIT, APPEND, DEDUCT = range(6)
# The first six are the touch-count errors.
COUNTS = (*KINDS[:4], "append_long", "deduct_long", "append", "deduct")

# Agreement of one frame: truth + 2 * predicted.
_NO_TOUCH, _FALSE_NEGATIVE, _FALSE_POSITIVE, _TOUCH = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchErrors:
    """Touch errors of a set of trials.

    Parameters
    ----------
    ghost, miss, join, split : int
        Number of predicted touches without a true one, of true touches without a
        predicted one, of filled gaps between touches, and of gaps within touches.
    append_long, deduct_long : int
        Number of touches that are too long or too short at one end by at least
        `edge_threshold` frames.
    append, deduct : int
        Number of those that are so by fewer frames.
    n_touches : int
        Number of true touches.
    edge_threshold : int
        In frames.
    runs : array of int64, shape (n_errors, 3)
        The errors in frame order: rows of trial, start and stop, relative to the
        trial's first frame.
    kinds : array of int8, shape (n_errors,)
        Kind of each error, as position in `KINDS`.
    onset_errors, offset_errors : array of int64
        Frames by which the prediction is longer (positive) or shorter (negative) at
        each onset or offset of a true touch that it matches, in frame order; 0 where
        both agree. Independent of `whacc_compatible`.
    """

    ghost: int
    miss: int
    join: int
    split: int
    append_long: int
    deduct_long: int
    append: int
    deduct: int
    n_touches: int
    edge_threshold: int
    runs: Int64s
    kinds: Int8s
    onset_errors: Int64s
    offset_errors: Int64s

    @property
    def counts(self) -> dict[str, int]:
        """The eight counts by name, in the order of the fields."""
        return {name: getattr(self, name) for name in COUNTS}

    @property
    def lengths(self) -> Int64s:
        """Length of each error in frames."""
        lengths: Int64s = self.runs[:, 2] - self.runs[:, 1]
        return lengths

    @property
    def n_touch_count_errors(self) -> int:
        """Number of touch-count errors: the sum of the first six counts."""
        return sum(getattr(self, name) for name in COUNTS[:6])

    @property
    def touch_count_errors_per_touch(self) -> float | None:
        """Touch-count errors per true touch (the TC-error); None without touches."""
        return self._per_touch(self.n_touch_count_errors)

    @property
    def edge_errors_per_touch(self) -> float | None:
        """Shorter edge errors per true touch; None without touches."""
        return self._per_touch(self.append + self.deduct)

    def _per_touch(self, n_errors: int) -> float | None:
        return n_errors / self.n_touches if self.n_touches else None


def touch_errors(
    truth: npt.ArrayLike,
    predicted: npt.ArrayLike,
    trial_lengths: TrialLengths,
    edge_threshold: int = 4,
    whacc_compatible: bool = False,
) -> TouchErrors:
    """Return the touch errors of predicted touch frames.

    Parameters
    ----------
    truth : array of bool, shape (n_frames,)
        True (or 1) on true touch frames, trials one after the other.
    predicted : array of bool, shape (n_frames,)
        True on predicted touch frames, in the same order.
    trial_lengths : sequence of int
        Frames in each trial; they add up to `n_frames`.
    edge_threshold : int
        Appends and deducts of at least this many frames are long. WhACC's figures use
        4, its training 5.
    whacc_compatible : bool
        Determine kinds and count touches as WhACC does; see the module.

    Returns
    -------
    errors : TouchErrors
        Every error, in frame order.

    Raises
    ------
    ValueError
        If the masks are not boolean, the lengths disagree, or a trial is empty.

    References
    ----------
    WhACC 1.4.3, `error_analysis` and `thresholded_error_types`; Maire et al., fig. 4.

    Examples
    --------
    >>> errors = touch_errors([0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 0, 1], [6])
    >>> [(KINDS[kind], run.tolist()) for kind, run in zip(errors.kinds, errors.runs)]
    [('deduct', [0, 1, 2]), ('ghost', [0, 5, 6])]
    >>> errors.onset_errors.tolist(), errors.offset_errors.tolist()
    ([-1], [0])
    """
    real, guess = _mask("true", truth), _mask("predicted", predicted)
    lengths = checked_lengths(trial_lengths, len(real))
    if len(guess) != len(real):
        raise ValueError(
            "Expected as many predicted as true frames; "
            f"got {len(guess)} predicted and {len(real)} true frames."
        )
    # An agreed no-touch frame before, between and after the trials separates runs and
    # touches, and stands for the frames beyond a trial's ends.
    agreement = spaced(real + 2 * guess.astype(np.int8), lengths)
    starts, stops = equal_runs(agreement)
    is_error = np.isin(agreement[starts], (_FALSE_NEGATIVE, _FALSE_POSITIVE))
    starts, stops = starts[is_error], stops[is_error]
    runs = trial_intervals(starts, stops, lengths)
    kinds = _kinds(agreement[starts], agreement[starts - 1], agreement[stops])
    onset_errors, offset_errors = _edge_errors(agreement, starts, stops, kinds)
    is_touch = (agreement & _FALSE_NEGATIVE) > 0
    if whacc_compatible:
        kinds = _whacc_kinds(kinds, runs, lengths)
        is_touch = real
    return TouchErrors(
        **_counts(kinds, stops - starts, edge_threshold),
        runs=runs,
        kinds=kinds,
        onset_errors=onset_errors,
        offset_errors=offset_errors,
        n_touches=int((is_touch[1:] & ~is_touch[:-1]).sum()),
        edge_threshold=edge_threshold,
    )


def touch_error_curve(
    truth: npt.ArrayLike,
    scores: npt.NDArray[np.floating],
    trial_lengths: TrialLengths,
    thresholds: Iterable[float],
    edge_threshold: int = 4,
    whacc_compatible: bool = False,
) -> tuple[TouchErrors, ...]:
    """Return the touch errors at each of several thresholds.

    Parameters
    ----------
    scores : array of float, shape (n_frames,)
        Scores in frame order; the caller smooths them.
    thresholds : iterable of float
        A frame is predicted a touch frame when its score is above the threshold.
    truth, trial_lengths, edge_threshold, whacc_compatible
        See `touch_errors`.

    Returns
    -------
    curve : tuple of TouchErrors
        One per threshold, in the same order.

    Raises
    ------
    ValueError
        See `touch_errors`; also if a score is NaN.
    """
    check_scores(scores)
    return tuple(
        touch_errors(
            truth,
            # The threshold in the type of the scores, so that 0.7 is not above 0.7.
            scores > scores.dtype.type(threshold),
            trial_lengths,
            edge_threshold,
            whacc_compatible,
        )
        for threshold in thresholds
    )


def _kinds(run: Int8s, before: Int8s, after: Int8s) -> Int8s:
    """Return the kind of each run from its agreement and that of its neighbours."""
    n_touch = (before == _TOUCH).astype(np.int8) + (after == _TOUCH)
    n_no_touch = (before == _NO_TOUCH).astype(np.int8) + (after == _NO_TOUCH)
    positive = np.where(n_no_touch == 0, JOIN, np.where(n_touch == 1, APPEND, GHOST))
    negative = np.choose(n_touch, (MISS, DEDUCT, SPLIT))
    return np.where(run == _FALSE_POSITIVE, positive, negative).astype(np.int8)


def _counts(kinds: Int8s, lengths: Int64s, edge_threshold: int) -> dict[str, int]:
    n_all = np.bincount(kinds, minlength=6).tolist()
    n_long = np.bincount(kinds[lengths >= edge_threshold], minlength=6).tolist()
    long, short = n_long[APPEND:], [n_all[k] - n_long[k] for k in (APPEND, DEDUCT)]
    return dict(zip(COUNTS, [*n_all[:APPEND], *long, *short], strict=True))


def _whacc_kinds(kinds: Int8s, runs: Int64s, lengths: Int64s) -> Int8s:
    trials, onsets, offsets = runs.T
    at_one_end = (onsets == 0) ^ (offsets == lengths[trials])
    return np.where(at_one_end, SPLIT, kinds).astype(np.int8)


def _edge_errors(
    agreement: Int8s, starts: Int64s, stops: Int64s, kinds: Int8s
) -> tuple[Int64s, Int64s]:
    """Return the signed errors at onsets and at offsets, zeros included."""
    sign = (kinds == APPEND).astype(np.int64) - (kinds == DEDUCT)
    signed = sign * (stops - starts)
    at_onset = (sign != 0) & (agreement[stops] == _TOUCH)
    at_offset = (sign != 0) & ~at_onset
    steps = np.diff(agreement)
    exact_onsets = np.flatnonzero(steps == _TOUCH)
    exact_offsets = np.flatnonzero(steps == -_TOUCH)
    return (
        _in_order(starts[at_onset], signed[at_onset], exact_onsets),
        _in_order(starts[at_offset], signed[at_offset], exact_offsets),
    )


def _in_order(positions: Int64s, errors: Int64s, exact: Int64s) -> Int64s:
    order = np.argsort(np.concatenate([positions, exact]))
    return np.concatenate([errors, np.zeros(len(exact), np.int64)])[order]


def _mask(name: str, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    mask = np.asarray(values)
    is_mask = mask.dtype == np.bool_ or (
        mask.dtype.kind in "iu" and bool(((mask == 0) | (mask == 1)).all())
    )
    if mask.ndim != 1 or (mask.size and not is_mask):
        raise ValueError(
            f"Expected one boolean per frame as {name} touch frames; "
            f"got {mask.dtype} of shape {mask.shape}."
        )
    return mask.astype(np.bool_, copy=False)
