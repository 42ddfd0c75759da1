"""Errors on held-out trials with their intervals and places, beside those of people.

Intervals come from drawing whole trials anew: frames and touches of one trial are no
independent draws.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models_ml.agreement.consensus import majority_of
from models_ml.agreement.rater_labels import RaterLabels
from models_ml.agreement.resampling import Estimate, Resampling, estimate
from models_ml.agreement.touch_comparison import NO_TOUCH, compare_touches
from models_ml.arrays import UNLABELLED, Float64s, Int64s, LabelValues, Scores
from models_ml.touches.detection import touch_mask, touches_from_mask
from models_ml.touches.evaluation import EDGE_THRESHOLD
from models_ml.touches.touch_errors import APPEND, COUNTS, touch_errors

# What rates are given of: the eight counts, and their two sums as a report has them.
RATES: Mapping[str, tuple[str, ...]] = {
    "touch_count_errors": COUNTS[:6],
    "edge_errors": COUNTS[6:],
    **{name: (name,) for name in COUNTS},
}
Rates = dict[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutErrors:
    """The errors of one classifier.

    Parameters
    ----------
    rates : dict of str to Estimate
        Errors for each labelled touch, by the names in `RATES`.
    errors : array of int64, shape (n_errors, 4)
        Rows of trial, counted from 0, half-open frames of the trial, and position in
        `models_ml.touches.touch_errors.COUNTS`.
    touches : array of int64, shape (n_touches, 3)
        Its touches: rows of trial, onset and offset, labelled frames or not.
    """

    rates: Rates
    errors: Int64s
    touches: Int64s


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsBesideAnnotators:
    """People and models, each judged by the consensus of the other people.

    Parameters
    ----------
    people : tuple of dict of str to Estimate
        Each annotator against the consensus of the others.
    ceiling : dict of str to Estimate
        The mean over annotators: what people reach among themselves.
    models : dict of str to dict of str to Estimate
        Each model in the annotators' places, against the same consensuses: the mean.
    """

    people: tuple[Rates, ...]
    ceiling: Rates
    models: dict[str, Rates]


def held_out_errors(
    labels: Sequence[LabelValues],
    scores: Sequence[Scores],
    threshold: float,
    resampling: Resampling | None = None,
) -> HeldOutErrors:
    """Return the touch errors of scores, counted as `touches.evaluation.evaluate` does.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        For each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of the same trials, all frames.
    threshold : float
        Above this smoothed score a frame is a touch frame.
    resampling : Resampling, optional
        Draws of trials for the intervals.

    Returns
    -------
    errors : HeldOutErrors
        Each stretch of labelled frames is judged like a trial of its own.
    """
    lengths = [len(one) for one in labels]
    mask = touch_mask(np.concatenate(list(scores)), lengths, threshold)
    said = np.concatenate(list(labels))
    stretches = touches_from_mask(said != UNLABELLED, lengths)
    n_frames = stretches[:, 2] - stretches[:, 1]
    real = said[said != UNLABELLED] == 1
    found = touch_errors(real, mask[said != UNLABELLED], n_frames, EDGE_THRESHOLD)
    of_stretch = found.runs[:, 0]
    rows = np.column_stack(
        [
            stretches[of_stretch, 0],
            found.runs[:, 1:] + stretches[of_stretch, 1:2],
            _counts_of(found.kinds.astype(np.int64), found.lengths),
        ]
    )
    touches = touches_from_mask(real, n_frames)
    tables = _tables(rows, stretches[touches[:, 0], 0], len(labels))
    return HeldOutErrors(
        rates=_rates(tables[:, np.newaxis], resampling),
        errors=rows,
        touches=touches_from_mask(mask, lengths),
    )


def errors_beside_annotators(
    said: RaterLabels,
    models: Mapping[str, LabelValues],
    *,
    consensus: Callable[[LabelValues], LabelValues] = majority_of,
    resampling: Resampling | None = None,
) -> ErrorsBesideAnnotators | None:
    """Judge people and models by the same measure.

    Parameters
    ----------
    said : RaterLabels
        Labels of at least two annotators.
    models : mapping of str to array of int8, shape (n_frames,)
        Touch frames of models, by name: 1 touch, 0 not touch.
    consensus : callable
        From labels of several raters to what they together say.
    resampling : Resampling, optional
        Draws of trials for the intervals.

    Returns
    -------
    beside : ErrorsBesideAnnotators or None
        None where there are fewer than two annotators, or no two ever labelled the
        same frames: nobody can be held against others.
    """
    if said.n_raters < 2:
        return None
    everybody = range(said.n_raters)
    others = [consensus(np.delete(said.labels, of, axis=0)) for of in everybody]
    rows = replace(said, labels=np.stack([*said.labels, *others, *models.values()]))

    def against_others(judged: Sequence[int]) -> npt.NDArray[np.float64]:
        """Return tables: trial, annotator, the eight counts and touches."""
        pairs = zip(everybody, judged, strict=True)
        return np.stack(
            [_compared(rows, said.n_raters + of, who) for of, who in pairs], axis=1
        )

    people = against_others(everybody)
    if not people[..., -1].any():
        return None
    return ErrorsBesideAnnotators(
        people=tuple(_rates(people[:, of : of + 1], resampling) for of in everybody),
        ceiling=_rates(people, resampling),
        models={
            name: _rates(
                against_others([2 * said.n_raters + number] * said.n_raters),
                resampling,
            )
            for number, name in enumerate(models)
        },
    )


def _compared(said: RaterLabels, reference: int, judged: int) -> Float64s:
    found = compare_touches(said, reference, judged)
    kinds, lengths = found.errors[:, 3], found.errors[:, 2] - found.errors[:, 1]
    rows = np.column_stack([found.errors[:, :3], _counts_of(kinds, lengths)])
    return _tables(rows, found.touches[:, 0], found.n_trials)


def _counts_of(kinds: Int64s, lengths: Int64s) -> Int64s:
    """Return positions in `COUNTS`, where edges that are off by far stand first."""
    is_short_edge = (kinds >= APPEND) & (lengths < EDGE_THRESHOLD)
    positions: Int64s = kinds + 2 * is_short_edge
    return positions


def _tables(rows: Int64s, trials_of_touches: Int64s, n_trials: int) -> Float64s:
    """Return for each trial how often each count occurs, and how many touches."""
    tables = np.zeros((n_trials, len(COUNTS) + 1))
    np.add.at(tables, (rows[:, 0], rows[:, 3]), 1)
    tables[:, -1] = np.bincount(trials_of_touches, minlength=n_trials)
    return tables


def _rates(tables: Float64s, resampling: Resampling | None) -> Rates:
    """Return rates from tables of trial, reference, counts and touches."""
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
    """Return the mean, over references that have touches, of errors for each touch."""

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
