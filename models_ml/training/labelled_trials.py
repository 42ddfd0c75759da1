"""Labelled trials: features, labels and the role of each trial in a training."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from models_ml.arrays import UNLABELLED
from models_ml.exceptions import CoreError
from models_ml.trees.classifier import LabelledFrames

Role = Literal["train", "validation", "held_out"]


class TrainingError(CoreError):
    """No classifier can be trained on these labels; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledTrial:
    """A trial with labels on some or all of its frames.

    Parameters
    ----------
    features : array of float32, shape (n_frames, n_columns)
        Temporal features of every frame; NaN where a window leaves the trial.
    labels : array of int8, shape (n_frames,)
        1 touch, 0 not touch, -1 not labelled.
    role : {"train", "validation", "held_out"}
        Use of the trial. It is the same in every training.
    weight : float
        Training weight of each of its frames; above 0.
    """

    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int8]
    role: Role
    weight: float = 1.0


def labelled_frames(trials: Sequence[LabelledTrial]) -> LabelledFrames:
    """Return the labelled frames of trials, one trial after the other.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        At least one trial.

    Returns
    -------
    frames : LabelledFrames
        The labelled frames, each with the weight of its trial.
    """
    pairs = [(trial, trial.labels != UNLABELLED) for trial in trials]
    weights = [np.full(rows.sum(), trial.weight, np.float32) for trial, rows in pairs]
    return LabelledFrames(
        features=np.concatenate([trial.features[rows] for trial, rows in pairs]),
        labels=np.concatenate([trial.labels[rows] == 1 for trial, rows in pairs]),
        weights=np.concatenate(weights),
    )


def split_by_role(
    trials: Sequence[LabelledTrial],
) -> tuple[list[LabelledTrial], list[LabelledTrial], list[LabelledTrial]]:
    """Return the trials that have labels, split by their role.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Any number of trials.

    Returns
    -------
    train, validation, held_out : list of LabelledTrial
        The trials of each role, in the order of `trials`. Trials without a single label
        are in none of them.
    """
    of_role: dict[str, list[LabelledTrial]] = {role: [] for role in get_args(Role)}
    for trial in filter(n_labelled, trials):
        of_role[trial.role].append(trial)
    return of_role["train"], of_role["validation"], of_role["held_out"]


def check_trials(trials: Sequence[LabelledTrial]) -> None:
    """Check that the arrays of trials fit together.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Any number of trials.

    Raises
    ------
    TrainingError
        If trials differ in their number of columns, or if the number of labels of a
        trial is not its number of frames.
    """
    n_columns = {trial.features.shape[1] for trial in trials}
    if len(n_columns) > 1:
        raise TrainingError(
            f"The trials have different numbers of feature columns: "
            f"{sorted(n_columns)}. Compute all features with one feature set."
        )
    for number, trial in enumerate(trials, start=1):
        if len(trial.labels) != len(trial.features):
            raise TrainingError(
                f"Trial {number} has {len(trial.features)} frames and "
                f"{len(trial.labels)} labels. Pass one label for each frame; -1 means "
                "not labelled."
            )


def check_learnable(
    train: Sequence[LabelledTrial], old_trials: Sequence[LabelledTrial]
) -> None:
    """Check that a classifier can be trained on trials.

    Parameters
    ----------
    train : sequence of LabelledTrial
        Training trials that have labels.
    old_trials : sequence of LabelledTrial
        Trials of earlier trainings.

    Raises
    ------
    TrainingError
        If there is no training trial, or if all labels are equal.
    """
    if not train:
        raise TrainingError(
            "No training trial has labels. Label clips of training trials."
        )
    if not is_learnable([*train, *old_trials]):
        label = "touch" if (train[0].labels == 1).any() else "not touch"
        other = "not touch" if label == "touch" else "touch"
        raise TrainingError(
            f"All labels on training trials are {label}. Label clips that show "
            f"{other} too."
        )


def is_learnable(trials: Sequence[LabelledTrial]) -> bool:
    """Return whether there are touch labels and not-touch labels.

    Parameters
    ----------
    trials : sequence of LabelledTrial
        Any number of trials.

    Returns
    -------
    is_learnable : bool
        True when a frame is labelled touch and a frame is labelled not touch.
    """
    has_touch = any((trial.labels == 1).any() for trial in trials)
    has_not_touch = any((trial.labels == 0).any() for trial in trials)
    return has_touch and has_not_touch


def n_labelled(trial: LabelledTrial) -> int:
    """Return the number of labelled frames of a trial.

    Parameters
    ----------
    trial : LabelledTrial
        A trial.

    Returns
    -------
    count : int
        From 0 to the trial's number of frames.
    """
    return int((trial.labels != UNLABELLED).sum())
