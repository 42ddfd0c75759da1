"""Labelled trials: what a classifier learns from, and what each is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from models_ml.exceptions import CoreError
from models_ml.touches.evaluation import NOT_LABELLED
from models_ml.trees.classifier import LabelledFrames

Role = Literal["train", "validation", "held_out"]


class TrainingError(CoreError):
    """No classifier can be trained on these labels."""


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


def frames_of(trials: Sequence[LabelledTrial]) -> LabelledFrames:
    """Return the labelled frames of trials, one after the other.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        At least one.

    Returns
    -------
    frames : LabelledFrames
        Each with the weight of its trial.
    """
    pairs = [(trial, trial.labels != NOT_LABELLED) for trial in trials]
    weights = [np.full(which.sum(), trial.weight, np.float32) for trial, which in pairs]
    return LabelledFrames(
        features=np.concatenate([trial.features[which] for trial, which in pairs]),
        labels=np.concatenate([trial.labels[which] == 1 for trial, which in pairs]),
        weights=np.concatenate(weights),
    )


def by_role(
    trials: Sequence[LabelledTrial],
) -> tuple[list[LabelledTrial], list[LabelledTrial], list[LabelledTrial]]:
    """Return the trials that have labels, by what they are for.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Any number.

    Returns
    -------
    train, validation, held_out : list of LabelledTrial
        In the order in which they came.
    """
    of_role: dict[str, list[LabelledTrial]] = {role: [] for role in get_args(Role)}
    for trial in filter(n_labelled, trials):
        of_role[trial.role].append(trial)
    return of_role["train"], of_role["validation"], of_role["held_out"]


def check_trials(trials: Sequence[LabelledTrial]) -> None:
    """Check that trials fit together.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Any number.

    Raises
    ------
    TrainingError
        If they differ in columns, or a trial lacks labels for some frames.
    """
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


def check_learnable(
    train: Sequence[LabelledTrial], old_trials: Sequence[LabelledTrial]
) -> None:
    """Check that there is something to learn.

    Parameters
    ----------
    train, old_trials : sequence of LabelledTrial
        What is learned from.

    Raises
    ------
    TrainingError
        If no training trial has labels, or all labels are of one kind.
    """
    if not train:
        raise TrainingError(
            "Expected labels on training trials; found none: label more clips."
        )
    if not is_learnable([*train, *old_trials]):
        kind = "touch" if (train[0].labels == 1).any() else "not touch"
        raise TrainingError(
            "Expected touch and no-touch labels on training trials; all of them are "
            f"{kind}: label clips that show the other kind too."
        )


def is_learnable(trials: Sequence[LabelledTrial]) -> bool:
    """Return whether there are labels of both kinds.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Any number.

    Returns
    -------
    answer : bool
        True when some frame is labelled touch and some frame no-touch.
    """
    has_touch = any((trial.labels == 1).any() for trial in trials)
    has_other = any((trial.labels == 0).any() for trial in trials)
    return has_touch and has_other


def n_labelled(trial: LabelledTrial) -> int:
    """Return how many frames of a trial are labelled.

    Parameters
    ----------
    trial : LabelledTrial
        Any.

    Returns
    -------
    count : int
        At most its frames.
    """
    return int((trial.labels != NOT_LABELLED).sum())
