"""The classifier: gradient-boosted trees that turn features into scores.

It is stored as LightGBM's text. The text is data: reading it executes no code.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Features
from models_ml.exceptions import CoreError
from models_ml.trees.model_text import TreeTextError, checked_trees
from models_ml.trees.parameters import (
    ClassifierParameters,
    lightgbm_module,
    lightgbm_settings,
)


class ClassifierError(CoreError):
    """A classifier cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFrames:
    """Labelled frames for training or validation.

    Parameters
    ----------
    features : array of float32, shape (n_frames, n_columns)
        Temporal features; NaN where a window leaves the trial.
    labels : array of bool, shape (n_frames,)
        True for touch, False for not touch.
    weights : array of float32, shape (n_frames,)
        Training weight of each frame; above 0.
    """

    features: Features
    labels: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Classifier:
    """A trained classifier; `train_classifier`, `load` and `from_text` create it.

    Parameters
    ----------
    text : str
        LightGBM's text of the trees, without the training parameters at its end.
    """

    text: str = field(repr=False)
    _booster: Any = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a classifier from a text.

        Parameters
        ----------
        text : str
            LightGBM's text of the trees.

        Returns
        -------
        classifier : Classifier
            A classifier with exactly the scores of the one that was written.

        Raises
        ------
        ClassifierError
            If the text is incomplete or damaged.
        """
        lightgbm = lightgbm_module()
        try:
            trees = checked_trees(text)
            return cls(trees, lightgbm.Booster(model_str=trees))
        except (TreeTextError, lightgbm.basic.LightGBMError) as error:
            raise ClassifierError(
                f"The classifier is not a valid LightGBM model: {error}. Choose "
                "another file."
            ) from error

    @property
    def n_columns(self) -> int:
        """Number of feature columns."""
        return int(self._booster.num_feature())

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return int(self._booster.num_trees())

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the feature columns in the training data."""
        return tuple(self._booster.feature_name())

    @property
    def gains(self) -> npt.NDArray[np.float64]:
        """Decrease of the training loss by all splits on each feature column."""
        return np.asarray(self._booster.feature_importance("gain"), np.float64)

    def first_trees(self, n_trees: int) -> Self:
        """Return a classifier with the first trees only.

        Parameters
        ----------
        n_trees : int
            Number of trees; from 1 to the number of trees of this classifier.

        Returns
        -------
        classifier : Classifier
            A classifier with the scores from before the later trees were trained.
        """
        return self.from_text(self._booster.model_to_string(num_iteration=n_trees))

    def scores(self, features: Features) -> npt.NDArray[np.float64]:
        """Return the raw score of each frame.

        Parameters
        ----------
        features : array of float32, shape (n_frames, n_columns)
            Columns in the order of the feature set in training.

        Returns
        -------
        scores : array of float64, shape (n_frames,)
            Probability of a touch, in [0, 1], neither smoothed nor thresholded.
            LightGBM computes it on all cores.

        Raises
        ------
        ClassifierError
            If the number of columns is wrong.
        """
        if features.ndim != 2 or features.shape[1] != self.n_columns:
            raise ClassifierError(
                f"Expected {self.n_columns} feature columns; got an array of shape "
                f"{features.shape}. Use the feature set that this classifier was "
                "trained with."
            )
        if not len(features):
            return np.zeros(0)
        return np.asarray(self._booster.predict(features), np.float64)


def load(path: str | Path) -> Classifier:
    """Read a classifier from a file.

    Parameters
    ----------
    path : str or Path
        A file with LightGBM's text of the trees.

    Returns
    -------
    classifier : Classifier
        A classifier with exactly the scores of the one that was written.

    Raises
    ------
    ClassifierError
        If the file cannot be read, or if its text is incomplete or damaged.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ClassifierError(
            f"The classifier {path} cannot be read ({error.strerror}). Choose another "
            "file."
        ) from error
    return Classifier.from_text(content.decode(errors="replace"))


def train_classifier(
    train: LabelledFrames,
    *,
    validation: LabelledFrames | None = None,
    parameters: ClassifierParameters | None = None,
) -> Classifier:
    """Train a classifier.

    Parameters
    ----------
    train : LabelledFrames
        Frames to train on, with touches and without.
    validation : LabelledFrames, optional
        Frames of other trials. Training stops when their log loss stops decreasing,
        and the classifier has the trees up to the lowest log loss.
    parameters : ClassifierParameters, optional
        Parameters of the training.

    Returns
    -------
    classifier : Classifier
        Equal for equal arguments.

    Raises
    ------
    ClassifierError
        If all frames to train on have the same label.

    Notes
    -----
    Log loss is defined for validation frames with equal labels too, unlike ROC AUC.
    """
    if train.labels.all() or not train.labels.any():
        raise ClassifierError(
            f"All {len(train.labels)} training frames have the same label. Train on "
            "touch frames and on frames without touch."
        )
    lightgbm = lightgbm_module()
    parameters = parameters or ClassifierParameters()
    settings = lightgbm_settings(parameters)
    train_set = _data_set(train, settings)
    validation_sets, callbacks = [], []
    if validation is not None:
        validation_set = _data_set(validation, settings).set_reference(train_set)
        validation_sets.append(validation_set)
        callbacks.append(
            lightgbm.early_stopping(parameters.early_stopping_round, verbose=False)
        )
    booster = lightgbm.train(
        settings,
        train_set,
        num_boost_round=parameters.num_iterations,
        valid_sets=validation_sets,
        callbacks=callbacks,
    )
    return Classifier.from_text(
        booster.model_to_string(num_iteration=booster.best_iteration)
    )


def _data_set(frames: LabelledFrames, settings: dict[str, Any]) -> Any:
    return lightgbm_module().Dataset(
        frames.features,
        label=frames.labels.astype(np.float32),
        weight=frames.weights,
        params=settings,
    )
