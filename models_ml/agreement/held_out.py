"""Touch errors on held-out trials, with intervals, beside the errors of annotators.

Intervals come from resampling whole trials, since frames and touches of one trial are
not independent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models_ml.agreement.consensus import majority_of
from models_ml.agreement.rater_labels import RaterLabels
from models_ml.agreement.resampling import Estimate, Resampling, estimate
from models_ml.agreement.touch_comparison import NO_TOUCH, compare_touches
from models_ml.arrays import TOUCH, UNLABELLED, Float64s, Int64s, LabelValues, Scores
from models_ml.touches.detection import touch_mask, touches_from_mask
from models_ml.touches.evaluation import EDGE_THRESHOLD
from models_ml.touches.touch_errors import APPEND, COUNTS, touch_errors

# The rates of a report: the two sums, and each of the eight counts.
RATES: Mapping[str, tuple[str, ...]] = {
    "touch_count_errors": COUNTS[:6],
    "edge_errors": COUNTS[6:],
    **{name: (name,) for name in COUNTS},
}
Rates = dict[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutErrors:
    """The touch errors of one classifier.

    Parameters
    ----------
    rates : dict of str to Estimate
        Errors per labelled touch, by the names in `RATES`.
    errors : array of int64, shape (n_errors, 4)
        Rows of trial, start and stop in the trial, and position in
        `models_ml.touches.touch_errors.COUNTS`.
    touches : array of int64, shape (n_touches, 3)
        All predicted touches, on labelled frames or not: rows of trial, onset, offset.
    """

    rates: Rates
    errors: Int64s
    touches: Int64s


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsBesideAnnotators:
    """Errors of annotators and models, measured against the same consensuses.

    Parameters
    ----------
    annotators : tuple of dict of str to Estimate
        Each annotator against the consensus of the other annotators.
    ceiling : dict of str to Estimate
        The mean over annotators: the agreement that annotators reach.
    models : dict of str to dict of str to Estimate
        By name, each model judged like each annotator, against the same consensuses:
        the mean.
    """

    annotators: tuple[Rates, ...]
    ceiling: Rates
    models: dict[str, Rates]


def held_out_errors(
    labels: Sequence[LabelValues],
    scores: Sequence[Scores],
    threshold: float,
    resampling: Resampling | None = None,
) -> HeldOutErrors:
    """Return the touch errors of scores, counted as in `touches.evaluation.evaluate`.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        For each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of the same trials, all frames.
    threshold : float
        A frame is a touch frame when its smoothed score is greater.
    resampling : Resampling, optional
        Draws of trials for the intervals; without it there are no intervals.

    Returns
    -------
    errors : HeldOutErrors
        Each run of labelled frames is judged like a trial of its own.
    """
    lengths = [len(one) for one in labels]
    mask = touch_mask(np.concatenate(list(scores)), lengths, threshold)
    all_labels = np.concatenate(list(labels))
    is_labelled = all_labels != UNLABELLED
    labelled_runs = touches_from_mask(is_labelled, lengths)
    n_frames = labelled_runs[:, 2] - labelled_runs[:, 1]
    truth = all_labels[is_labelled] == TOUCH
    found = touch_errors(truth, mask[is_labelled], n_frames, EDGE_THRESHOLD)
    run = found.runs[:, 0]
    rows = np.column_stack(
        [
            labelled_runs[run, 0],
            found.runs[:, 1:] + labelled_runs[run, 1:2],
            _counts_of(found.kinds.astype(np.int64), found.lengths),
        ]
    )
    touches = touches_from_mask(truth, n_frames)
    tables = _tables(rows, labelled_runs[touches[:, 0], 0], len(labels))
    return HeldOutErrors(
        rates=_rates(tables[:, np.newaxis], resampling),
        errors=rows,
        touches=touches_from_mask(mask, lengths),
    )


def errors_beside_annotators(
    raters: RaterLabels,
    models: Mapping[str, LabelValues],
    *,
    consensus: Callable[[LabelValues], LabelValues] = majority_of,
    resampling: Resampling | None = None,
) -> ErrorsBesideAnnotators | None:
    """Judge annotators and models by the same measure.

    Parameters
    ----------
    raters : RaterLabels
        Labels of annotators.
    models : mapping of str to array of int8, shape (n_frames,)
        Touch frames of each model, by name: 1 touch, 0 not touch.
    consensus : callable
        Makes one row of labels from the rows of several raters.
    resampling : Resampling, optional
        Draws of trials for the intervals; without it there are no intervals.

    Returns
    -------
    beside : ErrorsBesideAnnotators or None
        None with fewer than two annotators, or if no two labelled the same frames.
    """
    if raters.n_raters < 2:
        return None
    annotators = range(raters.n_raters)
    others = [consensus(np.delete(raters.labels, of, axis=0)) for of in annotators]
    rows = replace(raters, labels=np.stack([*raters.labels, *others, *models.values()]))

    def against_others(judged: Sequence[int]) -> npt.NDArray[np.float64]:
        """Return tables with axes trial, annotator, and counts with touches."""
        pairs = zip(annotators, judged, strict=True)
        return np.stack(
            [_compared(rows, raters.n_raters + of, rater) for of, rater in pairs],
            axis=1,
        )

    by_annotator = against_others(annotators)
    if not by_annotator[..., -1].any():
        return None
    return ErrorsBesideAnnotators(
        annotators=tuple(
            _rates(by_annotator[:, of : of + 1], resampling) for of in annotators
        ),
        ceiling=_rates(by_annotator, resampling),
        models={
            name: _rates(
                against_others([2 * raters.n_raters + number] * raters.n_raters),
                resampling,
            )
            for number, name in enumerate(models)
        },
    )


def _compared(raters: RaterLabels, reference: int, judged: int) -> Float64s:
    found = compare_touches(raters, reference, judged)
    kinds, lengths = found.errors[:, 3], found.errors[:, 2] - found.errors[:, 1]
    rows = np.column_stack([found.errors[:, :3], _counts_of(kinds, lengths)])
    return _tables(rows, found.touches[:, 0], found.n_trials)


def _counts_of(kinds: Int64s, lengths: Int64s) -> Int64s:
    """Return positions in `COUNTS`, where long edge errors come before short ones."""
    is_short_edge = (kinds >= APPEND) & (lengths < EDGE_THRESHOLD)
    positions: Int64s = kinds + 2 * is_short_edge
    return positions


def _tables(rows: Int64s, trials_of_touches: Int64s, n_trials: int) -> Float64s:
    """Return, for each trial, the number of errors by count and of touches."""
    tables = np.zeros((n_trials, len(COUNTS) + 1))
    np.add.at(tables, (rows[:, 0], rows[:, 3]), 1)
    tables[:, -1] = np.bincount(trials_of_touches, minlength=n_trials)
    return tables


def _rates(tables: Float64s, resampling: Resampling | None) -> Rates:
    """Return rates from tables with axes trial, reference, counts with touches."""
    n_touches = tables[..., -1].sum(axis=1)
    return {
        name: estimate(
            tables,
            _mean_rate([COUNTS.index(one) for one in counts]),
            n_by_trial=n_touches,
            why_undefined=lambda total: NO_TOUCH,
            resampling=resampling,
        )
        for name, counts in RATES.items()
    }


def _mean_rate(columns: list[int]) -> Callable[[Float64s], Float64s]:
    """Return the mean, over references that have touches, of errors per touch."""

    def rate(tables: Float64s) -> Float64s:
        n_errors, n_touches = tables[..., columns].sum(axis=-1), tables[..., -1]
        each = np.divide(
            n_errors, n_touches, out=np.zeros_like(n_errors), where=n_touches > 0
        )
        n_references = (n_touches > 0).sum(axis=-1)
        undefined = np.full(n_references.shape, np.nan)
        mean: Float64s = np.divide(
            each.sum(axis=-1), n_references, out=undefined, where=n_references > 0
        )
        return mean

    return rate
