"""Retraining: labels of subsets in, a new model version out."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

from labeling.domain.consensus import MAJORITY, TrialConsensus, majority_labels
from labeling.domain.report import Report, silent
from labeling.domain.scoring import score_session, trial_features
from labeling.domain.snapshots import freeze_labels
from labeling.domain.versions import (
    classifier_of,
    create_version,
    feature_set_of,
    is_shipped,
    latest_version,
)
from labeling.errors import LabelingError, NotAllowedError, core_errors_said
from labeling.models import ModelVersion, Session, Subset, User
from models_ml.edge_nans import edge_masks
from models_ml.evaluation import Metrics
from models_ml.feature_set import FeatureSet
from models_ml.labelled_trials import LabelledTrial, Role
from models_ml.shipped.trials import shipped_trials
from models_ml.training import TrainingPlan, TrainingResult, retrain
from models_ml.tree_growth import ClassifierParameters

NEW_DATA_WEIGHT = 2.0
WEIGHT_MAX = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrained:
    """A new version, and how it and its parent do on held-out trials.

    `before` and `after` are None when no held-out trial was labelled.
    """

    version: ModelVersion
    parent: ModelVersion
    before: Metrics | None
    after: Metrics | None


def retrain_subsets(
    *,
    user: User | None,
    subsets: Sequence[Subset],
    parent: ModelVersion | None = None,
    weight: float = NEW_DATA_WEIGHT,
    with_shipped_data: bool = True,
    seed: int = 0,
    report: Report = silent,
) -> Retrained:
    """Train a new version on the labels of these subsets, and record it.

    The parent's backbone and feature set are kept. What the shipped classifier was
    trained on is learned from as well, where the backbone is the shipped one; then a
    labelled frame counts `weight` times as much.
    """
    if user is not None and not user.is_admin:
        raise NotAllowedError("Only an admin retrains.")
    if not 0 < weight <= WEIGHT_MAX:
        raise LabelingError(
            f"Expected a weight above 0 and at most {WEIGHT_MAX:g}, found {weight:g}."
        )
    parent = parent or latest_version()
    consensus = majority_labels(subsets)
    if not consensus:
        names = ", ".join(subset.name for subset in subsets)
        raise LabelingError(
            f"Expected labels in {names}, found none: label some clips first."
        )
    feature_set = feature_set_of(parent)
    trials = _labelled_trials(consensus, parent, feature_set, weight, report)
    keep_old = with_shipped_data and is_shipped(parent.backbone)
    parameters = ClassifierParameters(seed=seed)
    plan = TrainingPlan(parameters=parameters, edge_masks=edge_masks(feature_set))
    with core_errors_said():
        result = retrain(
            trials,
            old_trials=shipped_trials(feature_set, weight=1.0) if keep_old else [],
            parent=classifier_of(parent),
            parent_threshold=parent.threshold,
            plan=plan,
            report=report,
        )
    snapshot = freeze_labels(consensus=consensus, subsets=subsets, source=MAJORITY)
    version = create_version(
        user=user,
        parent=parent,
        backbone=parent.backbone,
        feature_set=json.loads(feature_set.to_json()),
        classifier_text=result.classifier_text,
        parameters={
            **asdict(result.parameters),
            "new_data_weight": weight,
            "with_shipped_data": keep_old,
        },
        threshold=result.threshold,
        metrics=_metrics(result),
        snapshot=snapshot,
        origin=f"retrained on {', '.join(snapshot.subsets)}",
    )
    return Retrained(
        version=version, parent=parent, before=result.before, after=result.after
    )


def rescore_subsets(
    *, version: ModelVersion, subsets: Sequence[Subset], report: Report = silent
) -> list[Session]:
    """Score the sessions of these subsets with a version, and publish it there."""
    sessions = list(
        Session.objects.filter(trials__clips__subset__in=subsets).distinct()
    )
    for session in sessions:
        score_session(session=session, version=version, report=report)
    return sessions


def _metrics(result: TrainingResult) -> dict[str, object]:
    """Return what is kept of a training, as JSON."""
    kept = {
        "held_out_before": result.before,
        "held_out_after": result.after,
        "validation": result.validation,
    }
    return {
        **{name: each and each.as_dict() for name, each in kept.items()},
        "validated_on": result.validated_on,
        "n_trees": result.n_rounds,
        "n_train_trials": result.n_train_trials,
        "n_train_frames": result.n_train_frames,
    }


def _labelled_trials(
    consensus: Sequence[TrialConsensus],
    parent: ModelVersion,
    feature_set: FeatureSet,
    weight: float,
    report: Report,
) -> list[LabelledTrial]:
    labelled_trials = [labelled.trial for labelled in consensus]
    trials = []
    with trial_features(labelled_trials, parent.backbone, feature_set) as all_features:
        for done, labelled in enumerate(consensus):
            report("computing features", done, len(consensus))
            trials.append(
                LabelledTrial(
                    features=next(all_features),
                    labels=labelled.values,
                    role=cast("Role", labelled.trial.role),
                    weight=weight,
                )
            )
    report("computing features", len(consensus), len(consensus))
    return trials
