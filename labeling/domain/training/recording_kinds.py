"""Held-out figures of a retrain for real and for simulated recordings apart."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from labeling.domain.labels.sources import TrialLabels
from models_ml.agreement.held_out import held_out_errors
from models_ml.agreement.resampling import Resampling
from models_ml.arrays import LabelValues, Scores
from models_ml.touches.evaluation import evaluate

REAL, SIMULATED = "real", "simulated"
RATES = ("touch_count_errors", "edge_errors")


def figures_by_kind(
    trials: Sequence[TrialLabels],
    scores: Mapping[str, tuple[Sequence[Scores], float]],
) -> dict[str, Any]:
    """Return, as JSON, the figures of each model on each kind that has trials.

    `scores` has, by the name of a model, its scores of these trials and its threshold.
    """
    by_kind: dict[str, list[int]] = {REAL: [], SIMULATED: []}
    for position, each in enumerate(trials):
        is_simulated = each.trial.session.is_simulated
        by_kind[SIMULATED if is_simulated else REAL].append(position)
    return {
        kind: {
            name: _figures(
                [trials[one].values for one in positions],
                [of[one] for one in positions],
                threshold,
            )
            for name, (of, threshold) in scores.items()
            if of
        }
        for kind, positions in by_kind.items()
        if positions
    }


def _figures(
    labels: Sequence[LabelValues], scores: Sequence[Scores], threshold: float
) -> dict[str, Any]:
    rates = held_out_errors(labels, scores, threshold, Resampling(len(labels))).rates
    return {
        **evaluate(labels, scores, threshold).as_dict(),
        "rates": {name: asdict(rates[name]) for name in RATES},
    }
