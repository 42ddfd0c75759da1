"""The held-out record of a retrain: errors with their frames, beside annotators."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from labeling.domain.labels.sources import (
    ADJUDICATED,
    UNANIMITY,
    ConsensusRule,
    TrialLabels,
)
from labeling.domain.training.gather import TrainingMaterial
from labeling.domain.training.recording_kinds import figures_by_kind
from labeling.models import Trial
from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.agreement.held_out import (
    HeldOutErrors,
    Rates,
    errors_beside_annotators,
    held_out_errors,
)
from models_ml.agreement.rater_labels import rater_labels
from models_ml.agreement.resampling import Resampling
from models_ml.arrays import UNLABELLED, Scores
from models_ml.touches.detection import touch_mask
from models_ml.training.retrain import TrainingResult

PARENT, CHILD = "before", "after"
# Stored with their frames; all are counted.
ERRORS_MAX = 2000


def held_out_record(
    material: TrainingMaterial, result: TrainingResult
) -> dict[str, Any] | None:
    """Return, as JSON, the errors on held-out trials; None without labelled ones."""
    trials = [
        each
        for each in material.consensus
        if each.trial.role == Trial.Role.HELD_OUT and (each.values != UNLABELLED).any()
    ]
    if not trials:
        return None
    scores = {
        PARENT: (result.before_scores, material.parent.threshold),
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
            name: each.errors[:ERRORS_MAX].tolist() for name, each in found.items()
        },
        "touches": {name: _by_trial(each, len(trials)) for name, each in found.items()},
        "kinds": figures_by_kind(trials, scores),
        "people": _annotators(material, trials, scores, resampling),
    }


def _annotators(
    material: TrainingMaterial,
    trials: Sequence[TrialLabels],
    scores: dict[str, tuple[tuple[Scores, ...], float]],
    resampling: Resampling,
) -> dict[str, Any] | None:
    """Compare annotators and models with the consensus of the other annotators."""
    by_trial = [material.by_annotator.get(each.trial, {}) for each in trials]
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
    # An adjudicated label is no annotator's vote: here all have to agree.
    all_agree = material.choice.source in (UNANIMITY, ADJUDICATED)
    beside = errors_beside_annotators(
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
        "consensus": (
            ConsensusRule.UNANIMITY if all_agree else ConsensusRule.MAJORITY
        ).value,
        "annotators": [
            {"name": name, "rates": _rates(rates)}
            for name, rates in zip(names, beside.annotators, strict=True)
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
