"""Boosting: trains trees until the validation touch errors stop decreasing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.arrays import UNLABELLED, Features, Float64s, LabelValues
from models_ml.touches.evaluation import errors_at_best_threshold
from models_ml.training.edge_nans import EdgeCopies
from models_ml.trees.classifier import Classifier, LabelledFrames
from models_ml.trees.parameters import (
    ClassifierParameters,
    lightgbm_module,
    lightgbm_settings,
)

# Number of frames from which LightGBM computes the bins of each column; it reads them
# one by one. A quarter of its default is still 200 frames for each of 255 bins.
_FRAMES_FOR_BINS = 50_000

# Of two classifiers with equal touch-count errors, the one with the lower log loss is
# better. With fewer than 1,000 touches, the log loss never outweighs an error.
_LOG_LOSS_WEIGHT = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostingResult:
    """A classifier with its value on the validation trials.

    Parameters
    ----------
    classifier : Classifier
        The trees up to the best round.
    value : float
        The minimised value: touch-count errors per touch on the validation trials at
        the best threshold, plus a thousandth of the log loss; at least 0.
    """

    classifier: Classifier
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostingData:
    """Frames to train on and trials to validate on, binned once for many trainings.

    Parameters
    ----------
    train : LabelledFrames
        Frames of training trials, with touches and without.
    copies : EdgeCopies or None
        Copies of the same frames with missing values, as additional training data.
    validation_features : sequence of arrays of float32, shape (n_frames, n_columns)
        All frames of each validation trial, because scores are smoothed over whole
        trials.
    validation_labels : sequence of arrays of int8, shape (n_frames,)
        1 touch, 0 not touch, -1 not labelled.
    seed : int
        Seed of the draw of frames for the bins.
    num_threads : int
        Number of threads for training; 0 for all cores.
    """

    train: LabelledFrames
    copies: EdgeCopies | None
    validation_features: Sequence[Features]
    validation_labels: Sequence[LabelValues]
    seed: int = 0
    num_threads: int = 0
    _sets: tuple[Any, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sets", self._data_sets())

    def boost(
        self,
        parameters: ClassifierParameters,
        *,
        on_round: Callable[[int, float], None] = lambda _round, _value: None,
    ) -> BoostingResult:
        """Train trees until the validation errors stop decreasing.

        Parameters
        ----------
        parameters : ClassifierParameters
            Parameters of the training.
        on_round : callable, optional
            Called after each round with its number, from 0, and its value. An exception
            that it raises ends the training and reaches the caller.

        Returns
        -------
        result : BoostingResult
            Equal for equal data, parameters and threads.
        """
        lightgbm = lightgbm_module()
        train_set, validation_set = self._sets

        def call_on_round(env: Any) -> None:
            on_round(env.iteration, env.evaluation_result_list[0][2])

        booster = lightgbm.train(
            {**lightgbm_settings(parameters), "metric": "None"},
            train_set,
            num_boost_round=parameters.num_iterations,
            valid_sets=[validation_set],
            feval=self._value,
            callbacks=[
                lightgbm.early_stopping(parameters.early_stopping_round, verbose=False),
                call_on_round,
            ],
        )
        text = booster.model_to_string(num_iteration=booster.best_iteration)
        (value,) = booster.best_score["valid_0"].values()
        return BoostingResult(classifier=Classifier.from_text(text), value=float(value))

    def _value(
        self, scores: npt.NDArray[np.float64], _: Any
    ) -> tuple[str, float, bool]:
        per_trial = np.split(scores, self._trial_stops[:-1])
        n_errors, n_touches = errors_at_best_threshold(
            self.validation_labels, per_trial
        )
        loss = _log_loss(self._labels, scores)
        value = (n_errors / n_touches if n_touches else 0) + _LOG_LOSS_WEIGHT * loss
        return "touch-count errors", value, False

    @property
    def _labels(self) -> LabelValues:
        return np.concatenate(list(self.validation_labels))

    @property
    def _trial_stops(self) -> npt.NDArray[np.int64]:
        return np.cumsum([len(labels) for labels in self.validation_labels])

    def _data_sets(self) -> tuple[Any, Any]:
        lightgbm = lightgbm_module()
        settings = {
            "verbosity": -1,
            "data_random_seed": self.seed,
            "bin_construct_sample_cnt": _FRAMES_FOR_BINS,
            "num_threads": self.num_threads,
            # The bins serve all trainings, for any min_data_in_leaf.
            "feature_pre_filter": False,
            "force_col_wise": True,
        }
        rows, n_repeats = [_sequence(self.train.features)], 1
        if self.copies is not None:
            rows, n_repeats = [*rows, _sequence(self.copies)], 2
        train_set = lightgbm.Dataset(
            rows,
            label=np.tile(self.train.labels.astype(np.float32), n_repeats),
            weight=np.tile(self.train.weights, n_repeats),
            params=settings,
            free_raw_data=True,
        )
        validation_set = lightgbm.Dataset(
            [_sequence(features) for features in self.validation_features],
            label=np.maximum(self._labels, 0).astype(np.float32),
            reference=train_set,
            params=settings,
        )
        return train_set.construct(), validation_set.construct()


def _sequence(rows: Features | EdgeCopies) -> Any:
    """Return rows as LightGBM reads them in batches, without a copy of the whole."""
    lightgbm = lightgbm_module()

    class Rows(lightgbm.Sequence):  # type: ignore[misc,name-defined]
        def __getitem__(self, which: int | slice) -> Any:
            if isinstance(rows, EdgeCopies):
                return rows.rows(which)
            return rows[which].astype(np.float64)

        def __len__(self) -> int:
            return len(rows)

    return Rows()


def _log_loss(labels: LabelValues, scores: Float64s) -> float:
    # scikit-learn's log_loss differs in the last bit, which changes the best round now
    # and then, and takes 4 ms for each round.
    is_labelled = labels != UNLABELLED
    if not is_labelled.any():
        return 0.0
    labels, scores = labels[is_labelled], scores[is_labelled]
    of_label = np.where(labels == 1, scores, 1 - scores)
    return float(-np.log(np.clip(of_label, 1e-15, 1)).mean())
