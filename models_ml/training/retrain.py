"""Retraining: a new classifier and threshold from labelled trials.

Trials, never single frames, are what is split: neighbouring frames have nearly the
same features, and a frame judged by its neighbour's label looks better than it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models_ml.touches.evaluation import Metrics, Scores, best_threshold, evaluate
from models_ml.training.boosting import BoostingData
from models_ml.training.edge_nans import EdgeCopies, Masks
from models_ml.training.labelled_trials import (
    LabelledTrial,
    by_role,
    check_learnable,
    check_trials,
    frames_of,
    is_learnable,
    n_labelled,
)
from models_ml.training.search import SearchBudget, Told, Training, search
from models_ml.training.search_store import KeptSearch
from models_ml.trees.classifier import Classifier, train_classifier
from models_ml.trees.parameters import ClassifierParameters

Report = Callable[[str, int, int], None]

N_FOLDS = 5

# Where no trial is left to validate on, as many trees as a small data set bears.
_ROUNDS_UNVALIDATED = 100
_THRESHOLD_UNVALIDATED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """How to train.

    Parameters
    ----------
    parameters : ClassifierParameters
        How trees are grown, to begin with.
    budget : SearchBudget
        How long better parameters are searched for.
    edge_masks : array of bool, shape (n_masks, n_columns), or None
        Missing values to learn from; see `models_ml.training.edge_nans.edge_masks`.
    kept_search : KeptSearch or None
        Where a search is kept while it runs; see `models_ml.training.search.search`.
    told : callable
        Told of each training that has ended, and its number from 1.
    """

    parameters: ClassifierParameters = field(default_factory=ClassifierParameters)
    budget: SearchBudget = field(default_factory=lambda: SearchBudget(n_trainings=1))
    edge_masks: Masks | None = None
    kept_search: KeptSearch | None = None
    told: Told = lambda _number, _training: None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingResult:
    """What a training has brought.

    Parameters
    ----------
    classifier_text : str
        The new classifier; see `Classifier.from_text`.
    threshold : float
        The threshold to use it with.
    n_rounds : int
        Number of trees.
    parameters : ClassifierParameters
        How they were grown.
    course : tuple of Training
        What the search tried; empty when nothing was searched.
    validated_on : {"validation trials", "folds of training trials", "nothing"}
        What the number of trees and the threshold were chosen on.
    validation : Metrics or None
        The new classifier there; optimistic, since the threshold was chosen there.
    before, after : Metrics or None
        The parent and the new classifier on the held-out trials; None without a
        parent, or without labels on held-out trials.
    before_scores, after_scores : tuple of arrays of float, shape (n_frames,)
        Raw scores of these trials, in the order in which they came; empty with None.
    n_train_trials, n_train_frames : int
        Trials and labelled frames learned from, old ones not counted.
    """

    classifier_text: str
    threshold: float
    n_rounds: int
    parameters: ClassifierParameters
    course: tuple[Training, ...]
    validated_on: str
    validation: Metrics | None
    before: Metrics | None
    after: Metrics | None
    n_train_trials: int
    n_train_frames: int
    before_scores: tuple[Scores, ...] = field(default=(), compare=False, repr=False)
    after_scores: tuple[Scores, ...] = field(default=(), compare=False, repr=False)


def retrain(
    trials: Sequence[LabelledTrial],
    *,
    old_trials: Sequence[LabelledTrial] = (),
    parent: Classifier | None = None,
    parent_threshold: float = 0.5,
    plan: TrainingPlan | None = None,
    report: Report = lambda _stage, _done, _total: None,
) -> TrainingResult:
    """Train a classifier on labelled trials.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Trials of the sessions that the classifier is for; their roles decide what is
        learned from, what stops the training and sets the threshold, and what is only
        measured.
    old_trials : sequence of LabelledTrial
        Earlier labelled trials to keep learning from, whatever their roles; nothing
        is validated or measured on them.
    parent : Classifier, optional
        The classifier in use, measured for comparison.
    parent_threshold : float
        The threshold that it is used with.
    plan : TrainingPlan, optional
        How to train.
    report : callable, optional
        Told the stage, and how much of it is done of how much.

    Returns
    -------
    result : TrainingResult
        The same for the same arguments.

    Raises
    ------
    TrainingError
        If there is nothing to learn from, or trials do not fit together.

    Notes
    -----
    Without labels on validation trials nothing is searched: each fifth of the training
    trials in turn is what a training on the others is validated on.
    """
    plan = plan or TrainingPlan()
    check_trials([*trials, *old_trials])
    train, validation, held_out = by_role(trials)
    check_learnable(train, old_trials)
    data = _Data(train=train, validation=validation, old=old_trials)
    fitted = (_validated if validation else _folded)(data, plan, report)
    report("measuring on held-out trials", 0, 1)
    before_scores = _scores(held_out, parent)
    after_scores = _scores(held_out, fitted.classifier)
    result = TrainingResult(
        classifier_text=fitted.classifier.text,
        threshold=fitted.threshold,
        n_rounds=fitted.classifier.n_rounds,
        parameters=fitted.parameters,
        course=fitted.course,
        validated_on=fitted.validated_on,
        validation=fitted.validation,
        before=_measured(held_out, before_scores, parent_threshold),
        after=_measured(held_out, after_scores, fitted.threshold),
        before_scores=before_scores,
        after_scores=after_scores,
        n_train_trials=len(train),
        n_train_frames=sum(n_labelled(trial) for trial in train),
    )
    report("measuring on held-out trials", 1, 1)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    train: Sequence[LabelledTrial]
    validation: Sequence[LabelledTrial]
    old: Sequence[LabelledTrial]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fitted:
    classifier: Classifier
    threshold: float
    validated_on: str
    validation: Metrics | None
    parameters: ClassifierParameters
    course: tuple[Training, ...]


def _validated(data: _Data, plan: TrainingPlan, report: Report) -> _Fitted:
    """Search, and train until the validation trials have the fewest errors."""
    report("sorting features into bins", 0, 1)
    frames = frames_of([*data.train, *data.old])
    seed, masks = plan.parameters.seed, plan.edge_masks
    found = search(
        BoostingData(
            train=frames,
            copies=None if masks is None else EdgeCopies(frames.features, masks, seed),
            validation_features=[trial.features for trial in data.validation],
            validation_labels=[trial.labels for trial in data.validation],
            seed=seed,
            n_threads=plan.parameters.n_threads,
        ),
        start=plan.parameters,
        budget=plan.budget,
        report=report,
        told=plan.told,
        kept=plan.kept_search,
    )
    classifier = found.best.classifier
    labels = [trial.labels for trial in data.validation]
    scores = [classifier.scores(trial.features) for trial in data.validation]
    threshold = best_threshold(labels, scores)
    return _Fitted(
        classifier=classifier,
        threshold=threshold,
        validated_on="validation trials",
        validation=evaluate(labels, scores, threshold),
        parameters=found.parameters,
        course=found.course,
    )


def _folded(data: _Data, plan: TrainingPlan, report: Report) -> _Fitted:
    """Validate on a fifth of the training trials in turn, then train on all."""
    labels, scores, n_rounds = [], [], []
    folds = _folds(data.train)
    for number, fold in enumerate(folds):
        others = [trial for other in folds if other is not fold for trial in other]
        if not is_learnable([*others, *data.old]):
            continue
        report("training on folds", number, len(folds))
        classifier = train_classifier(
            frames_of([*others, *data.old]),
            validation=frames_of(fold),
            parameters=plan.parameters,
        )
        n_rounds.append(classifier.n_rounds)
        labels += [trial.labels for trial in fold]
        scores += [classifier.scores(trial.features) for trial in fold]

    report("training", 0, 1)
    threshold = best_threshold(labels, scores) if labels else _THRESHOLD_UNVALIDATED
    rounds = int(np.median(n_rounds)) if n_rounds else _ROUNDS_UNVALIDATED
    parameters = replace(
        plan.parameters, n_rounds=min(rounds, plan.parameters.n_rounds)
    )
    return _Fitted(
        classifier=train_classifier(
            frames_of([*data.train, *data.old]), parameters=parameters
        ),
        threshold=threshold,
        validated_on="folds of training trials" if labels else "nothing",
        validation=evaluate(labels, scores, threshold) if labels else None,
        parameters=parameters,
        course=(),
    )


def _folds(train: Sequence[LabelledTrial]) -> list[list[LabelledTrial]]:
    """Deal trials into folds so that touch frames are spread over them."""
    by_touches = sorted(train, key=lambda trial: -int((trial.labels == 1).sum()))
    n_folds = min(N_FOLDS, len(train))
    return [by_touches[first::n_folds] for first in range(n_folds)]


def _scores(
    held_out: Sequence[LabelledTrial], classifier: Classifier | None
) -> tuple[Scores, ...]:
    if classifier is None:
        return ()
    return tuple(classifier.scores(trial.features) for trial in held_out)


def _measured(
    held_out: Sequence[LabelledTrial], scores: Sequence[Scores], threshold: float
) -> Metrics | None:
    if not scores:
        return None
    return evaluate([trial.labels for trial in held_out], scores, threshold)
