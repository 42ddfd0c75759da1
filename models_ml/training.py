"""Retraining: a new classifier and threshold from labelled trials.

Trials, never single frames, are what is split: neighbouring frames have nearly the
same features, and a frame judged by its neighbour's label looks better than it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from models_ml.classifier import (
    Classifier,
    ClassifierParameters,
    LabelledFrames,
    train_classifier,
)
from models_ml.evaluation import NOT_LABELLED, Metrics, best_threshold, evaluate

Role = Literal["train", "validation", "held_out"]

N_FOLDS = 5

# Where no trial is left to validate on, as many trees as a small data set bears.
_ROUNDS_UNVALIDATED = 100
_THRESHOLD_UNVALIDATED = 0.5


class TrainingError(ValueError):
    """Labels that nothing can be learned from, with one sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledTrial:
    """A trial with labels on some or all of its frames.

    Parameters
    ----------
    features : array of float32, shape (n_frames, n_columns)
        Temporal features of every frame.
    labels : array of int8, shape (n_frames,)
        1 touch, 0 not touch, -1 not labelled.
    role : {"train", "validation", "held_out"}
        What the trial is for; the same for its whole life.
    weight : float
        How much each of its frames counts in training.
    """

    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int8]
    role: Role
    weight: float = 1.0


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
    validated_on : {"validation trials", "folds of training trials", "nothing"}
        What the number of trees and the threshold were chosen on.
    validation : Metrics or None
        The new classifier there; optimistic, since the threshold was chosen there.
    before, after : Metrics or None
        The parent and the new classifier on the held-out trials; None without a
        parent, or without labels on held-out trials.
    n_train_trials, n_train_frames : int
        Trials and labelled frames learned from, old ones not counted.
    """

    classifier_text: str
    threshold: float
    n_rounds: int
    validated_on: str
    validation: Metrics | None
    before: Metrics | None
    after: Metrics | None
    n_train_trials: int
    n_train_frames: int


def retrain(
    trials: Sequence[LabelledTrial],
    *,
    old_trials: Sequence[LabelledTrial] = (),
    parent: Classifier | None = None,
    parent_threshold: float = 0.5,
    parameters: ClassifierParameters | None = None,
    report: Callable[[str], None] = lambda _: None,
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
    parameters : ClassifierParameters, optional
        How trees are grown.
    report : callable, optional
        Told in a few words what is going on.

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
    Without labels on validation trials, each fifth of the training trials in turn is
    what a training on the others is validated on.
    """
    parameters = parameters or ClassifierParameters()
    _check_trials([*trials, *old_trials])
    train, validation, held_out = _by_role(trials)
    _check_learnable(train, old_trials)
    fit = _validated if validation else _folded
    fitted = fit(train, validation, old_trials, parameters, report)
    report("measuring on held-out trials")
    return TrainingResult(
        classifier_text=fitted.classifier.text,
        threshold=fitted.threshold,
        n_rounds=fitted.classifier.n_rounds,
        validated_on=fitted.validated_on,
        validation=fitted.validation,
        before=_measured(held_out, parent, parent_threshold),
        after=_measured(held_out, fitted.classifier, fitted.threshold),
        n_train_trials=len(train),
        n_train_frames=sum(_n_labelled(trial) for trial in train),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fitted:
    classifier: Classifier
    threshold: float
    validated_on: str
    validation: Metrics | None


def _validated(
    train: Sequence[LabelledTrial],
    validation: Sequence[LabelledTrial],
    old_trials: Sequence[LabelledTrial],
    parameters: ClassifierParameters,
    report: Callable[[str], None],
) -> _Fitted:
    """Train until the validation trials are fitted best."""
    report("training")
    classifier = train_classifier(
        _frames([*train, *old_trials]),
        validation=_frames(validation),
        parameters=parameters,
    )
    labels = [trial.labels for trial in validation]
    scores = [classifier.scores(trial.features) for trial in validation]
    threshold = best_threshold(labels, scores)
    return _Fitted(
        classifier=classifier,
        threshold=threshold,
        validated_on="validation trials",
        validation=evaluate(labels, scores, threshold),
    )


def _folded(
    train: Sequence[LabelledTrial],
    _: Sequence[LabelledTrial],
    old_trials: Sequence[LabelledTrial],
    parameters: ClassifierParameters,
    report: Callable[[str], None],
) -> _Fitted:
    """Validate on a fifth of the training trials in turn, then train on all."""
    labels, scores, n_rounds = [], [], []
    folds = _folds(train)
    for number, fold in enumerate(folds, start=1):
        others = [trial for other in folds if other is not fold for trial in other]
        if not _is_learnable([*others, *old_trials]):
            continue
        report(f"training on fold {number} of {len(folds)}")
        classifier = train_classifier(
            _frames([*others, *old_trials]),
            validation=_frames(fold),
            parameters=parameters,
        )
        n_rounds.append(classifier.n_rounds)
        labels += [trial.labels for trial in fold]
        scores += [classifier.scores(trial.features) for trial in fold]

    report("training")
    threshold = best_threshold(labels, scores) if labels else _THRESHOLD_UNVALIDATED
    rounds = int(np.median(n_rounds)) if n_rounds else _ROUNDS_UNVALIDATED
    return _Fitted(
        classifier=train_classifier(
            _frames([*train, *old_trials]),
            parameters=replace(parameters, n_rounds=min(rounds, parameters.n_rounds)),
        ),
        threshold=threshold,
        validated_on="folds of training trials" if labels else "nothing",
        validation=evaluate(labels, scores, threshold) if labels else None,
    )


def _folds(train: Sequence[LabelledTrial]) -> list[list[LabelledTrial]]:
    """Deal trials into folds so that touch frames are spread over them."""
    by_touches = sorted(train, key=lambda trial: -int((trial.labels == 1).sum()))
    n_folds = min(N_FOLDS, len(train))
    return [by_touches[first::n_folds] for first in range(n_folds)]


def _measured(
    held_out: Sequence[LabelledTrial], classifier: Classifier | None, threshold: float
) -> Metrics | None:
    if classifier is None or not held_out:
        return None
    scores = [classifier.scores(trial.features) for trial in held_out]
    return evaluate([trial.labels for trial in held_out], scores, threshold)


def _frames(trials: Sequence[LabelledTrial]) -> LabelledFrames:
    """Return the labelled frames of trials, one after the other."""
    pairs = [(trial, trial.labels != NOT_LABELLED) for trial in trials]
    weights = [np.full(which.sum(), trial.weight, np.float32) for trial, which in pairs]
    return LabelledFrames(
        features=np.concatenate([trial.features[which] for trial, which in pairs]),
        labels=np.concatenate([trial.labels[which] == 1 for trial, which in pairs]),
        weights=np.concatenate(weights),
    )


def _by_role(
    trials: Sequence[LabelledTrial],
) -> tuple[list[LabelledTrial], list[LabelledTrial], list[LabelledTrial]]:
    """Return the trials with labels: for training, for validation, held out."""
    of_role: dict[str, list[LabelledTrial]] = {role: [] for role in get_args(Role)}
    for trial in filter(_n_labelled, trials):
        of_role[trial.role].append(trial)
    return of_role["train"], of_role["validation"], of_role["held_out"]


def _check_trials(trials: Sequence[LabelledTrial]) -> None:
    n_columns = {trial.features.shape[1] for trial in trials}
    if len(n_columns) > 1:
        raise TrainingError(
            "Expected all trials with the features of one feature set; "
            f"found {sorted(n_columns)} columns."
        )
    for number, trial in enumerate(trials, start=1):
        if len(trial.labels) != len(trial.features):
            raise TrainingError(
                f"Expected a label for each of the {len(trial.features)} frames of "
                f"trial {number}; found {len(trial.labels)}."
            )


def _check_learnable(
    train: Sequence[LabelledTrial], old_trials: Sequence[LabelledTrial]
) -> None:
    if not train:
        raise TrainingError(
            "Expected labels on training trials; found none: label more clips."
        )
    if not _is_learnable([*train, *old_trials]):
        kind = "touch" if (train[0].labels == 1).any() else "not touch"
        raise TrainingError(
            "Expected touch and no-touch labels on training trials; all of them are "
            f"{kind}: label clips that show the other kind too."
        )


def _is_learnable(trials: Sequence[LabelledTrial]) -> bool:
    has_touch = any((trial.labels == 1).any() for trial in trials)
    has_other = any((trial.labels == 0).any() for trial in trials)
    return has_touch and has_other


def _n_labelled(trial: LabelledTrial) -> int:
    return int((trial.labels != NOT_LABELLED).sum())
