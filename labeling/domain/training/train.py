"""The second step of a retrain: train on gathered labels, without the database."""

import math
import os
from typing import cast

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.training.gather import TrainingMaterial
from labeling.domain.training.old_data import old_trials
from labeling.domain.versions.scoring import trial_features
from labeling.domain.versions.store import classifier_of, feature_set_of
from labeling.errors import translated_core_errors
from models_ml.features.feature_set import FeatureSet
from models_ml.training.edge_nans import edge_masks
from models_ml.training.labelled_trials import LabelledTrial, Role
from models_ml.training.plan import TrainingPlan
from models_ml.training.retrain import TrainingResult, retrain
from models_ml.training.search import SearchBudget, Training
from models_ml.training.search_store import SearchStore
from models_ml.trees.parameters import ClassifierParameters


def train(
    material: TrainingMaterial,
    *,
    progress: JobProgress,
    search_store: SearchStore | None,
) -> TrainingResult:
    """Train a classifier and its threshold; it reads files and writes no row.

    The parent's backbone and feature set stay. A search that was interrupted continues
    from `search_store`.
    """
    parent, choice = material.parent, material.choice
    feature_set = feature_set_of(parent)
    trials = _labelled_trials(material, feature_set, progress)
    # The version records the number of threads: another number gives another model.
    n_threads = len(os.sched_getaffinity(0))
    plan = TrainingPlan(
        parameters=ClassifierParameters(seed=choice.seed, num_threads=n_threads),
        budget=choice.budget,
        edge_masks=edge_masks(feature_set),
        search_store=search_store,
        on_training=lambda number, training: progress.line(
            _sentence(number, training, choice.budget)
        ),
    )
    progress("computing features of the data learned from before", 0, 1)
    with translated_core_errors():
        return retrain(
            trials,
            old_trials=old_trials(parent, feature_set)
            if material.with_old_data
            else [],
            parent=classifier_of(parent),
            parent_threshold=parent.threshold,
            plan=plan,
            progress=progress,
        )


def _labelled_trials(
    material: TrainingMaterial, feature_set: FeatureSet, progress: JobProgress
) -> list[LabelledTrial]:
    consensus, backbone = material.consensus, material.parent.backbone
    sources = [labelled.trial for labelled in consensus]
    trials = []
    with trial_features(sources, backbone, feature_set) as all_features:
        for done, labelled in enumerate(consensus):
            progress("computing features", done, len(consensus))
            trials.append(
                LabelledTrial(
                    features=next(all_features),
                    labels=labelled.values,
                    role=cast("Role", labelled.trial.role),
                    weight=material.choice.weight,
                )
            )
    progress("computing features", len(consensus), len(consensus))
    return trials


def _sentence(number: int, training: Training, budget: SearchBudget) -> str:
    ending = "stopped early" if training.pruned else "finished"
    value = f"{training.value:.3f}" if math.isfinite(training.value) else "no"
    return (
        f"Training {number} of {budget.n_trainings} {ending} after "
        f"{training.n_rounds} trees and {training.seconds:.0f} s: {value} "
        "touch-count errors per touch on validation trials."
    )
