"""Consensus: what several annotators together say of a trial's frames."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.domain.label_runs import UNLABELLED, LabelValues
from labeling.models import Label, Subset, Trial

MAJORITY = "majority"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialConsensus:
    """The labels of one trial that annotators agree on, a value a frame."""

    trial: Trial
    values: LabelValues
    annotators: frozenset[str]


def majority_labels(subsets: Sequence[Subset]) -> list[TrialConsensus]:
    """Return each labelled trial with the majority's labels, 1 touch, 0 not touch.

    Each annotator has one vote a frame: that of the latest pass, and of the latest
    assignment within it. Unsure frames have none. A tie is open: such frames stay
    unlabelled.
    """
    votes = _votes(subsets)
    trials = Trial.objects.select_related("session").in_bulk(list(votes))
    consensus = []
    for trial_id, by_annotator in sorted(votes.items()):
        trial = trials[trial_id]
        balance = np.zeros(trial.n_frames, dtype=np.int16)
        for by_frame in by_annotator.values():
            for index, value in by_frame.items():
                if value != Label.Value.UNSURE:
                    balance[index] += 1 if value == Label.Value.TOUCH else -1
        values = np.full(trial.n_frames, UNLABELLED, dtype=np.int8)
        values[balance > 0] = Label.Value.TOUCH
        values[balance < 0] = Label.Value.NOT_TOUCH
        consensus.append(
            TrialConsensus(
                trial=trial, values=values, annotators=frozenset(by_annotator)
            )
        )
    return consensus


def _votes(subsets: Sequence[Subset]) -> dict[int, dict[str, dict[int, int]]]:
    """Return trial -> annotator -> frame index -> value; later passes overwrite."""
    rows = (
        Label.objects.filter(assignment__clip__subset__in=subsets)
        .order_by("assignment__pass_number", "assignment")
        .values_list(
            "frame__trial", "assignment__annotator__username", "frame__index", "value"
        )
    )
    votes: dict[int, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for trial, annotator, index, value in rows.iterator():
        votes[trial][annotator][index] = value
    return votes
