"""Labelled recordings: trials whose frames and features are read when needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models_ml.arrays import UNLABELLED, Features, Frames, LabelValues, Mask
from models_ml.cnn.backbone import Backbone
from models_ml.cnn_training.labelled_frames import LabelledImages
from models_ml.cnn_training.views import labelled_excerpt, n_views_of, view_of
from models_ml.features.feature_set import FeatureSet
from models_ml.features.unit_set import unit_set_of
from models_ml.training.labelled_trials import LabelledTrial, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRecordings:
    """Trials with labels, whose frames and features are read when they are needed.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        Labels of each trial: 1 touch, 0 not touch, -1 not labelled.
    roles : sequence of {"train", "validation", "held_out"}
        Use of each trial.
    frames : callable
        From the number of a trial, from 0, to all its frames: uint8 of shape
        (n_frames, height, width).
    features : callable
        From a backbone to the temporal features of all trials, in their order: float32
        of shape (n_frames, n_columns).
    feature_set : FeatureSet
        The feature columns.
    weight : float
        Training weight of each frame; above 0.
    """

    labels: Sequence[LabelValues]
    roles: Sequence[Role]
    frames: Callable[[int], Frames]
    features: Callable[[Backbone], Sequence[Features]]
    feature_set: FeatureSet
    weight: float = 1.0

    def trials(
        self, backbone: Backbone, labels: Mapping[int, LabelValues] | None = None
    ) -> list[LabelledTrial]:
        """Return all trials with their features.

        Parameters
        ----------
        backbone : Backbone
            The CNN that computes the units.
        labels : mapping of int to array, optional
            Other labels of some trials.

        Returns
        -------
        trials : list of LabelledTrial
            For `models_ml.training.retrain`.
        """
        replaced = labels or {}
        return [
            LabelledTrial(
                features=of_trial,
                labels=replaced.get(number, self.labels[number]),
                role=self.roles[number],
                weight=self.weight,
            )
            for number, of_trial in enumerate(self.features(backbone))
        ]

    def views(
        self,
        backbone: Backbone,
        labels: Mapping[int, LabelValues] | None = None,
        *,
        seed: int,
    ) -> list[LabelledTrial]:
        """Return views of the labelled parts of training trials.

        Parameters
        ----------
        backbone : Backbone
            The CNN that computes the units.
        labels : mapping of int to array, optional
            Other labels of some trials.
        seed : int
            Seed of the views.

        Returns
        -------
        trials : list of LabelledTrial
            Further trials to train on, for `models_ml.training.retrain`.
        """
        chosen = self._labelled("train", labels or {})
        parts = {
            number: labelled_excerpt(of, self.feature_set.margin)
            for number, of in chosen.items()
        }
        n_frames = sum(len(chosen[n][part]) for n, part in parts.items())
        unit_set, trials = unit_set_of(self.feature_set), []
        for view in range(n_views_of(n_frames)):
            for number, part in parts.items():
                rng = np.random.default_rng([seed, view, number])
                frames = view_of(self.frames(number)[part], rng)
                units = unit_set.select(backbone.units(frames))
                trials.append(
                    LabelledTrial(
                        features=unit_set.features(units, self.feature_set),
                        labels=chosen[number][part],
                        role="train",
                        weight=self.weight,
                    )
                )
        return trials

    def images(
        self, role: Role, labels: Mapping[int, LabelValues] | None = None
    ) -> LabelledImages | None:
        """Return the images of labelled frames of the trials of one role.

        Parameters
        ----------
        role : {"train", "validation", "held_out"}
            The role.
        labels : mapping of int to array, optional
            Other labels of some trials.

        Returns
        -------
        images : LabelledImages or None
            None when no trial of this role has labels.
        """
        chosen = self._labelled(role, labels or {})
        if not chosen:
            return None
        return LabelledImages((self.frames(n), of) for n, of in chosen.items())

    def _labelled(
        self, role: Role, replaced: Mapping[int, LabelValues]
    ) -> dict[int, LabelValues]:
        """Return the labels of the trials of a role, where there are any."""
        chosen = {n: replaced.get(n, self.labels[n]) for n in self.numbers(role)}
        return {n: of for n, of in chosen.items() if (of != UNLABELLED).any()}

    def numbers(self, role: Role) -> list[int]:
        """Return the numbers of the labelled trials of one role."""
        return [
            number
            for number, (labels, of) in enumerate(
                zip(self.labels, self.roles, strict=True)
            )
            if of == role and (labels != UNLABELLED).any()
        ]


@dataclass(frozen=True, slots=True)
class Fold:
    """A part of the training labels that is hidden from a training, and judges it.

    Parameters
    ----------
    shown, hidden : dict of int to array of int8, shape (n_frames,)
        Labels of the training trials by number, -1 where they belong to the other part.
    """

    shown: Mapping[int, LabelValues]
    hidden: Mapping[int, LabelValues] = field(default_factory=dict)


def folds_of(recordings: LabelledRecordings, n_folds: int) -> list[Fold]:
    """Divide the labels of training trials into folds.

    Parameters
    ----------
    recordings : LabelledRecordings
        Recordings with labelled training trials.
    n_folds : int
        Number of folds; at least 2.

    Returns
    -------
    folds : list of Fold
        Whole trials with similar numbers of touch frames. With fewer trials than folds,
        each trial is cut into consecutive parts with equal numbers of labels.
    """
    numbers = recordings.numbers("train")
    if len(numbers) < n_folds:
        part_of = {n: _parts(recordings.labels[n], n_folds) for n in numbers}
    else:
        ordered = sorted(numbers, key=lambda n: -int((recordings.labels[n] == 1).sum()))
        part_of = {
            n: np.full(len(recordings.labels[n]), position % n_folds)
            for position, n in enumerate(ordered)
        }
    return [
        Fold(
            {n: _where(recordings.labels[n], part_of[n] != fold) for n in numbers},
            {n: _where(recordings.labels[n], part_of[n] == fold) for n in numbers},
        )
        for fold in range(n_folds)
    ]


def _parts(labels: LabelValues, n_parts: int) -> LabelValues:
    counted = np.cumsum(labels != UNLABELLED)
    return np.asarray((counted - 1).clip(0) * n_parts // max(counted[-1], 1), np.int8)


def _where(labels: LabelValues, mask: Mask) -> LabelValues:
    chosen = np.full_like(labels, UNLABELLED)
    chosen[mask] = labels[mask]
    return chosen
