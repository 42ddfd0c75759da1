"""The third step of a retrain: record the new version, its labels and its report."""

import json
import math
from dataclasses import asdict
from typing import Any

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.training.gather import TrainingMaterial
from labeling.domain.training.held_out import held_out_record
from labeling.domain.training.snapshots import freeze_labels
from labeling.domain.training.train import TrainedModel
from labeling.domain.versions.store import VersionDraft, create_version, feature_set_of
from labeling.models import Backbone, Job, LabelSnapshot, ModelVersion, User
from models_ml.cnn_training.cnn_and_trees import Step
from models_ml.features.feature_set import FeatureSet
from models_ml.training.retrain import TrainingResult
from models_ml.training.search import Training
from models_ml.trees.classifier import Classifier
from models_ml.trees.importance import gain_by_family
from models_ml.trees.parameters import lightgbm_names


def record_version(
    material: TrainingMaterial,
    trained: TrainedModel,
    *,
    user: User | None,
    progress: JobProgress,
) -> ModelVersion:
    """Freeze the labels and create the version, if no later attempt has taken over."""
    parent, choice, result = material.parent, material.choice, trained.result
    feature_set = feature_set_of(parent)
    # The report is computed before the transaction: it takes seconds.
    metrics = {
        **_metrics(material, result, feature_set),
        "steps": [_step_as_json(step) for step in trained.steps],
    }
    with progress.fenced():
        snapshot = freeze_labels(
            consensus=material.consensus, subsets=choice.subsets, source=choice.source
        )
        draft = VersionDraft(
            parent=parent,
            backbone=_backbone(parent.backbone, trained, snapshot),
            feature_set=json.loads(feature_set.to_json()),
            classifier_text=result.classifier_text,
            parameters=_parameters(material, trained),
            threshold=result.threshold,
            metrics=metrics,
            snapshot=snapshot,
            origin=_origin(trained, snapshot),
        )
        return create_version(draft, user=user, job=job_of(progress))


def job_of(progress: JobProgress) -> Job | None:
    """Return the job whose progress is reported, if work runs as a job."""
    if progress.job_id is None:
        return None
    return Job.objects.select_related("requested_by").get(pk=progress.job_id)


def _origin(trained: TrainedModel, snapshot: LabelSnapshot) -> str:
    names = ", ".join(snapshot.subsets)
    kept = ": its parent was better than all that was trained, and was kept"
    return f"retrained on {names}{kept if trained.keeps_parent else ''}"


def _backbone(
    parent: Backbone, trained: TrainedModel, snapshot: LabelSnapshot
) -> Backbone:
    """Record the new CNN, or return the parent's if it stays."""
    network = trained.network
    if network is None:
        return parent
    backbone, _ = Backbone.objects.get_or_create(
        kind=network.kind,
        sha256=network.sha256,
        preprocessing=network.preprocessing,
        defaults={
            "name": network.name,
            "input_px": network.input_px,
            "n_units": network.n_units,
            "weights": trained.weights,
            "parent": parent,
            "origin": f"trained from {parent} on {snapshot}",
        },
    )
    return backbone


def _parameters(material: TrainingMaterial, trained: TrainedModel) -> dict[str, Any]:
    """Return what it takes to train the same version again, as JSON."""
    choice, result = material.choice, trained.result
    # Trees that were kept were trained with the parent's parameters, not with these.
    of_parent = lightgbm_names(material.parent.parameters)
    of_trees = {
        name: of_parent[name] if trained.keeps_parent else value
        for name, value in asdict(result.parameters).items()
        if not trained.keeps_parent or name in of_parent
    }
    return {
        **of_trees,
        "new_data_weight": choice.weight,
        "with_shipped_data": trained.with_old_data,
        "with_shipped_data_asked": material.with_old_data,
        "trains_cnn": choice.trains_cnn,
        "cnn_training": trained.cnn_plan and asdict(trained.cnn_plan),
        "n_trainings": max(1, len(result.trainings)),
        "n_trainings_asked": choice.n_trainings,
        "minutes_asked": choice.minutes,
        "search_seed": choice.seed,
    }


def _metrics(
    material: TrainingMaterial, result: TrainingResult, feature_set: FeatureSet
) -> dict[str, Any]:
    """Return all that the version's report shows, as JSON."""
    measured = {
        "held_out_before": result.before,
        "held_out_after": result.after,
        "validation": result.validation,
    }
    return {
        **{name: each and each.as_dict() for name, each in measured.items()},
        "validated_on": result.validated_on,
        "n_trees": result.n_trees,
        "n_train_trials": result.n_train_trials,
        "n_train_frames": result.n_train_frames,
        "search": [_training_as_json(training) for training in result.trainings],
        "search_minutes": sum(each.seconds for each in result.trainings) / 60,
        "importance": _importance(result, feature_set),
        "held_out": held_out_record(material, result),
        "n_frames_out_of_reach_left_out": sum(
            each.n_out_of_range for each in material.consensus
        ),
    }


def _step_as_json(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "validation": step.validation and step.validation.as_dict(),
        "chosen": step.chosen,
    }


def _training_as_json(training: Training) -> dict[str, Any]:
    # A training that was stopped before its first evaluation has no value.
    value = training.value if math.isfinite(training.value) else None
    return {**asdict(training), "value": value}


def _importance(
    result: TrainingResult, feature_set: FeatureSet
) -> list[dict[str, Any]]:
    classifier = Classifier.from_text(result.classifier_text)
    return [asdict(each) for each in gain_by_family(classifier, feature_set)]
