"""Backbones: CNNs that compute the units of each frame of a trial.

Each kind of backbone has a module with ``INPUT_PX``, ``PADDING``, ``N_UNITS`` and
``build_model()``, which returns a Keras model from float32 images of shape
(n, INPUT_PX, INPUT_PX, 3) in [-1, 1] to float32 units of shape (n, N_UNITS). This
module loads the weights of any kind and runs the CNN in batches.
"""

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Units
from models_ml.cnn.frames import N_LAGS, Channels, Padding, padded_frames
from models_ml.cnn.runner import (
    FramesToUnits,
    cnn_runner,
    has_openvino,
    load_frozen_graph,
)
from models_ml.exceptions import CoreError
from models_ml.shipped import shipped_graph

# ResNet50V2 is slower with smaller batches and with much larger ones.
_BATCH_FRAMES = 64

_MODULES = {"compact": "models_ml.cnn.compact", "resnet50v2": "models_ml.cnn.resnet"}


_STILL = "frame t three times"


class BackboneError(CoreError):
    """A backbone cannot be loaded."""


class Backbone(Protocol):
    """A CNN with its weights."""

    @property
    def name(self) -> str:
        """Name for people, such as ``compact 1f2e3d4c``."""

    @property
    def kind(self) -> str:
        """Architecture: ``compact`` or ``resnet50v2``."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights file, 64 hexadecimal digits."""

    @property
    def input_px(self) -> int:
        """Side in pixels of the square input image of the CNN."""

    @property
    def n_units(self) -> int:
        """Number of units of a frame."""

    @property
    def preprocessing(self) -> str:
        """Preprocessing of frames; equal texts mean equal preprocessing."""

    def units(self, frames: npt.NDArray[np.uint8]) -> Units:
        """Return the units of every frame of one trial.

        Parameters
        ----------
        frames : array of uint8, shape (n_frames, height, width)
            All frames of the trial, in frame order; at least one.

        Returns
        -------
        units : array of float32, shape (n_frames, n_units)
            Units of the frames, in the same order; at least 0.

        Raises
        ------
        ValueError
            If frames are not uint8 of this shape, or if there are none.
        BackboneError
            If the weights belong to another network. They are read at the first call.
        """


def load_backbone(
    kind: str, weights_path: str | Path, *, channels: Channels = "lags"
) -> Backbone:
    """Load a backbone.

    Parameters
    ----------
    kind : str
        ``compact`` or ``resnet50v2``.
    weights_path : str or Path
        Weights file of Keras 3; its name ends in ``.weights.h5``.
    channels : {"lags", "still"}
        What the CNN sees for frame t: frames t-2, t-1 and t, or frame t three times.

    Returns
    -------
    backbone : Backbone
        The backbone. Its first call of `units` imports TensorFlow and reads the
        weights, so a caller that finds all units in the cache does not wait for it. The
        shipped CNN runs without TensorFlow where OpenVINO is installed.

    Raises
    ------
    BackboneError
        If the kind is unknown, if there is no weights file, or if its name has another
        ending.
    """
    architecture = _architecture(kind)
    path = Path(weights_path)
    _check_weights_file(kind, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    graph = shipped_graph(sha256)

    def build() -> FramesToUnits:
        if graph and channels == "lags" and has_openvino():
            return load_frozen_graph(graph)
        return cnn_runner(backbone_model(kind, path), architecture.INPUT_PX, channels)

    return KerasBackbone(
        name=f"{kind} {sha256[:8]}",
        kind=kind,
        sha256=sha256,
        input_px=architecture.INPUT_PX,
        n_units=architecture.N_UNITS,
        preprocessing=preprocessing(
            architecture.INPUT_PX, architecture.PADDING, channels
        ),
        padding=architecture.PADDING,
        _run=_LazyRunner(build),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasBackbone:
    """A backbone with a Keras model; `Backbone` describes its attributes.

    `padding` decides the frames before the first frame of a trial.
    """

    name: str
    kind: str
    sha256: str
    input_px: int
    n_units: int
    preprocessing: str
    padding: Padding
    _run: FramesToUnits

    def units(self, frames: npt.NDArray[np.uint8]) -> Units:
        """Return the units of every frame of one trial.

        Parameters
        ----------
        frames : array of uint8, shape (n_frames, height, width)
            All frames of the trial, in frame order; at least one.

        Returns
        -------
        units : array of float32, shape (n_frames, n_units)
            Units of the frames, in the same order; at least 0.

        Raises
        ------
        ValueError
            If frames are not uint8 of this shape, or if there are none.
        BackboneError
            If the weights belong to another network. They are read at the first call.
        """
        padded = padded_frames(frames, padding=self.padding)
        units = np.empty((len(frames), self.n_units), np.float32)
        for first in range(0, len(frames), _BATCH_FRAMES):
            batch = padded[first : first + _BATCH_FRAMES + N_LAGS]
            units[first : first + _BATCH_FRAMES] = self._run(batch)
        return units


def backbone_model(kind: str, weights_path: Path) -> Any:
    """Return the Keras model of a backbone, with its weights.

    Parameters
    ----------
    kind : str
        ``compact`` or ``resnet50v2``.
    weights_path : Path
        Weights file of Keras 3.

    Returns
    -------
    model : keras.Model
        From float32 images of shape (n, input_px, input_px, 3) in [-1, 1] to units.

    Raises
    ------
    BackboneError
        If the kind is unknown, or if the weights belong to another network.
    """
    model = _architecture(kind).build_model()
    _load_weights(model, kind, weights_path)
    return model


def preprocessing(input_px: int, padding: Padding, channels: Channels = "lags") -> str:
    """Return the description of the preprocessing, which is part of cache keys.

    Parameters
    ----------
    input_px : int
        Side of the CNN's input in pixels.
    padding : {"noise", "repeat"}
        Frames before the first frame of a trial; see `models_ml.cnn.frames.lag_images`.
    channels : {"lags", "still"}
        What the CNN sees for frame t.

    Returns
    -------
    text : str
        The description. Every change to the values of `models_ml.cnn.frames` must
        change this text.
    """
    seen = f"lags t-2,t-1,t {padding}" if channels == "lags" else _STILL
    return f"{seen}; x/127.5-1; bilinear {input_px} px"


def channels_of(text: str) -> Channels:
    """Return what a CNN sees for frame t, from the text of its preprocessing.

    Parameters
    ----------
    text : str
        As `preprocessing` returns it.

    Returns
    -------
    channels : {"lags", "still"}
    """
    return "still" if text.startswith(_STILL) else "lags"


def _architecture(kind: str) -> ModuleType:
    if kind not in _MODULES:
        raise BackboneError(
            f"There is no backbone {kind}. Choose {' or '.join(_MODULES)}."
        )
    return import_module(_MODULES[kind])


def _check_weights_file(kind: str, path: Path) -> None:
    if not path.is_file():
        raise BackboneError(
            f"The weights of the {kind} backbone are missing: there is no file {path}. "
            "Put it there, choose another file, or use the shipped compact backbone."
        )
    if not path.name.endswith(".weights.h5"):
        raise BackboneError(
            f"{path.name} is not a weights file of Keras 3: its name does not end in "
            ".weights.h5. Write the weights with model.save_weights."
        )


def _load_weights(model: Any, kind: str, path: Path) -> None:
    try:
        with warnings.catch_warnings():
            # Keras only warns when it leaves layers at random weights.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(path)
    except (ValueError, OSError, KeyError, UserWarning) as error:
        raise BackboneError(
            f"The weights in {path.name} belong to another network than {kind}, or "
            "they are damaged. Choose another file or kind."
        ) from error


class _LazyRunner:
    """A function from frames to units that is built at its first call."""

    def __init__(self, build: Callable[[], FramesToUnits]) -> None:
        self._build = build

    def __call__(self, frames: npt.NDArray[np.uint8]) -> Units:
        return self._run(frames)

    @cached_property
    def _run(self) -> FramesToUnits:
        return self._build()
