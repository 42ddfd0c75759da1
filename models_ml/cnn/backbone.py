"""Backbones: CNNs that turn each frame of a trial into units.

Each kind has a module with ``INPUT_PX``, ``PADDING``, ``N_UNITS`` and
``build_model()``: a Keras model from float32 images (n, INPUT_PX, INPUT_PX, 3) in
[-1, 1] to (n, N_UNITS). How it is run is the same for all and stands here.
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
from models_ml.cnn.frames import N_LAGS, Padding, padded_frames
from models_ml.cnn.runner import (
    FramesToUnits,
    cnn_runner,
    has_openvino,
    of_frozen_graph,
)
from models_ml.exceptions import CoreError
from models_ml.shipped import shipped_graph

# ResNet50V2 is slower in smaller batches, and in much larger ones.
_BATCH_FRAMES = 64

_MODULES = {"compact": "models_ml.cnn.compact", "resnet50v2": "models_ml.cnn.resnet"}


class BackboneError(CoreError):
    """A backbone cannot be loaded."""


class Backbone(Protocol):
    """A CNN with its weights."""

    @property
    def name(self) -> str:
        """How people refer to it, such as ``compact 1f2e3d4c``."""

    @property
    def kind(self) -> str:
        """Its architecture: ``compact`` or ``resnet50v2``."""

    @property
    def sha256(self) -> str:
        """Fingerprint of its weights file, 64 hexadecimal digits."""

    @property
    def input_px(self) -> int:
        """Side in pixels of the square image that the CNN sees."""

    @property
    def n_units(self) -> int:
        """Number of units for each frame."""

    @property
    def preprocessing(self) -> str:
        """What happens to frames before the CNN; equal text, equal treatment."""

    def units(self, frames: npt.NDArray[np.uint8]) -> Units:
        """Return the units of every frame of one trial.

        Parameters
        ----------
        frames : array of uint8, shape (n_frames, height, width)
            All frames of the trial, in frame order.

        Returns
        -------
        units : array of float32, shape (n_frames, n_units)
            In the same order.
        """


def load_backbone(kind: str, weights_path: str | Path) -> Backbone:
    """Load a backbone.

    Parameters
    ----------
    kind : str
        ``compact`` or ``resnet50v2``.
    weights_path : str or Path
        Its weights as Keras 3 writes them, a file that ends in ``.weights.h5``.

    Returns
    -------
    backbone : Backbone
        TensorFlow is imported, and the weights are read, only when it first runs:
        whoever finds all units kept never waits for it. The CNN that ships needs no
        TensorFlow at all where there is OpenVINO.

    Raises
    ------
    BackboneError
        If the kind is unknown, or the weights are not there; when it first runs, if
        they are of another network.
    """
    architecture = _architecture(kind)
    path = Path(weights_path)
    _check_weights_file(kind, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    graph = shipped_graph(sha256)

    def build() -> FramesToUnits:
        if graph and has_openvino():
            return of_frozen_graph(graph)
        model = architecture.build_model()
        _load_weights(model, kind, path)
        return cnn_runner(model, architecture.INPUT_PX)

    return KerasBackbone(
        name=f"{kind} {sha256[:8]}",
        kind=kind,
        sha256=sha256,
        input_px=architecture.INPUT_PX,
        n_units=architecture.N_UNITS,
        preprocessing=preprocessing(architecture.INPUT_PX, architecture.PADDING),
        padding=architecture.PADDING,
        _run=_BuiltWhenNeeded(build),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasBackbone:
    """A backbone that Keras runs; see `Backbone` for what its fields mean.

    `padding` is what stands before a trial's first frame.
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
            All frames of the trial, in frame order.

        Returns
        -------
        units : array of float32, shape (n_frames, n_units)
            In the same order.
        """
        padded = padded_frames(frames, padding=self.padding)
        units = np.empty((len(frames), self.n_units), np.float32)
        for first in range(0, len(frames), _BATCH_FRAMES):
            batch = padded[first : first + _BATCH_FRAMES + N_LAGS]
            units[first : first + _BATCH_FRAMES] = self._run(batch)
        return units


def preprocessing(input_px: int, padding: Padding) -> str:
    """Return the name of what happens to frames before a CNN of this input.

    Parameters
    ----------
    input_px : int
        Side of the CNN's input in pixels.
    padding : {"noise", "repeat"}
        What stands before a trial's first frame.

    Returns
    -------
    name : str
        To be changed with every change of `models_ml.cnn.frames`.
    """
    return f"lags t-2,t-1,t {padding}; x/127.5-1; bilinear {input_px} px"


def _architecture(kind: str) -> ModuleType:
    if kind not in _MODULES:
        raise BackboneError(
            f"Expected a backbone {' or '.join(_MODULES)}; found {kind}."
        )
    return import_module(_MODULES[kind])


def _check_weights_file(kind: str, path: Path) -> None:
    if not path.is_file():
        raise BackboneError(
            f"Expected the weights of a {kind} backbone; there is no file {path}: put "
            "it there, name another file, or use the compact backbone that ships."
        )
    if not path.name.endswith(".weights.h5"):
        raise BackboneError(
            "Expected weights as Keras 3 writes them, a file that ends in .weights.h5; "
            f"found {path.name}: write it again with model.save_weights."
        )


def _load_weights(model: Any, kind: str, path: Path) -> None:
    try:
        with warnings.catch_warnings():
            # Keras only warns of layers that it leaves at random weights.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(path)
    except (ValueError, OSError, KeyError, UserWarning) as error:
        raise BackboneError(
            f"Expected the weights of a {kind} backbone in {path.name}; they are of "
            "another network or damaged: choose another file or kind."
        ) from error


class _BuiltWhenNeeded:
    """Frames to units; the graph is built at the first call."""

    def __init__(self, build: Callable[[], FramesToUnits]) -> None:
        self._build = build

    def __call__(self, frames: npt.NDArray[np.uint8]) -> Units:
        return self._built(frames)

    @cached_property
    def _built(self) -> FramesToUnits:
        return self._build()
