"""Label sources: whose labels count for the frames of a trial."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

import numpy as np

from labeling.domain.labels.decisions import decided_trials
from labeling.domain.labels.packed import packed_labels
from labeling.domain.recordings.in_range import session_ranges
from labeling.errors import LabelingError
from labeling.models import Label, Subset, Trial
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.arrays import UNLABELLED, LabelValues


class ConsensusRule(StrEnum):
    """How the labels of several annotators become one label for each frame."""

    MAJORITY = "majority"
    UNANIMITY = "unanimity"
    # Labels on which all agree, and the adjudicator's decision elsewhere.
    ADJUDICATED = "settled"


ONE_ANNOTATOR = "annotator:"


@dataclass(frozen=True, slots=True)
class LabelSource:
    """A consensus of all annotators, or one annotator.

    Exactly one of the two is set. As text, which jobs and snapshots store, a source is
    the name of the consensus, or `annotator:NAME`.
    """

    consensus: ConsensusRule | None = None
    annotator: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the source that a text names."""
        if text.startswith(ONE_ANNOTATOR):
            return cls(annotator=text.removeprefix(ONE_ANNOTATOR))
        if text in set(ConsensusRule):
            return cls(ConsensusRule(text))
        raise LabelingError(
            f"There is no label source {text[:60]!r}. Choose one of "
            f"{', '.join(ConsensusRule)} or {ONE_ANNOTATOR}NAME."
        )

    def __str__(self) -> str:
        return self.consensus or f"{ONE_ANNOTATOR}{self.annotator}"


MAJORITY = LabelSource(ConsensusRule.MAJORITY)
UNANIMITY = LabelSource(ConsensusRule.UNANIMITY)
ADJUDICATED = LabelSource(ConsensusRule.ADJUDICATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLabels:
    """The labels of one trial from one source, a value for each frame.

    Frames that the source does not decide are unlabelled. `n_out_of_range` labels were
    left out because the pole is out of range.
    """

    trial: Trial
    values: LabelValues
    annotators: frozenset[str]
    n_out_of_range: int = 0


def source_labels(source: LabelSource, subsets: Sequence[Subset]) -> list[TrialLabels]:
    """Return the labels of a source for each labelled trial: 1 touch, 0 not touch.

    Each annotator has one vote for each frame: the label of the latest pass, and of the
    latest assignment in that pass.
    """
    if source.consensus is None:
        return _labels_of_one(source.annotator, subsets)
    if source.consensus == ConsensusRule.MAJORITY:
        return _consensus_labels(subsets, majority_of)
    if source.consensus == ConsensusRule.UNANIMITY:
        return _consensus_labels(subsets, unanimity_of)
    return _adjudicated_labels(subsets)


def source_labels_in_range(
    source: LabelSource, subsets: Sequence[Subset]
) -> list[TrialLabels]:
    """Return the labels of a source, without frames with the pole out of range."""
    labels = source_labels(source, subsets)
    sessions = {each.trial.session for each in labels}
    ranges = {session.pk: session_ranges(session) for session in sessions}
    return [
        _within(each, ranges[each.trial.session_id].frames_in_range(each.trial))
        for each in labels
    ]


def _within(labels: TrialLabels, frames: tuple[int, int]) -> TrialLabels:
    values = np.full_like(labels.values, UNLABELLED)
    values[slice(*frames)] = labels.values[slice(*frames)]
    is_left_out = (labels.values != UNLABELLED) & (values == UNLABELLED)
    n_left_out = int(np.count_nonzero(is_left_out))
    return replace(labels, values=values, n_out_of_range=n_left_out)


def labels_by_annotator_in_range(
    subsets: Sequence[Subset],
) -> dict[Trial, dict[str, LabelValues]]:
    """Return labels by trial and annotator, for frames in range only."""
    labels = labels_by_annotator(subsets)
    sessions = {trial.session for trial in labels}
    ranges = {session.pk: session_ranges(session) for session in sessions}
    for trial, by_annotator in labels.items():
        start, stop = ranges[trial.session_id].frames_in_range(trial)
        for values in by_annotator.values():
            values[:start] = values[stop:] = UNLABELLED
    return labels


def labels_by_annotator(
    subsets: Sequence[Subset], *, trial: Trial | None = None
) -> dict[Trial, dict[str, LabelValues]]:
    """Return labels by trial and annotator, a value for each frame.

    Labels of a later pass replace those of an earlier one.
    """
    rows = list(packed_labels(subsets, trial=trial))
    trials = Trial.objects.select_related("session").in_bulk({r.trial for r in rows})
    labels: dict[Trial, dict[str, LabelValues]] = {}
    for row in sorted(rows, key=lambda row: row.trial):
        of_trial = labels.setdefault(trials[row.trial], {})
        empty = np.full(trials[row.trial].n_frames, UNLABELLED, np.int8)
        of_trial.setdefault(row.username, empty)[row.index] = row.value
    return labels


def _consensus_labels(
    subsets: Sequence[Subset], consensus: Callable[[LabelValues], LabelValues]
) -> list[TrialLabels]:
    return [
        TrialLabels(
            trial=trial,
            values=_without_unsure(consensus(np.stack(list(by_annotator.values())))),
            annotators=frozenset(by_annotator),
        )
        for trial, by_annotator in labels_by_annotator(subsets).items()
    ]


def _adjudicated_labels(subsets: Sequence[Subset]) -> list[TrialLabels]:
    decided = decided_trials(subsets)
    labels = []
    for agreed in _consensus_labels(subsets, unanimity_of):
        values, annotators = agreed.values, agreed.annotators
        if agreed.trial.pk in decided:
            here = decided[agreed.trial.pk]
            values = _without_unsure(with_decisions(values, here.values))
            annotators |= here.adjudicators
        labels.append(
            TrialLabels(trial=agreed.trial, values=values, annotators=annotators)
        )
    return labels


def with_decisions(values: LabelValues, decided: LabelValues) -> LabelValues:
    """Return labels in which decided frames have the adjudicator's label."""
    return np.where(decided != UNLABELLED, decided, values).astype(np.int8)


def _labels_of_one(annotator: str, subsets: Sequence[Subset]) -> list[TrialLabels]:
    labels = labels_by_annotator(subsets)
    names = sorted({name for by_annotator in labels.values() for name in by_annotator})
    if annotator not in names:
        raise LabelingError(
            f"{annotator[:60]!r} has no labels in these subsets. Choose one of the "
            f"annotators who have: {', '.join(names) or 'there are none yet'}."
        )
    return [
        TrialLabels(
            trial=trial,
            values=_without_unsure(by_annotator[annotator]),
            annotators=frozenset([annotator]),
        )
        for trial, by_annotator in labels.items()
        if annotator in by_annotator
    ]


def _without_unsure(values: LabelValues) -> LabelValues:
    """Return labels in which frames labelled as unsure are unlabelled."""
    return np.where(values == Label.Value.UNSURE, UNLABELLED, values).astype(np.int8)
