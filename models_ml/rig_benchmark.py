"""How much labelling a few trials of a new rig helps, measured on simulated rigs.

The shipped model scores held-out trials of a rig that it never saw; then a classifier
is trained on labelled trials of that rig, and scores the same held-out trials.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models_ml.backbone import Backbone, load_backbone
from models_ml.classifier import load
from models_ml.evaluation import Metrics
from models_ml.feature_set import FeatureSet
from models_ml.labelled_trials import LabelledTrial, Role
from models_ml.shipped import ShippedModel, shipped_model
from models_ml.shipped.trials import shipped_trials
from models_ml.simulator.rig import Rig
from models_ml.simulator.rigs import UNSEEN_RIGS
from models_ml.simulator.session import simulated_trials
from models_ml.temporal import temporal_features
from models_ml.training import retrain

SEEDS = (1, 2, 3)
# 30 labelled trials, a fifth of them for validation, and others held out.
TRIALS_PER_ROLE: dict[Role, int] = {"train": 24, "validation": 6, "held_out": 24}
FRAMES_PER_TRIAL = 1000
# As in the retrain command unless it is told otherwise: a frame of the new rig counts
# as much as two that the shipped classifier learned from.
NEW_WEIGHT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RigRow:
    """One rig and seed, before and after retraining.

    Attributes
    ----------
    rig : str
        Name of the simulated rig.
    seed : int
        Seed of its session.
    before, after : Metrics
        The shipped and the retrained classifier on the same held-out trials.
    """

    rig: str
    seed: int
    before: Metrics
    after: Metrics

    @property
    def errors_before(self) -> float:
        """Touch-count errors per touch of the shipped classifier."""
        return _errors_per_touch(self.before)

    @property
    def errors_after(self) -> float:
        """Touch-count errors per touch of the retrained classifier."""
        return _errors_per_touch(self.after)


def benchmark_rows(
    rigs: tuple[Rig, ...] = UNSEEN_RIGS, seeds: tuple[int, ...] = SEEDS
) -> Iterator[RigRow]:
    """Yield one row for each rig and seed.

    Parameters
    ----------
    rigs : tuple of Rig
        Rigs to measure on.
    seeds : tuple of int
        Seeds of each rig's sessions.

    Yields
    ------
    RigRow
        As soon as it has been measured.
    """
    shipped = shipped_model()
    backbone = load_backbone(shipped.backbone_kind, shipped.weights_path)
    feature_set = FeatureSet.from_json(
        shipped.feature_set_path.read_text(encoding="utf-8")
    )
    old_trials = shipped_trials(feature_set, weight=1.0)
    for rig in rigs:
        for seed in seeds:
            trials = _rig_trials(rig, seed, backbone, feature_set)
            yield _measured(rig, seed, trials, old_trials, shipped)


def _rig_trials(
    rig: Rig, seed: int, backbone: Backbone, feature_set: FeatureSet
) -> list[LabelledTrial]:
    roles = [role for role, count in TRIALS_PER_ROLE.items() for _ in range(count)]
    simulated = simulated_trials(
        rig, seed=seed, n_trials=len(roles), n_frames=FRAMES_PER_TRIAL
    )
    return [
        LabelledTrial(
            features=temporal_features(
                backbone.units(trial.frames), [len(trial.frames)], feature_set
            ),
            labels=trial.touch.astype(np.int8),
            role=role,
            weight=NEW_WEIGHT,
        )
        for role, trial in zip(roles, simulated, strict=True)
    ]


def _measured(
    rig: Rig,
    seed: int,
    trials: list[LabelledTrial],
    old_trials: list[LabelledTrial],
    shipped: ShippedModel,
) -> RigRow:
    result = retrain(
        trials,
        old_trials=old_trials,
        parent=load(shipped.classifier_path),
        parent_threshold=shipped.threshold,
    )
    if result.before is None or result.after is None:
        raise ValueError(
            f"Expected held-out trials of {rig.name} with labels, found none. "
            "Simulate more trials."
        )
    return RigRow(rig=rig.name, seed=seed, before=result.before, after=result.after)


def _errors_per_touch(metrics: Metrics) -> float:
    if metrics.touch_count_errors_per_touch is None:
        raise ValueError(
            f"Expected touches in {metrics.n_trials} held-out trials, found none. "
            "Simulate more trials."
        )
    return metrics.touch_count_errors_per_touch
