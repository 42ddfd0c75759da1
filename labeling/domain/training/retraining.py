"""Retraining: labels of subsets in, a new model version out."""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.labels.sources import (
    MAJORITY,
    TrialConsensus,
    labels_within_reach,
    said_within_reach,
)
from labeling.domain.training.held_out import held_out_record
from labeling.domain.training.old_data import has_old_data, old_trials
from labeling.domain.training.preview import preview_of
from labeling.domain.training.snapshots import freeze_labels
from labeling.domain.versions.scoring import score_session, trial_features
from labeling.domain.versions.store import (
    classifier_of,
    create_version,
    feature_set_of,
    latest_version,
)
from labeling.errors import LabelingError, NotAllowedError, translated_core_errors
from labeling.models import Job, ModelVersion, Session, Subset, User
from models_ml.features.feature_set import FeatureSet
from models_ml.touches.evaluation import Metrics
from models_ml.training.edge_nans import edge_masks
from models_ml.training.labelled_trials import LabelledTrial, Role
from models_ml.training.retrain import TrainingPlan, TrainingResult, retrain
from models_ml.training.search import SearchBudget, Training
from models_ml.training.search_store import KeptSearch
from models_ml.trees.classifier import Classifier
from models_ml.trees.importance import gain_by_family
from models_ml.trees.parameters import ClassifierParameters

NEW_DATA_WEIGHT = WEIGHT_MIN = 2.0
WEIGHT_MAX = 100.0
N_TRAININGS, N_TRAININGS_MAX = 5, 1000
MINUTES_MAX = 7 * 24 * 60
SEED_MAX = 2**31 - 1 - N_TRAININGS_MAX


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
    budget: SearchBudget | None = None,
    seed: int = 0,
    source: str = MAJORITY,
    progress: JobProgress = silent_progress,
    kept_search: KeptSearch | None = None,
) -> Retrained:
    """Train a new version on what a source says of these subsets, and record it.

    The parent's backbone and feature set are kept. What the shipped classifier was
    trained on is learned from as well, where the backbone is the shipped one, and what
    WhACC's was, where both are WhACC's and its data were imported; then a
    labelled frame counts `weight` times as much. A search that was interrupted goes on
    from where it is kept, and is forgotten when the version is there.
    """
    budget = budget or SearchBudget(n_trainings=N_TRAININGS)
    check_choice(user=user, weight=weight, budget=budget, seed=seed)
    parent = parent or latest_version()
    consensus = labels_within_reach(source, subsets)
    said = said_within_reach(subsets)
    keep_old = with_shipped_data and has_old_data(parent)
    preview_of(
        consensus, subsets=subsets, parent=parent, with_shipped_data=keep_old
    ).check()
    feature_set = feature_set_of(parent)
    trials = _labelled_trials(consensus, parent, feature_set, weight, progress)
    # Named, not left to the machine: the version says what it takes to make it again.
    n_threads = len(os.sched_getaffinity(0))
    plan = TrainingPlan(
        parameters=ClassifierParameters(seed=seed, n_threads=n_threads),
        budget=budget,
        edge_masks=edge_masks(feature_set),
        kept_search=kept_search,
        told=lambda number, training: progress.line(_said(number, training, budget)),
    )
    progress("computing features of the data learned from before", 0, 1)
    with translated_core_errors():
        result = retrain(
            trials,
            old_trials=old_trials(parent, feature_set) if keep_old else [],
            parent=classifier_of(parent),
            parent_threshold=parent.threshold,
            plan=plan,
            report=progress,
        )
    held_out = held_out_record(
        consensus,
        said=said,
        source=source,
        result=result,
        parent_threshold=parent.threshold,
    )
    metrics = {
        **_metrics(result),
        "importance": _importance(result, feature_set),
        "held_out": held_out,
        "n_frames_out_of_reach_left_out": sum(
            each.n_out_of_reach for each in consensus
        ),
    }
    with progress.fenced():
        snapshot = freeze_labels(consensus=consensus, subsets=subsets, source=source)
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
                "n_trainings": max(1, len(result.course)),
                "n_trainings_asked": budget.n_trainings,
                "minutes_asked": budget.minutes,
                "search_seed": seed,
            },
            threshold=result.threshold,
            metrics=metrics,
            snapshot=snapshot,
            origin=f"retrained on {', '.join(snapshot.subsets)}",
            job=job_of(progress),
        )
    if kept_search is not None:
        kept_search.forget()
    return Retrained(
        version=version, parent=parent, before=result.before, after=result.after
    )


def job_of(progress: JobProgress) -> Job | None:
    """Return the job that reports here, if it is one."""
    if progress.job_id is None:
        return None
    return Job.objects.select_related("requested_by").get(pk=progress.job_id)


def check_choice(
    *, user: User | None, weight: float, budget: SearchBudget, seed: int
) -> None:
    """Refuse numbers that make no sense, and whoever may not retrain."""
    if user is not None and not user.is_admin:
        raise NotAllowedError("Only an admin retrains.")
    _check_within("a weight", weight, WEIGHT_MIN, WEIGHT_MAX)
    _check_within("a number of trainings", budget.n_trainings, 1, N_TRAININGS_MAX)
    _check_within("a seed", seed, 0, SEED_MAX)
    if budget.minutes is not None:
        _check_within("a number of minutes", budget.minutes, 0, MINUTES_MAX)


def rescore_subsets(
    *,
    version: ModelVersion,
    subsets: Sequence[Subset],
    publish: bool = True,
    progress: JobProgress = silent_progress,
) -> list[Session]:
    """Score the sessions of these subsets with a version, and publish it there.

    Without `publish` it stays a candidate: its scores lie beside those that are shown.
    """
    sessions = list(
        Session.objects.filter(trials__clips__subset__in=subsets).distinct()
    )
    for session in sessions:
        score_session(
            session=session, version=version, publish=publish, progress=progress
        )
    return sessions


def _check_within(what: str, value: float, low: float, high: float) -> None:
    # NaN is within nothing.
    if not low <= value <= high:
        raise LabelingError(f"Expected {what} from {low:g} to {high:g}, found {value}.")


def _metrics(result: TrainingResult) -> dict[str, Any]:
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
        "search": [_as_json(training) for training in result.course],
        "search_minutes": sum(each.seconds for each in result.course) / 60,
    }


def _said(number: int, training: Training, budget: SearchBudget) -> str:
    ending = "given up" if training.pruned else "trained"
    value = f"{training.value:.3f}" if math.isfinite(training.value) else "nothing"
    return (
        f"Training {number} of {budget.n_trainings}: {ending} after "
        f"{training.n_rounds} trees and {training.seconds:.0f} s, with {value} "
        "touch-count errors per touch on validation trials."
    )


def _as_json(training: Training) -> dict[str, Any]:
    # A training that was given up before its first look has no value.
    value = training.value if math.isfinite(training.value) else None
    return {**asdict(training), "value": value}


def _importance(
    result: TrainingResult, feature_set: FeatureSet
) -> list[dict[str, Any]]:
    classifier = Classifier.from_text(result.classifier_text)
    return [asdict(each) for each in gain_by_family(classifier, feature_set)]


def _labelled_trials(
    consensus: Sequence[TrialConsensus],
    parent: ModelVersion,
    feature_set: FeatureSet,
    weight: float,
    progress: JobProgress,
) -> list[LabelledTrial]:
    labelled_trials = [labelled.trial for labelled in consensus]
    trials = []
    with trial_features(labelled_trials, parent.backbone, feature_set) as all_features:
        for done, labelled in enumerate(consensus):
            progress("computing features", done, len(consensus))
            trials.append(
                LabelledTrial(
                    features=next(all_features),
                    labels=labelled.values,
                    role=cast("Role", labelled.trial.role),
                    weight=weight,
                )
            )
    progress("computing features", len(consensus), len(consensus))
    return trials
