"""Growing trees until touches, not frames, are told apart best."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.touches.evaluation import NOT_LABELLED, Labels, errors_at_best_threshold
from models_ml.training.edge_nans import EdgeCopies
from models_ml.trees.classifier import Classifier, LabelledFrames
from models_ml.trees.parameters import (
    ClassifierParameters,
    lightgbm_module,
    lightgbm_settings,
)

Features = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

# Frames that bins are drawn from, each read by itself: of LightGBM's 200,000 a quarter,
# which still gives each of 255 bins two hundred.
_FRAMES_FOR_BINS = 50_000

# Of two classifiers with the same touch-count errors the one with the lower log loss
# is better; it never outweighs an error, as long as there are fewer than 1,000 touches.
_LOG_LOSS_WEIGHT = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosted:
    """A classifier, and how good it is where its growth was stopped.

    Parameters
    ----------
    classifier : Classifier
        The trees up to the best round.
    value : float
        What was minimised: touch-count errors per touch on the validation trials at
        the best threshold, plus a thousandth of the log loss.
    """

    classifier: Classifier
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostingData:
    """What to learn from and to stop on, binned once for any number of trainings.

    Parameters
    ----------
    train : LabelledFrames
        Frames of training trials, of both kinds.
    copies : EdgeCopies or None
        Copies of the same frames with missing values, learned from as well.
    validation_features : sequence of arrays of float32, shape (n_frames, n_columns)
        All frames of each validation trial: scores are smoothed over whole trials.
    validation_labels : sequence of arrays of int8, shape (n_frames,)
        1 touch, 0 not touch, -1 not labelled.
    seed : int
        Of the frames that the bins are drawn from.
    n_threads : int
        Threads to train with; 0 for all cores.
    """

    train: LabelledFrames
    copies: EdgeCopies | None
    validation_features: Sequence[Features]
    validation_labels: Sequence[Labels]
    seed: int = 0
    n_threads: int = 0
    _sets: tuple[Any, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sets", self._data_sets())

    def boost(
        self,
        parameters: ClassifierParameters,
        *,
        on_round: Callable[[int, float], None] = lambda _round, _value: None,
    ) -> Boosted:
        """Grow trees until the validation trials have no fewer errors any more.

        Parameters
        ----------
        parameters : ClassifierParameters
            How trees are grown.
        on_round : callable, optional
            Told each round's number from 0 and its value; what it raises ends this.

        Returns
        -------
        boosted : Boosted
            The same for the same data, parameters and threads.
        """
        lightgbm = lightgbm_module()
        train_set, validation_set = self._sets

        def tell(env: Any) -> None:
            on_round(env.iteration, env.evaluation_result_list[0][2])

        booster = lightgbm.train(
            {**lightgbm_settings(parameters), "metric": "None"},
            train_set,
            num_boost_round=parameters.n_rounds,
            valid_sets=[validation_set],
            feval=self._value,
            callbacks=[
                lightgbm.early_stopping(parameters.stop_after, verbose=False),
                tell,
            ],
        )
        text = booster.model_to_string(num_iteration=booster.best_iteration)
        (value,) = booster.best_score["valid_0"].values()
        return Boosted(classifier=Classifier.from_text(text), value=float(value))

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
    def _labels(self) -> Labels:
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
            "num_threads": self.n_threads,
            # Bins are made once, whatever leaves a later training may have.
            "feature_pre_filter": False,
            "force_col_wise": True,
        }
        rows, times = [_sequence(self.train.features)], 1
        if self.copies is not None:
            rows, times = [*rows, _sequence(self.copies)], 2
        train_set = lightgbm.Dataset(
            rows,
            label=np.tile(self.train.labels.astype(np.float32), times),
            weight=np.tile(self.train.weights, times),
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
    """Let LightGBM read rows a batch at a time, so that nothing is copied whole."""
    lightgbm = lightgbm_module()

    class Rows(lightgbm.Sequence):  # type: ignore[misc,name-defined]
        def __getitem__(self, which: int | slice) -> Any:
            if isinstance(rows, EdgeCopies):
                return rows.rows(which)
            return rows[which].astype(np.float64)

        def __len__(self) -> int:
            return len(rows)

    return Rows()


def _log_loss(labels: Labels, scores: Scores) -> float:
    known = labels != NOT_LABELLED
    of_truth = np.where(labels[known] == 1, scores[known], 1 - scores[known])
    return float(-np.log(np.clip(of_truth, 1e-15, 1)).mean()) if known.any() else 0.0
