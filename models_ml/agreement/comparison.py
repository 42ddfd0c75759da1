"""Comparisons of all raters of the same frames: annotators, second passes, a model.

An annotator is compared with the consensus of the other annotators. A consensus that
includes the annotator would overestimate agreement. The model is compared with the same
consensuses, one by one, so that annotators and model are judged by the same measure,
and with the consensus of all annotators.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from models_ml.agreement.consensus import majority_of
from models_ml.agreement.rater_labels import Exclusions, RaterLabels
from models_ml.agreement.resampling import Estimate, Resampling
from models_ml.agreement.statistics import (
    GroupAgreement,
    PairAgreement,
    group_agreement,
    group_table,
    pair_agreement,
    pair_table,
)
from models_ml.agreement.touch_comparison import TouchComparison, compare_touches
from models_ml.agreement.touch_matching import TOLERANCES_MS, match_touches
from models_ml.agreement.touch_shifts import Shifts, onset_and_offset_shifts
from models_ml.arrays import Float64s, LabelValues

Consensus = Callable[[LabelValues], LabelValues]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One rater compared with a reference, frame by frame and touch by touch.

    Parameters
    ----------
    frames : PairAgreement
        Agreement on frames.
    touches : TouchComparison
        Touch errors with their frame intervals.
    rates : dict of str to Estimate
        Touch errors per touch of the reference, by the names in
        `models_ml.agreement.touch_comparison.RATES`.
    onsets, offsets : Shifts
        How much later the rater's onsets and offsets are, in ms.
    f1, onset_f1 : list of Estimate
        F1 of touches at each of `TOLERANCES_MS`: with both edges, and with the onset
        alone.
    missed, extra : array of int64, shape (n, 4)
        Touches of the reference and of the rater: rows of trial, onset, offset and a
        bit mask. Bit i is set if the touch has a partner at tolerance i, by both edges.
    """

    frames: PairAgreement
    touches: TouchComparison
    rates: dict[str, Estimate]
    onsets: Shifts
    offsets: Shifts
    f1: list[Estimate]
    onset_f1: list[Estimate]
    missed: npt.NDArray[np.int64]
    extra: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterComparison:
    """The contrasts between all raters of the same frames.

    Parameters
    ----------
    exclusions : list of Exclusions
        Number of frames of each annotator that do not count, by reason.
    group : GroupAgreement
        Agreement of all annotators.
    pairs : dict of (int, int) to Contrast
        Every ordered pair of annotators: (reference, judged).
    others : dict of int to Contrast
        Each annotator against the consensus of the others.
    second_passes : dict of int to Contrast
        Each annotator's second pass against the first.
    model : Contrast or None
        The model against the consensus of all.
    model_like : dict of int to Contrast
        The model judged like each annotator: against the consensus of the others.
    """

    exclusions: list[Exclusions]
    group: GroupAgreement
    pairs: dict[tuple[int, int], Contrast]
    others: dict[int, Contrast]
    second_passes: dict[int, Contrast]
    model: Contrast | None
    model_like: dict[int, Contrast]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLabels:
    """The labels that `compare_raters` compares.

    Parameters
    ----------
    raters : RaterLabels
        Labels of each annotator's first pass.
    frame_ms : array of float64, shape (n_trials,)
        Duration of one frame of each trial, in ms.
    second_passes : mapping of int to array of int8, shape (n_frames,)
        Labels of second passes, by position of the annotator in `raters`.
    model : array of int8, shape (n_frames,), optional
        Touch frames of a model version; -1 where it has no scores.
    """

    raters: RaterLabels
    frame_ms: Float64s
    second_passes: Mapping[int, LabelValues] = field(default_factory=dict)
    model: LabelValues | None = None


def compare_raters(
    compared: ComparedLabels,
    *,
    consensus: Consensus = majority_of,
    resampling: Resampling | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RaterComparison:
    """Compare annotators with each other, with themselves and with a model.

    Parameters
    ----------
    compared : ComparedLabels
        The labels of all raters.
    consensus : callable
        Makes one row of labels from the rows of several raters.
    resampling : Resampling, optional
        Draws of trials for the intervals; without it there are no intervals.
    progress : callable
        Called with the number of contrasts that are done and the number of all.

    Returns
    -------
    comparison : RaterComparison
        Annotators are numbered from 0, in the order of `compared.raters`.
    """
    raters, model = compared.raters, compared.model
    annotators = range(raters.n_raters)
    rows = [*raters.labels]

    def row(labels: LabelValues) -> int:
        rows.append(labels)
        return len(rows) - 1

    second = {of: row(labels) for of, labels in compared.second_passes.items()}
    others = {
        of: row(consensus(np.delete(raters.labels, of, axis=0)))
        for of in annotators
        if raters.n_raters > 1
    }
    model_row = None if model is None else row(model)
    of_all = row(consensus(raters.labels))
    wanted = [(a, b) for a in annotators for b in annotators if a != b]
    wanted += [(others[of], of) for of in others]
    wanted += list(second.items())
    if model_row is not None:
        wanted += [(of_all, model_row)]
        wanted += [(others[of], model_row) for of in others]
    all_raters = replace(raters, labels=np.stack(rows))
    found: dict[tuple[int, int], Contrast] = {}
    for done, pair in enumerate(wanted):
        progress(done, len(wanted))
        found[pair] = contrast(
            all_raters,
            *pair,
            compared.frame_ms,
            resampling,
            mirrored=found.get(pair[::-1]),
        )
    return RaterComparison(
        exclusions=raters.exclusions(),
        group=group_agreement(group_table(raters), resampling),
        pairs={(a, b): found[a, b] for a in annotators for b in annotators if a != b},
        others={of: found[others[of], of] for of in others},
        second_passes={of: found[of, second[of]] for of in second},
        model=None if model_row is None else found[of_all, model_row],
        model_like={}
        if model_row is None
        else {of: found[others[of], model_row] for of in others},
    )


def contrast(
    raters: RaterLabels,
    reference: int,
    judged: int,
    frame_ms: Float64s,
    resampling: Resampling | None = None,
    *,
    mirrored: Contrast | None = None,
) -> Contrast:
    """Compare one rater with a reference.

    Parameters
    ----------
    raters : RaterLabels
        Labels of all raters.
    reference, judged : int
        Positions of two raters. The touches of `reference` count as true; those of
        `judged` are compared with them.
    frame_ms : array of float64, shape (n_trials,)
        Duration of one frame of each trial, in ms.
    resampling : Resampling, optional
        Draws of trials for the intervals; without it there are no intervals.
    mirrored : Contrast, optional
        The contrast of the same two raters with their roles exchanged, if known. The
        statistics that do not depend on the roles are taken from it.

    Returns
    -------
    contrast : Contrast
        Agreement on frames, touch errors, shifts, and F1 of touches.
    """
    touches = compare_touches(raters, reference, judged)
    onsets, offsets = onset_and_offset_shifts(touches.pairs, frame_ms, resampling)
    frames, f1, onset_f1, missed, extra = (
        (
            mirrored.frames,
            mirrored.f1,
            mirrored.onset_f1,
            mirrored.extra,
            mirrored.missed,
        )
        if mirrored
        else (
            pair_agreement(pair_table(raters, reference, judged), resampling),
            *_matched_touches(touches, frame_ms, resampling),
        )
    )
    return Contrast(
        frames=frames,
        touches=touches,
        rates=touches.rates(resampling),
        onsets=onsets,
        offsets=offsets,
        f1=f1,
        onset_f1=onset_f1,
        missed=missed,
        extra=extra,
    )


def _matched_touches(
    touches: TouchComparison, frame_ms: Float64s, resampling: Resampling | None
) -> tuple[
    list[Estimate], list[Estimate], npt.NDArray[np.int64], npt.NDArray[np.int64]
]:
    real, judged = touches.touches, touches.judged_touches
    both = match_touches(real, judged, frame_ms)
    onsets = match_touches(real, judged, frame_ms, onset_only=True)
    bits = 1 << np.arange(len(TOLERANCES_MS))
    return (
        both.f1(resampling),
        onsets.f1(resampling),
        np.column_stack([real, bits @ both.matched]),
        np.column_stack([judged, bits @ both.other_matched]),
    )
