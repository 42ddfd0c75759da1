"""The shipped model: compact CNN, classifier, and the classifier's training data.

`models_ml.making.build` made its files from simulated recordings.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.exceptions import CoreError

FOLDER = Path(__file__).parent / "data"
DESCRIPTION = "model.json"
WEIGHTS = "compact.weights.h5"
GRAPH = "compact.graph.pb"
CLASSIFIER = "classifier.txt"
FEATURE_SET = "feature_set.json"
TRAINING_UNITS = "training_units.npz"


class ShippedModelError(CoreError):
    """A file of the shipped model differs from its published content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedModel:
    """The verified files of the shipped model, and its description.

    Attributes
    ----------
    name : str
        Name of the model.
    backbone_kind : str
        Kind of the backbone, for `models_ml.cnn.backbone.load_backbone`.
    threshold : float
        A frame is a touch frame when its smoothed score is greater.
    weights_path, classifier_path, feature_set_path, training_units_path : Path
        Weights of the backbone, LightGBM's text, the feature set as JSON, and the units
        and labels of the classifier's training data.
    sha256 : dict of str to str
        Fingerprint of each file, by file name.
    metrics : dict
        Metrics on held-out trials of the training rigs.
    origin : str
        How the files were made.
    """

    name: str
    backbone_kind: str
    threshold: float
    weights_path: Path
    classifier_path: Path
    feature_set_path: Path
    training_units_path: Path
    sha256: dict[str, str]
    metrics: dict[str, Any]
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingUnits:
    """Training data of the shipped classifier: units and truth.

    Attributes
    ----------
    units : array of float32, shape (n_frames, n_units)
        Trials one after the other.
    touch : array of bool, shape (n_frames,)
        The simulated truth.
    trial_lengths : array of int64, shape (n_trials,)
        Frames in each trial.
    """

    units: npt.NDArray[np.float32]
    touch: npt.NDArray[np.bool_]
    trial_lengths: npt.NDArray[np.int64]


def shipped_model(folder: Path = FOLDER) -> ShippedModel:
    """Return the shipped model, after checking the fingerprint of every file.

    Parameters
    ----------
    folder : Path
        Folder of its files.

    Returns
    -------
    ShippedModel

    Raises
    ------
    ShippedModelError
        If a file is missing or differs from the published one.
    """
    text = _bytes_of(folder / DESCRIPTION)
    try:
        description = json.loads(text)
        sha256: dict[str, str] = description["sha256"]
        for name in (WEIGHTS, GRAPH, CLASSIFIER, FEATURE_SET, TRAINING_UNITS):
            _check(folder / name, sha256[name])
        return ShippedModel(
            name=description["name"],
            backbone_kind=description["backbone_kind"],
            threshold=float(description["threshold"]),
            weights_path=folder / WEIGHTS,
            classifier_path=folder / CLASSIFIER,
            feature_set_path=folder / FEATURE_SET,
            training_units_path=folder / TRAINING_UNITS,
            sha256=sha256,
            metrics=description["metrics"],
            origin=description["origin"],
        )
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise _damaged(error) from error


def shipped_graph(weights_sha256: str, folder: Path = FOLDER) -> Path | None:
    """Return the graph of the shipped CNN, which runs without TensorFlow.

    Parameters
    ----------
    weights_sha256 : str
        Fingerprint of the weights of a CNN.
    folder : Path
        Folder of the shipped model's files.

    Returns
    -------
    path : Path or None
        The graph from frames to units; None for any other CNN.

    Raises
    ------
    ShippedModelError
        If the graph is missing or differs from the published one.
    """
    try:
        sha256 = json.loads(_bytes_of(folder / DESCRIPTION))["sha256"]
        if weights_sha256 != sha256[WEIGHTS]:
            return None
        _check(folder / GRAPH, sha256[GRAPH])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise _damaged(error) from error
    return folder / GRAPH


def shipped_training_units(folder: Path = FOLDER) -> TrainingUnits:
    """Return the training data of the shipped classifier, for use in a retrain.

    Parameters
    ----------
    folder : Path
        Folder of the shipped model's files.

    Returns
    -------
    TrainingUnits

    Raises
    ------
    ShippedModelError
        If a file is missing or differs from the published one.
    """
    path = shipped_model(folder).training_units_path
    with np.load(path, allow_pickle=False) as file:
        return TrainingUnits(
            units=file["units"].astype(np.float32),
            touch=file["touch"].astype(np.bool_),
            trial_lengths=file["trial_lengths"].astype(np.int64),
        )


def _damaged(error: Exception) -> ShippedModelError:
    return ShippedModelError(
        f"{DESCRIPTION} of the shipped model is a damaged file ({error!r}). Install "
        "the package again."
    )


def _check(path: Path, sha256: str) -> None:
    found = hashlib.sha256(_bytes_of(path)).hexdigest()
    if found != sha256:
        raise ShippedModelError(
            f"{path.name} of the shipped model has the fingerprint {found[:12]} "
            f"instead of {sha256[:12]}. Install the package again."
        )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ShippedModelError(
            f"The shipped model's file {path} cannot be read. Install the package "
            "again."
        ) from error
