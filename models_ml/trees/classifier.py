"""The classifier: gradient-boosted trees that turn features into scores.

Kept as LightGBM's text, which is data: nothing in it is run or unpickled.
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
    """Frames to learn from or to validate on.

    Parameters
    ----------
    features : array of float32, shape (n_frames, n_columns)
        NaN where a window left the trial.
    labels : array of bool, shape (n_frames,)
        True for touch frames.
    weights : array of float32, shape (n_frames,)
        How much each frame counts.
    """

    features: Features
    labels: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Classifier:
    """A trained classifier; made by `train_classifier`, `load` or `from_text`.

    Parameters
    ----------
    text : str
        LightGBM's text of the trees, without its log of the training.
    """

    text: str = field(repr=False)
    _booster: Any = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a classifier.

        Parameters
        ----------
        text : str
            LightGBM's text of the trees.

        Returns
        -------
        classifier : Classifier
            Gives the scores that it gave when it was written.

        Raises
        ------
        ClassifierError
            If the text is not whole, or its trees are not trees.
        """
        lightgbm = lightgbm_module()
        try:
            trees = checked_trees(text)
            return cls(trees, lightgbm.Booster(model_str=trees))
        except (TreeTextError, lightgbm.basic.LightGBMError) as error:
            raise ClassifierError(
                f"Expected a classifier as LightGBM's text; reading it failed: {error}."
            ) from error

    @property
    def n_columns(self) -> int:
        """Number of feature columns that it takes."""
        return int(self._booster.num_feature())

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return int(self._booster.num_trees())

    @property
    def column_names(self) -> tuple[str, ...]:
        """What each feature column was called when the trees were grown."""
        return tuple(self._booster.feature_name())

    @property
    def gains(self) -> npt.NDArray[np.float64]:
        """How much loss all splits on each feature column took away."""
        return np.asarray(self._booster.feature_importance("gain"), np.float64)

    def first_trees(self, n_trees: int) -> Self:
        """Return the classifier of the first trees alone.

        Parameters
        ----------
        n_trees : int
            How many trees to keep; at least 1.

        Returns
        -------
        classifier : Classifier
            Gives the scores that these trees gave before the others were grown.
        """
        return self.from_text(self._booster.model_to_string(num_iteration=n_trees))

    def scores(self, features: Features) -> npt.NDArray[np.float64]:
        """Return the raw score of each frame.

        Parameters
        ----------
        features : array of float32, shape (n_frames, n_columns)
            In the order of the feature set that it was trained with.

        Returns
        -------
        scores : array of float64, shape (n_frames,)
            In [0, 1], neither smoothed nor thresholded, computed on all cores.

        Raises
        ------
        ClassifierError
            If there is another number of columns.
        """
        if features.ndim != 2 or features.shape[1] != self.n_columns:
            raise ClassifierError(
                f"Expected {self.n_columns} feature columns; got an array of shape "
                f"{features.shape}: use the feature set that this classifier was "
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
        LightGBM's text of the trees.

    Returns
    -------
    classifier : Classifier
        Gives the scores that it gave when it was written.

    Raises
    ------
    ClassifierError
        If there is no such file, or its text is not whole.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        reason = f"it cannot be read ({error.strerror}): name another file."
        raise ClassifierError(f"Expected a classifier at {path}; {reason}") from error
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
        What to learn from; frames of both kinds.
    validation : LabelledFrames, optional
        Frames of other trials: growing stops when they are no longer fitted better,
        and the trees up to the best fit are kept.
    parameters : ClassifierParameters, optional
        How trees are grown.

    Returns
    -------
    classifier : Classifier
        The same for the same arguments.

    Raises
    ------
    ClassifierError
        If there is nothing to tell apart.

    Notes
    -----
    The fit is judged by log loss, which has a value on frames of one kind too.
    """
    if train.labels.all() or not train.labels.any():
        raise ClassifierError(
            "Expected touch and no-touch frames to learn from; "
            f"all {len(train.labels)} are of one kind."
        )
    lightgbm = lightgbm_module()
    parameters = parameters or ClassifierParameters()
    settings = lightgbm_settings(parameters)
    train_set = _data_set(train, settings)
    watched, callbacks = [], []
    if validation is not None:
        watched.append(_data_set(validation, settings).set_reference(train_set))
        callbacks.append(
            lightgbm.early_stopping(parameters.early_stopping_round, verbose=False)
        )
    booster = lightgbm.train(
        settings,
        train_set,
        num_boost_round=parameters.num_iterations,
        valid_sets=watched,
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
