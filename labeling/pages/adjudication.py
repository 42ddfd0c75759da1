"""The adjudicator's page: its queue, one stretch with all labels, the decision log."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from labeling.domain.agreement.adjudication import (
    adjudicated_trial,
    annotators_of,
    decision_on,
    stretches_of,
)
from labeling.domain.labels.decisions import REASONS, decision_log, decision_revision
from labeling.domain.labels.sources import labels_by_annotator
from labeling.domain.recordings.frames import RUN_FRAMES
from labeling.models import Settlement, Subset, User
from models_ml.agreement.consensus import majority_of
from models_ml.arrays import UNLABELLED

# Frames on each side of a stretch: with labels, and to look at.
CONTEXT_FRAMES, BLOCK_CONTEXT_FRAMES = 8, 30
LOG_COLUMNS = (
    "revision",
    "session",
    "trial",
    "start",
    "stop",
    "labels",
    "reasons",
    "adjudicator",
    "made_at",
    "recorded_at",
    "applied",
)


def queue_state(user: User, subset: Subset) -> dict[str, Any]:
    """Return what the adjudicator's page receives of a subset, without URLs."""
    # Read before the labels: the page then notices decisions that come in meanwhile.
    revision = decision_revision(subset)
    return {
        "user": user.pk,
        "username": user.username,
        "subset": subset.pk,
        "revision": revision,
        "annotators": annotators_of(subset),
        "reasons": REASONS,
        "stretches": [
            {
                "trial": stretch.trial.pk,
                "number": stretch.trial.number,
                "session": stretch.trial.session.name,
                "start": stretch.start,
                "stop": stretch.stop,
                "settled": stretch.decision is not None,
            }
            for stretch in stretches_of(subset)
        ],
    }


def stretch_state(
    subset: Subset, trial_pk: int, start: int, stop: int
) -> dict[str, Any]:
    """Return all labels of a stretch and around it, and the decision on it."""
    trial = adjudicated_trial(subset, trial_pk, start, stop)
    revision = decision_revision(subset)
    first = max(0, start - CONTEXT_FRAMES)
    last = min(trial.n_frames, stop + CONTEXT_FRAMES)
    labels = labels_by_annotator([subset], trial=trial).get(trial, {})
    unlabelled = np.full(trial.n_frames, UNLABELLED, np.int8)
    lanes = [labels.get(name, unlabelled)[first:last] for name in annotators_of(subset)]
    decision = decision_on(subset, trial, start, stop)
    return {
        "revision": revision,
        "trial": trial.pk,
        "start": start,
        "stop": stop,
        "window": {"start": first, "stop": last},
        "rate_hz": trial.session.rate_hz,
        "lanes": [lane.tolist() for lane in lanes],
        "majority": majority_of(np.stack(lanes or [unlabelled[first:last]])).tolist(),
        "settled": decision
        and {
            "values": decision.values,
            "by": decision.adjudicator.username,
            "reasons": decision.reasons,
        },
        "block": {
            "start": max(0, start - BLOCK_CONTEXT_FRAMES),
            "stop": min(trial.n_frames, stop + BLOCK_CONTEXT_FRAMES),
            "height": trial.session.height_px,
            "width": trial.session.width_px,
            "run_frames": RUN_FRAMES,
        },
    }


def decision_table(subset: Subset) -> Iterator[list[object]]:
    """Yield the log of decisions as rows of a CSV file, the header first."""
    yield list(LOG_COLUMNS)
    yield from (_log_row(decision) for decision in decision_log(subset))


def _log_row(decision: Settlement) -> list[object]:
    values = decision.values
    return [
        decision.revision,
        decision.trial.session.name,
        decision.trial.number,
        decision.start,
        decision.stop,
        "reopened" if values is None else "".join(map(str, values)),
        "; ".join(decision.reasons),
        decision.adjudicator.username,
        decision.made_at.isoformat(),
        decision.recorded_at.isoformat(),
        decision.applied,
    ]
