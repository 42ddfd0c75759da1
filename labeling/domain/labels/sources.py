"""Label sources: whose word counts for a trial's frames, always by name.

`majority`, `unanimity`, `settled`, or one annotator as `annotator:NAME`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from labeling.domain.labels.decisions import settled_trials
from labeling.domain.labels.packed import packed_labels
from labeling.domain.recordings.in_range import reach_in
from labeling.errors import LabelingError
from labeling.models import Label, Subset, Trial
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.arrays import UNLABELLED, LabelValues

MAJORITY = "majority"
UNANIMITY = "unanimity"
# What all agree on, and where they differ what an adjudicator settled.
SETTLED = "settled"
SOURCES = (MAJORITY, UNANIMITY, SETTLED)
ONE_ANNOTATOR = "annotator:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialConsensus:
    """The labels of one trial by one source, a value a frame; what is open has none.

    `n_out_of_reach` of them were left out, since the pole is out of reach there.
    """

    trial: Trial
    values: LabelValues
    annotators: frozenset[str]
    n_out_of_reach: int = 0


def labels_by(source: str, subsets: Sequence[Subset]) -> list[TrialConsensus]:
    """Return each labelled trial with the labels of a source: 1 touch, 0 not touch.

    Each annotator has one vote a frame: that of the latest pass, and of the latest
    assignment within it. Where a source decides nothing, frames stay unlabelled.
    """
    if source == MAJORITY:
        return _together(subsets, majority_of)
    if source == UNANIMITY:
        return _together(subsets, unanimity_of)
    if source == SETTLED:
        return _settled(subsets)
    if source.startswith(ONE_ANNOTATOR):
        return _of_one(source.removeprefix(ONE_ANNOTATOR), subsets)
    raise LabelingError(
        f"Expected a label source of {', '.join(SOURCES)} or {ONE_ANNOTATOR}NAME, "
        f"found {source[:60]!r}: choose one of them."
    )


def majority_labels(subsets: Sequence[Subset]) -> list[TrialConsensus]:
    """Return each labelled trial with the majority's labels; a tie is open."""
    return labels_by(MAJORITY, subsets)


def labels_within_reach(source: str, subsets: Sequence[Subset]) -> list[TrialConsensus]:
    """As `labels_by`, of those frames alone in which the pole is in reach."""
    consensus = labels_by(source, subsets)
    sessions = {each.trial.session for each in consensus}
    reach = {session.pk: reach_in(session) for session in sessions}
    return [
        _within(each, reach[each.trial.session_id].counted(each.trial))
        for each in consensus
    ]


def _within(labelled: TrialConsensus, counted: tuple[int, int]) -> TrialConsensus:
    values = np.full_like(labelled.values, UNLABELLED)
    values[slice(*counted)] = labelled.values[slice(*counted)]
    is_left_out = (labelled.values != UNLABELLED) & (values == UNLABELLED)
    n_left_out = int(np.count_nonzero(is_left_out))
    return replace(labelled, values=values, n_out_of_reach=n_left_out)


def said_within_reach(
    subsets: Sequence[Subset],
) -> dict[Trial, dict[str, LabelValues]]:
    """As `said_by_trial`, of those frames alone in which the pole is in reach."""
    said = said_by_trial(subsets)
    reach = {session.pk: reach_in(session) for session in {t.session for t in said}}
    for trial, by_annotator in said.items():
        start, stop = reach[trial.session_id].counted(trial)
        for values in by_annotator.values():
            values[:start] = values[stop:] = UNLABELLED
    return said


def said_by_trial(
    subsets: Sequence[Subset], *, trial: Trial | None = None
) -> dict[Trial, dict[str, LabelValues]]:
    """Return trial -> annotator -> a value a frame; later passes overwrite."""
    rows = list(packed_labels(subsets, trial=trial))
    trials = Trial.objects.select_related("session").in_bulk({r.trial for r in rows})
    said: dict[Trial, dict[str, LabelValues]] = {}
    for row in sorted(rows, key=lambda row: row.trial):
        of_trial = said.setdefault(trials[row.trial], {})
        empty = np.full(trials[row.trial].n_frames, UNLABELLED, np.int8)
        of_trial.setdefault(row.username, empty)[row.index] = row.value
    return said


def _together(
    subsets: Sequence[Subset], decide: Callable[[LabelValues], LabelValues]
) -> list[TrialConsensus]:
    return [
        TrialConsensus(
            trial=trial,
            values=_decided(decide(np.stack(list(by_annotator.values())))),
            annotators=frozenset(by_annotator),
        )
        for trial, by_annotator in said_by_trial(subsets).items()
    ]


def _settled(subsets: Sequence[Subset]) -> list[TrialConsensus]:
    settled = settled_trials(subsets)
    sources = []
    for agreed in _together(subsets, unanimity_of):
        values, annotators = agreed.values, agreed.annotators
        if agreed.trial.pk in settled:
            here = settled[agreed.trial.pk]
            values = _decided(with_settled(values, here.values))
            annotators |= here.adjudicators
        sources.append(
            TrialConsensus(trial=agreed.trial, values=values, annotators=annotators)
        )
    return sources


def with_settled(values: LabelValues, settled: LabelValues) -> LabelValues:
    """Return labels with what is settled in their place."""
    return np.where(settled != UNLABELLED, settled, values).astype(np.int8)


def _of_one(annotator: str, subsets: Sequence[Subset]) -> list[TrialConsensus]:
    said = said_by_trial(subsets)
    names = sorted({name for by_annotator in said.values() for name in by_annotator})
    if annotator not in names:
        raise LabelingError(
            f"Expected an annotator who labelled there, {', '.join(names) or 'nobody'},"
            f" found {annotator[:60]!r}: choose another source."
        )
    return [
        TrialConsensus(
            trial=trial,
            values=_decided(by_annotator[annotator]),
            annotators=frozenset([annotator]),
        )
        for trial, by_annotator in said.items()
        if annotator in by_annotator
    ]


def _decided(values: LabelValues) -> LabelValues:
    """Return labels in which unsure, or open, is no label."""
    return np.where(values == Label.Value.UNSURE, UNLABELLED, values).astype(np.int8)
