"""Retraining: labelled trials in, a classifier with threshold and metrics out.

Training, validation and held-out data are whole trials, never single frames.
Neighbouring frames have nearly equal features, so a classifier that is judged on the
neighbours of its training frames looks better than it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models_ml.arrays import Scores
from models_ml.touches.evaluation import Metrics, evaluate
from models_ml.training.fit import (
    Fit,
    TrainingData,
    ValidatedOn,
    fit_with_folds,
    fit_with_validation,
)
from models_ml.training.labelled_trials import (
    LabelledTrial,
    check_learnable,
    check_trials,
    n_labelled,
    split_by_role,
)
from models_ml.training.plan import TrainingPlan
from models_ml.training.search import Training
from models_ml.training.search_progress import Progress
from models_ml.trees.classifier import Classifier
from models_ml.trees.parameters import ClassifierParameters


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingResult:
    """The result of a training: a classifier, its threshold and its metrics.

    Parameters
    ----------
    classifier_text : str
        The new classifier; see `Classifier.from_text`.
    threshold : float
        A frame is a touch when its smoothed score is greater; in [0, 1].
    n_trees : int
        Number of trees of the classifier.
    parameters : ClassifierParameters
        Parameters that the classifier was trained with.
    trainings : tuple of Training
        All trainings of the search; empty without a search.
    validated_on : {"validation trials", "folds of training trials", "nothing"}
        The trials that decided the number of trees and the threshold.
    validation : Metrics or None
        Metrics of the new classifier on these trials. They are optimistic, because the
        threshold was chosen on the same trials.
    before, after : Metrics or None
        Metrics of the parent and of the new classifier on the held-out trials. None
        without labels on held-out trials; `before` also without a parent.
    before_scores, after_scores : tuple of arrays of float64, shape (n_frames,)
        Raw scores of the held-out trials, in the order of the trials; empty where the
        metrics are None.
    n_train_trials, n_train_frames : int
        Number of training trials and of their labelled frames, without old trials.
    """

    classifier_text: str
    threshold: float
    n_trees: int
    parameters: ClassifierParameters
    trainings: tuple[Training, ...]
    validated_on: ValidatedOn
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
    progress: Progress = lambda _stage, _done, _total: None,
) -> TrainingResult:
    """Train a classifier on labelled trials.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Trials of the sessions that the classifier is for. Training trials are trained
        on, validation trials decide the number of trees and the threshold, and held-out
        trials are only measured.
    old_trials : sequence of LabelledTrial
        Trials of earlier trainings to train on, for any role of them. They are neither
        validated nor measured.
    parent : Classifier, optional
        The classifier in use, measured on the held-out trials for comparison.
    parent_threshold : float
        Threshold of the parent; in [0, 1].
    plan : TrainingPlan, optional
        How to train.
    progress : callable, optional
        Called with the stage, the number of steps done, and the number of all steps.

    Returns
    -------
    result : TrainingResult
        Equal for equal arguments.

    Raises
    ------
    TrainingError
        If the arrays of the trials do not fit together, if no training trial has
        labels, or if all labels are equal.

    Notes
    -----
    Without labels on validation trials there is no search: each fifth of the training
    trials in turn validates a training on the others.
    """
    plan = plan or TrainingPlan()
    check_trials([*trials, *old_trials])
    train, validation, held_out = split_by_role(trials)
    check_learnable(train, old_trials)
    data = TrainingData(train=train, validation=validation, old=old_trials)
    fit = (fit_with_validation if validation else fit_with_folds)(data, plan, progress)
    progress("measuring on held-out trials", 0, 1)
    result = measured(
        fit,
        train=train,
        held_out=held_out,
        before=scores_and_metrics(held_out, parent, parent_threshold),
    )
    progress("measuring on held-out trials", 1, 1)
    return result


def measured(
    fit: Fit,
    *,
    train: Sequence[LabelledTrial],
    held_out: Sequence[LabelledTrial],
    before: tuple[tuple[Scores, ...], Metrics | None],
) -> TrainingResult:
    """Return a fit as the result of a training, measured on held-out trials.

    Parameters
    ----------
    fit : Fit
        The trained classifier.
    train, held_out : sequence of LabelledTrial
        Trials that it learned from, and trials to measure it on.
    before : tuple
        Scores and metrics of the parent, as `scores_and_metrics` returns them.

    Returns
    -------
    result : TrainingResult
    """
    before_scores, before_metrics = before
    after_scores, after_metrics = scores_and_metrics(
        held_out, fit.classifier, fit.threshold
    )
    return TrainingResult(
        classifier_text=fit.classifier.text,
        threshold=fit.threshold,
        n_trees=fit.classifier.n_trees,
        parameters=fit.parameters,
        trainings=fit.trainings,
        validated_on=fit.validated_on,
        validation=fit.validation,
        before=before_metrics,
        after=after_metrics,
        before_scores=before_scores,
        after_scores=after_scores,
        n_train_trials=len(train),
        n_train_frames=sum(n_labelled(trial) for trial in train),
    )


def scores_and_metrics(
    held_out: Sequence[LabelledTrial], classifier: Classifier | None, threshold: float
) -> tuple[tuple[Scores, ...], Metrics | None]:
    """Return the scores of held-out trials by a classifier, and its metrics on them.

    Parameters
    ----------
    held_out : sequence of LabelledTrial
        Trials with labels; may be empty.
    classifier : Classifier or None
        The classifier; with None there are no scores.
    threshold : float
        Its threshold; in [0, 1].

    Returns
    -------
    scores : tuple of arrays of float64, shape (n_frames,)
        Raw scores of each trial.
    metrics : Metrics or None
        None without scores.
    """
    if classifier is None or not held_out:
        return (), None
    scores = tuple(classifier.scores(trial.features) for trial in held_out)
    return scores, evaluate([trial.labels for trial in held_out], scores, threshold)
