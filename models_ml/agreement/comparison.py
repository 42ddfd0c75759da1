"""Everybody who labelled the same frames compared with everybody, and with a model.

A person is held against the consensus of the others, never against one that includes
the same person, which would flatter. The model is held against the same consensuses,
one after the other, so that both are judged by the same measure; and against that of
all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

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
    """One rater held against a reference, frame by frame and touch by touch.

    Parameters
    ----------
    frames : PairAgreement
        Agreement on frames.
    touches : TouchComparison
        Errors with their places.
    rates : dict of str to Estimate
        Errors for each touch of the reference.
    onsets, offsets : Shifts
        By how many ms the rater is later.
    f1, onset_f1 : list of Estimate
        F1 of events at each of `TOLERANCES_MS`: both edges, and onsets alone.
    missed, extra : array of int64, shape (n, 4)
        Touches of the reference, and of the rater, with a bit for each tolerance at
        which they find a partner (both edges): rows of trial, onset, offset, bits.
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
    """All comparisons of raters of the same frames.

    Parameters
    ----------
    exclusions : list of Exclusions
        Which frames of each annotator do not count, and why.
    group : GroupAgreement
        Agreement of all annotators.
    pairs : dict of (int, int) to Contrast
        (reference, judged): annotators, both ways round.
    others : dict of int to Contrast
        Each annotator against the consensus of the others.
    again : dict of int to Contrast
        An annotator's second pass against the first.
    model : Contrast or None
        The model against the consensus of all.
    model_as : dict of int to Contrast
        The model in an annotator's place: against the consensus of the others.
    """

    exclusions: list[Exclusions]
    group: GroupAgreement
    pairs: dict[tuple[int, int], Contrast]
    others: dict[int, Contrast]
    again: dict[int, Contrast]
    model: Contrast | None
    model_as: dict[int, Contrast]


def compare_raters(
    said: RaterLabels,
    frame_ms: Float64s,
    *,
    again: Mapping[int, LabelValues] | None = None,
    model: LabelValues | None = None,
    consensus: Consensus = majority_of,
    resampling: Resampling | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> RaterComparison:
    """Compare annotators with each other, with themselves and with a model.

    Parameters
    ----------
    said : RaterLabels
        Labels of each annotator's first pass.
    frame_ms : array of float64, shape (n_trials,)
        Duration of one frame of each trial.
    again : mapping of int to array of int8, shape (n_frames,), optional
        Labels of the second pass of annotators who made one.
    model : array of int8, shape (n_frames,), optional
        Touch frames of a model version; -1 where it has no scores.
    consensus : callable
        From labels of several raters to what they together say.
    resampling : Resampling, optional
        Draws of trials; without it there are no intervals.
    report : callable
        Told how many of how many comparisons are done.

    Returns
    -------
    comparison : RaterComparison
        Annotators are counted from 0, in the order of `said`.
    """
    annotators = range(said.n_raters)
    rows = [*said.labels]

    def row(labels: LabelValues) -> int:
        rows.append(labels)
        return len(rows) - 1

    second = {of: row(labels) for of, labels in (again or {}).items()}
    others = {
        of: row(consensus(np.delete(said.labels, of, axis=0)))
        for of in annotators
        if said.n_raters > 1
    }
    model_row = None if model is None else row(model)
    of_all = row(consensus(said.labels))
    wanted = [(a, b) for a in annotators for b in annotators if a != b]
    wanted += [(others[of], of) for of in others]
    wanted += list(second.items())
    if model_row is not None:
        wanted += [(of_all, model_row)]
        wanted += [(others[of], model_row) for of in others]
    everybody = replace(said, labels=np.stack(rows))
    found: dict[tuple[int, int], Contrast] = {}
    for done, pair in enumerate(wanted):
        report(done, len(wanted))
        found[pair] = contrast(
            everybody, *pair, frame_ms, resampling, mirrored=found.get(pair[::-1])
        )
    return RaterComparison(
        exclusions=said.exclusions(),
        group=group_agreement(group_table(said), resampling),
        pairs={(a, b): found[a, b] for a in annotators for b in annotators if a != b},
        others={of: found[others[of], of] for of in others},
        again={of: found[of, second[of]] for of in second},
        model=None if model_row is None else found[of_all, model_row],
        model_as={}
        if model_row is None
        else {of: found[others[of], model_row] for of in others},
    )


def contrast(
    said: RaterLabels,
    reference: int,
    judged: int,
    frame_ms: Float64s,
    resampling: Resampling | None = None,
    *,
    mirrored: Contrast | None = None,
) -> Contrast:
    """Hold one rater against a reference.

    Parameters
    ----------
    said : RaterLabels
        Labels of all raters.
    reference, judged : int
        Whose touches count as true, and whose are compared with them.
    frame_ms : array of float64, shape (n_trials,)
        Duration of one frame of each trial.
    resampling : Resampling, optional
        Draws of trials for the intervals.
    mirrored : Contrast, optional
        The same two the other way round, where it is known: what is the same both
        ways is taken from it.

    Returns
    -------
    contrast : Contrast
        Frames, errors, shifts and events.
    """
    touches = compare_touches(said, reference, judged)
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
            pair_agreement(pair_table(said, reference, judged), resampling),
            *_events(touches, frame_ms, resampling),
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


def _events(
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
