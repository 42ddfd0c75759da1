"""Retraining of the CNN and the trees: several candidates, of which the best is kept.

The CNN of the parent learns further from the labels, and new trees learn from its
units. The parent as it is, and trees on the units of the parent's CNN, are candidates
too, so a retrain never results in something worse on the labels that judge it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models_ml.cnn.backbone import Backbone
from models_ml.cnn_training.candidates import Candidate, best_of
from models_ml.cnn_training.cnn_candidates import cnn_candidates
from models_ml.cnn_training.request import RetrainRequest
from models_ml.cnn_training.tree_candidates import PARENT, tree_candidates
from models_ml.touches.evaluation import Metrics
from models_ml.training.labelled_trials import (
    LabelledTrial,
    check_learnable,
    check_trials,
    split_by_role,
)
from models_ml.training.retrain import TrainingResult, measured, scores_and_metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A candidate of a retrain, as its report shows it.

    Parameters
    ----------
    name : str
        What was trained.
    validation : Metrics or None
        Its metrics on the labels that judge all candidates; None without such labels.
    chosen : bool
        Whether it is the result.
    """

    name: str
    validation: Metrics | None
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CnnRetraining:
    """The result of a retrain of the CNN and the trees.

    Parameters
    ----------
    result : TrainingResult
        The trees with their threshold and metrics.
    backbone : Backbone
        The CNN whose units they read.
    weights : bytes or None
        New weights file of the CNN; None if the parent's CNN was better.
    with_old_data : bool
        Whether the trees learned from old trials too.
    steps : tuple of Step
        All candidates, in order of what was trained.
    """

    result: TrainingResult
    backbone: Backbone
    weights: bytes | None
    with_old_data: bool
    steps: tuple[Step, ...]

    @property
    def keeps_parent(self) -> bool:
        """Whether nothing that was trained is better than the parent."""
        return any(step.chosen and step.name == PARENT for step in self.steps)


def retrain_cnn_and_trees(request: RetrainRequest) -> CnnRetraining:
    """Train the CNN and the trees, and return the best candidate.

    Parameters
    ----------
    request : RetrainRequest
        Labelled recordings, the parent and the plans.

    Returns
    -------
    retraining : CnnRetraining
        Equal for equal requests, machine and number of threads.

    Raises
    ------
    TrainingError
        If no training trial has labels, or if all labels are equal.
    """
    trials = request.recordings.trials(request.parent.backbone)
    check_trials([*trials, *request.old_trials])
    train, _, _ = split_by_role(trials)
    check_learnable(train, request.old_trials)
    candidates = [*tree_candidates(request, trials), *cnn_candidates(request, trials)]
    best = best_of(candidates)
    chosen, chosen_trials = _searched(request, best, trials)
    return CnnRetraining(
        result=_result(request, chosen, trials, chosen_trials),
        backbone=chosen.backbone,
        weights=chosen.weights,
        with_old_data=chosen.with_old_data,
        steps=tuple(
            Step(name=each.name, validation=each.fit.validation, chosen=each is best)
            for each in candidates
        ),
    )


def _searched(
    request: RetrainRequest, best: Candidate, trials: Sequence[LabelledTrial]
) -> tuple[Candidate, Sequence[LabelledTrial]]:
    """Search hyperparameters for the best candidate; return it with its trials."""
    if best.weights is not None:
        trials = request.recordings.trials(best.backbone)
    _, validation, _ = split_by_role(trials)
    is_searched = validation and request.plan.budget.n_trainings > 1
    if best.name == PARENT or not is_searched:
        return best, trials
    if best.weights is not None:
        further = request.views(best.backbone)
        plan = request.for_cnn(request.plan)
    else:
        further = list(request.old_trials) if best.with_old_data else []
        plan = request.plan
    found = replace(best, fit=request.trees(trials, further, plan))
    return best_of([best, found]), trials


def _result(
    request: RetrainRequest,
    chosen: Candidate,
    parent_trials: Sequence[LabelledTrial],
    chosen_trials: Sequence[LabelledTrial],
) -> TrainingResult:
    """Measure the parent and the chosen candidate on the held-out trials."""
    request.progress("measuring on held-out trials", 0, 1)
    train, _, held_out = split_by_role(chosen_trials)
    _, _, held_out_of_parent = split_by_role(parent_trials)
    parent = request.parent
    result = measured(
        chosen.fit,
        train=train,
        held_out=held_out,
        before=scores_and_metrics(
            held_out_of_parent, parent.classifier, parent.threshold
        ),
    )
    request.progress("measuring on held-out trials", 1, 1)
    return result
