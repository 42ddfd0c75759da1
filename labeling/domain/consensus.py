"""Label sources: whose word counts for a trial's frames, always by name.

`majority`, `unanimity`, `settled`, or one annotator as `annotator:NAME`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.domain.label_runs import UNLABELLED, LabelValues
from labeling.domain.packed_labels import packed_labels
from labeling.domain.settlements import settled_trials
from labeling.errors import LabelingError
from labeling.models import Label, Subset, Trial
from models_ml.rater_consensus import majority_of, unanimity_of

MAJORITY = "majority"
UNANIMITY = "unanimity"
# What all agree on, and where they differ what an adjudicator settled.
SETTLED = "settled"
SOURCES = (MAJORITY, UNANIMITY, SETTLED)
ONE_ANNOTATOR = "annotator:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialConsensus:
    """The labels of one trial by one source, a value a frame; what is open has none."""

    trial: Trial
    values: LabelValues
    annotators: frozenset[str]


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
