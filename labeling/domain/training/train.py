"""The second step of a retrain: train on gathered labels, without the database."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.recordings.session_files import opened_session
from labeling.domain.training.gather import TrainingMaterial
from labeling.domain.training.old_data import old_trials
from labeling.domain.versions.scoring import trial_features
from labeling.domain.versions.store import (
    classifier_of,
    feature_set_of,
    network_of,
    save_file,
    weights_of,
)
from labeling.errors import translated_core_errors
from models_ml.arrays import Features, Frames
from models_ml.cnn.backbone import Backbone as Network
from models_ml.cnn_training.cnn_and_trees import (
    CnnRetraining,
    Step,
    retrain_cnn_and_trees,
)
from models_ml.cnn_training.plan import FineTuningPlan
from models_ml.cnn_training.recordings import LabelledRecordings
from models_ml.cnn_training.request import Parent, RetrainRequest
from models_ml.features.feature_set import FeatureSet
from models_ml.training.edge_nans import edge_masks
from models_ml.training.labelled_trials import Role
from models_ml.training.plan import TrainingPlan
from models_ml.training.retrain import TrainingResult, retrain
from models_ml.training.search import SearchBudget, Training
from models_ml.training.search_store import SearchStore
from models_ml.trees.parameters import ClassifierParameters


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """What a retrain trained, before it is recorded.

    With `keeps_parent`, the trees are the parent's: nothing better was trained.
    `network` is a new CNN with the file of its weights, or None if the parent's CNN
    stays. `steps` are the candidates of which the result is the best; a retrain of the
    trees alone has none.
    """

    result: TrainingResult
    with_old_data: bool
    keeps_parent: bool = False
    network: Network | None = None
    weights: str = ""
    cnn_plan: FineTuningPlan | None = None
    steps: Sequence[Step] = ()


def train(
    material: TrainingMaterial,
    *,
    progress: JobProgress,
    search_store: SearchStore | None,
    checkpoints: Path | None = None,
) -> TrainedModel:
    """Train a model; it reads and writes files, and sends no query.

    The parent's feature set stays. A search that was interrupted continues from
    `search_store`, and the training of a CNN from the folder `checkpoints`.
    """
    parent, choice = material.parent, material.choice
    feature_set = feature_set_of(parent)
    network = network_of(parent.backbone)
    recordings = _recordings(material, feature_set, progress)
    # Read before the old data: a trial that cannot be read ends the retrain early.
    recordings.features(network)
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
        old = old_trials(parent, feature_set) if material.with_old_data else []
        classifier = classifier_of(parent)
        if not choice.trains_cnn:
            result = retrain(
                recordings.trials(network),
                old_trials=old,
                parent=classifier,
                parent_threshold=parent.threshold,
                plan=plan,
                progress=progress,
            )
            return TrainedModel(result=result, with_old_data=material.with_old_data)
        cnn_plan = choice.cnn_plan(parent.backbone.kind)
        with TemporaryDirectory() as scratch:
            retrained = retrain_cnn_and_trees(
                RetrainRequest(
                    recordings=recordings,
                    parent=Parent(
                        backbone=network,
                        weights_path=weights_of(parent.backbone),
                        classifier=classifier,
                        threshold=parent.threshold,
                        has_learned=parent.snapshot_id is not None,
                    ),
                    old_trials=old,
                    plan=plan,
                    cnn_plan=cnn_plan,
                    scratch=Path(scratch),
                    checkpoints=checkpoints,
                    progress=progress,
                )
            )
    return _trained(retrained, parent.backbone.kind, cnn_plan)


def _trained(retrained: CnnRetraining, kind: str, plan: FineTuningPlan) -> TrainedModel:
    weights = retrained.weights
    return TrainedModel(
        result=retrained.result,
        with_old_data=retrained.with_old_data,
        keeps_parent=retrained.keeps_parent,
        network=None if weights is None else retrained.backbone,
        weights="" if weights is None else _saved(kind, weights),
        cnn_plan=plan,
        steps=retrained.steps,
    )


def _saved(kind: str, weights: bytes) -> str:
    return str(save_file(f"{kind}.weights.h5", weights)["path"])


def _recordings(
    material: TrainingMaterial, feature_set: FeatureSet, progress: JobProgress
) -> LabelledRecordings:
    consensus = material.consensus
    sources = [labelled.trial for labelled in consensus]

    def features(network: Network) -> list[Features]:
        found = []
        with trial_features(sources, network, feature_set) as all_features:
            for done, of_trial in enumerate(all_features):
                progress("computing features", done, len(sources))
                found.append(of_trial)
        progress("computing features", len(sources), len(sources))
        return found

    def frames(number: int) -> Frames:
        trial = sources[number]
        with opened_session(trial.session) as file:
            return file.frames(trial.first_row, trial.stop_row)

    return LabelledRecordings(
        labels=[labelled.values for labelled in consensus],
        roles=[cast("Role", labelled.trial.role) for labelled in consensus],
        frames=frames,
        features=features,
        feature_set=feature_set,
        weight=material.choice.weight,
    )


def _sentence(number: int, training: Training, budget: SearchBudget) -> str:
    ending = "stopped early" if training.pruned else "finished"
    value = f"{training.value:.3f}" if math.isfinite(training.value) else "no"
    return (
        f"Training {number} of {budget.n_trainings} {ending} after "
        f"{training.n_rounds} trees and {training.seconds:.0f} s: {value} "
        "touch-count errors per touch on validation trials."
    )
