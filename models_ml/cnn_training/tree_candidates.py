"""Candidates that keep the parent's CNN: the parent itself, and trees alone."""

from collections.abc import Sequence

from models_ml.arrays import LabelValues
from models_ml.cnn_training.candidates import Candidate, validation_value
from models_ml.cnn_training.request import Parent, RetrainRequest
from models_ml.touches.evaluation import best_threshold, evaluate
from models_ml.training.fit import Fit
from models_ml.training.labelled_trials import (
    LabelledTrial,
    is_learnable,
    split_by_role,
)
from models_ml.trees.parameters import ClassifierParameters

PARENT = "parent"
TREES_ALONE = "trees alone"
TREES_WITH_OLD_DATA = "trees alone, with old data"


def tree_candidates(
    request: RetrainRequest, trials: Sequence[LabelledTrial]
) -> list[Candidate]:
    """Return the parent, and trees on its units with and without old trials.

    Without labels on validation trials, a parent that has learned from recordings is
    left out: it may have learned the labels that would judge it.

    Parameters
    ----------
    request : RetrainRequest
        The retrain.
    trials : sequence of LabelledTrial
        All trials, with features of the parent's CNN.
    """
    train, validation, _ = split_by_role(trials)
    backbone, plan = request.parent.backbone, request.one_training()
    judging = validation or train
    found = []
    if validation or not request.parent.has_learned:
        found.append(
            Candidate(
                name=PARENT,
                backbone=backbone,
                fit=_unchanged(request.parent, judging, bool(validation)),
            )
        )
    if request.old_trials:
        found.append(
            Candidate(
                name=TREES_WITH_OLD_DATA,
                backbone=backbone,
                fit=request.trees(trials, request.old_trials, plan),
                with_old_data=True,
            )
        )
    if is_learnable(train):
        found.append(
            Candidate(
                name=TREES_ALONE,
                backbone=backbone,
                fit=request.trees(trials, (), plan),
            )
        )
    return found


def _unchanged(
    parent: Parent, judging: Sequence[LabelledTrial], by_validation: bool
) -> Fit:
    """Return the parent's trees with the better of two thresholds."""
    labels: list[LabelValues] = [trial.labels for trial in judging]
    scores = [parent.classifier.scores(trial.features) for trial in judging]
    thresholds = (parent.threshold, best_threshold(labels, scores))
    metrics = min(
        (evaluate(labels, scores, threshold) for threshold in thresholds),
        key=validation_value,
    )
    return Fit(
        classifier=parent.classifier,
        threshold=metrics.threshold,
        validated_on="validation trials"
        if by_validation
        else "folds of training trials",
        validation=metrics,
        parameters=ClassifierParameters(),
        trainings=(),
    )
