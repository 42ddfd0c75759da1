"""What a retrain keeps of its held-out trials: errors with places, beside people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from labeling.domain.labels.runs import UNLABELLED, LabelValues
from labeling.domain.labels.sources import (
    MAJORITY,
    SETTLED,
    UNANIMITY,
    TrialConsensus,
)
from labeling.models import Trial
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.agreement.held_out import (
    HeldOutErrors,
    Rates,
    beside_people,
    held_out_errors,
)
from models_ml.agreement.rater_labels import rater_labels
from models_ml.agreement.resampling import Resampling
from models_ml.touches.detection import touch_mask
from models_ml.touches.evaluation import Scores
from models_ml.training.retrain import TrainingResult

# What each annotator says, by trial and user name.
Said = Mapping[Trial, Mapping[str, LabelValues]]

PARENT, CHILD = "before", "after"
# What anybody looks through; all are counted.
ERRORS_KEPT_MAX = 2000


def held_out_record(
    consensus: Sequence[TrialConsensus],
    *,
    said: Said,
    source: str,
    result: TrainingResult,
    parent_threshold: float,
) -> dict[str, Any] | None:
    """Return, as JSON, what is known of the held-out trials; None without any.

    `said` is what annotators said when the labels were taken.
    """
    trials = [
        each
        for each in consensus
        if each.trial.role == Trial.Role.HELD_OUT and (each.values != UNLABELLED).any()
    ]
    if not trials:
        return None
    scores = {
        PARENT: (result.before_scores, parent_threshold),
        CHILD: (result.after_scores, result.threshold),
    }
    resampling = Resampling(len(trials))
    labels = [each.values for each in trials]
    found = {
        name: held_out_errors(labels, of, threshold, resampling)
        for name, (of, threshold) in scores.items()
        if of
    }
    return {
        "trials": [
            {"session": each.trial.session.name, "number": each.trial.number}
            for each in trials
        ],
        "rates": {name: _rates(each.rates) for name, each in found.items()},
        "errors": {
            name: each.errors[:ERRORS_KEPT_MAX].tolist() for name, each in found.items()
        },
        "touches": {name: _by_trial(each, len(trials)) for name, each in found.items()},
        "people": _people(trials, said, source, scores, resampling),
    }


def _people(
    trials: Sequence[TrialConsensus],
    said: Said,
    source: str,
    scores: dict[str, tuple[tuple[Scores, ...], float]],
    resampling: Resampling,
) -> dict[str, Any] | None:
    """Judge annotators and models on these trials by the other annotators."""
    by_trial = [said.get(each.trial, {}) for each in trials]
    names = sorted({name for of_trial in by_trial for name in of_trial})
    if not names:
        return None
    lengths = [each.trial.n_frames for each in trials]
    stacked = [
        np.concatenate(
            [
                of_trial.get(name, np.full(n_frames, UNLABELLED, np.int8))
                for of_trial, n_frames in zip(by_trial, lengths, strict=True)
            ]
        )
        for name in names
    ]
    # What was settled is nobody's vote: then all have to agree, or a frame is open.
    all_agree = source in (UNANIMITY, SETTLED)
    beside = beside_people(
        rater_labels(np.stack(stacked), lengths),
        {
            name: touch_mask(np.concatenate(of), lengths, threshold).astype(np.int8)
            for name, (of, threshold) in scores.items()
            if of
        },
        consensus=unanimity_of if all_agree else majority_of,
        resampling=resampling,
    )
    if beside is None:
        return None
    return {
        "consensus": UNANIMITY if all_agree else MAJORITY,
        "annotators": [
            {"name": name, "rates": _rates(rates)}
            for name, rates in zip(names, beside.people, strict=True)
        ],
        "ceiling": _rates(beside.ceiling),
        "models": {name: _rates(rates) for name, rates in beside.models.items()},
    }


def _by_trial(found: HeldOutErrors, n_trials: int) -> list[list[list[int]]]:
    touches: list[list[list[int]]] = [[] for _ in range(n_trials)]
    for trial, onset, offset in found.touches.tolist():
        touches[trial].append([onset, offset])
    return touches


def _rates(rates: Rates) -> dict[str, Any]:
    return {name: asdict(each) for name, each in rates.items()}
