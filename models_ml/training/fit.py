"""Fits: a classifier and its threshold, validated on validation trials or on folds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models_ml.touches.evaluation import Metrics, best_threshold, evaluate
from models_ml.training.boosting import BoostingData
from models_ml.training.edge_nans import EdgeCopies
from models_ml.training.labelled_trials import (
    LabelledTrial,
    is_learnable,
    labelled_frames,
)
from models_ml.training.plan import TrainingPlan
from models_ml.training.search import Training, search
from models_ml.training.search_progress import Progress
from models_ml.trees.classifier import Classifier, train_classifier
from models_ml.trees.parameters import ClassifierParameters

ValidatedOn = Literal["validation trials", "folds of training trials", "nothing"]

N_FOLDS = 5

# Number of trees and threshold where no trial is left for validation. A small data set
# supports no more trees.
_TREES_UNVALIDATED = 100
_THRESHOLD_UNVALIDATED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """The trials that a fit uses.

    Parameters
    ----------
    train : sequence of LabelledTrial
        Trials to train on; at least one.
    validation : sequence of LabelledTrial
        Trials that decide the number of trees and the threshold; may be empty.
    old : sequence of LabelledTrial
        Trials of earlier trainings to train on, too.
    """

    train: Sequence[LabelledTrial]
    validation: Sequence[LabelledTrial]
    old: Sequence[LabelledTrial]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A trained classifier with its threshold and its validation.

    Parameters
    ----------
    classifier : Classifier
        The classifier.
    threshold : float
        A frame is a touch when its smoothed score is greater; in [0, 1].
    validated_on : {"validation trials", "folds of training trials", "nothing"}
        The trials that decided the number of trees and the threshold.
    validation : Metrics or None
        Metrics on these trials; None without any.
    parameters : ClassifierParameters
        Parameters of the classifier.
    trainings : tuple of Training
        All trainings of the search; empty without a search.
    """

    classifier: Classifier
    threshold: float
    validated_on: ValidatedOn
    validation: Metrics | None
    parameters: ClassifierParameters
    trainings: tuple[Training, ...]


def fit_with_validation(
    data: TrainingData, plan: TrainingPlan, progress: Progress
) -> Fit:
    """Search for the classifier with the fewest errors on the validation trials.

    Parameters
    ----------
    data : TrainingData
        Trials, with at least one validation trial.
    plan : TrainingPlan
        How to train.
    progress : callable
        Called with the stage, the number of steps done, and the number of all steps.

    Returns
    -------
    fit : Fit
        The best classifier of the search.
    """
    progress("sorting features into bins", 0, 1)
    frames = labelled_frames([*data.train, *data.old])
    seed, masks = plan.parameters.seed, plan.edge_masks
    found = search(
        BoostingData(
            train=frames,
            copies=None if masks is None else EdgeCopies(frames.features, masks, seed),
            validation_features=[trial.features for trial in data.validation],
            validation_labels=[trial.labels for trial in data.validation],
            seed=seed,
            num_threads=plan.parameters.num_threads,
        ),
        start=plan.parameters,
        budget=plan.budget,
        progress=progress,
        on_training=plan.on_training,
        store=plan.search_store,
    )
    classifier = found.best.classifier
    labels = [trial.labels for trial in data.validation]
    scores = [classifier.scores(trial.features) for trial in data.validation]
    threshold = best_threshold(labels, scores)
    return Fit(
        classifier=classifier,
        threshold=threshold,
        validated_on="validation trials",
        validation=evaluate(labels, scores, threshold),
        parameters=found.parameters,
        trainings=found.trainings,
    )


def fit_with_folds(data: TrainingData, plan: TrainingPlan, progress: Progress) -> Fit:
    """Validate on each fold of the training trials in turn, then train on all of them.

    Parameters
    ----------
    data : TrainingData
        Trials; validation trials are not used.
    plan : TrainingPlan
        How to train. There is no search.
    progress : callable
        Called with the stage, the number of steps done, and the number of all steps.

    Returns
    -------
    fit : Fit
        A classifier with the median number of trees of the folds' classifiers.
    """
    labels, scores, n_trees = [], [], []
    folds = _folds(data.train)
    for number, fold in enumerate(folds):
        others = [trial for other in folds if other is not fold for trial in other]
        if not is_learnable([*others, *data.old]):
            continue
        progress("training on folds", number, len(folds))
        classifier = train_classifier(
            labelled_frames([*others, *data.old]),
            validation=labelled_frames(fold),
            parameters=plan.parameters,
        )
        n_trees.append(classifier.n_trees)
        labels += [trial.labels for trial in fold]
        scores += [classifier.scores(trial.features) for trial in fold]

    progress("training", 0, 1)
    threshold = best_threshold(labels, scores) if labels else _THRESHOLD_UNVALIDATED
    n_typical = int(np.median(n_trees)) if n_trees else _TREES_UNVALIDATED
    parameters = replace(
        plan.parameters, num_iterations=min(n_typical, plan.parameters.num_iterations)
    )
    return Fit(
        classifier=train_classifier(
            labelled_frames([*data.train, *data.old]), parameters=parameters
        ),
        threshold=threshold,
        validated_on="folds of training trials" if labels else "nothing",
        validation=evaluate(labels, scores, threshold) if labels else None,
        parameters=parameters,
        trainings=(),
    )


def _folds(train: Sequence[LabelledTrial]) -> list[list[LabelledTrial]]:
    """Return the trials in folds with similar numbers of touch frames."""
    by_touches = sorted(train, key=lambda trial: -int((trial.labels == 1).sum()))
    n_folds = min(N_FOLDS, len(train))
    return [by_touches[first::n_folds] for first in range(n_folds)]
