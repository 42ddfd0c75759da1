"""WhACC's ResNet50V2, with the weights from WhACC's files.

The array of each layer is found by the layer's name and must have the layer's shape.
"""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models_ml.arrays import Float32s
from models_ml.cnn import resnet
from models_ml.whacc.arrays import (
    DOWNLOAD_ADVICE,
    Arrays,
    WhaccBackboneError,
    checked_array,
    stored_arrays,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """WhACC's last layer, which computes the CNN's own score from units by a sigmoid.

    Parameters
    ----------
    kernel : array of float32, shape (2048, 1)
        Weight of each unit.
    bias : array of float32, shape (1,)
        Added to the weighted sum.
    """

    kernel: Float32s = field(repr=False)
    bias: Float32s = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhaccBackbone:
    """WhACC's network with its weights.

    Parameters
    ----------
    model : keras.Model
        The model of `models_ml.cnn.resnet.build_model`.
    head : Head or None
        The last layer; None if the file does not have it.
    """

    model: Any = field(repr=False)
    head: Head | None


def read_whacc_backbone(path: str | Path) -> WhaccBackbone:
    """Read WhACC's network. Code in the files is not executed.

    Parameters
    ----------
    path : str or Path
        A folder with a TensorFlow SavedModel, a weights file of Keras 2 (``.h5``), or a
        weights file of Keras 3 for `resnet.build_model` (``.weights.h5``).

    Returns
    -------
    backbone : WhaccBackbone
        The network with the weights of the file in every layer.

    Raises
    ------
    WhaccBackboneError
        If an array is missing or damaged, has another shape, or has values that are not
        finite.
    """
    path = Path(path)
    if _is_of_keras_3(path):
        return WhaccBackbone(model=_model_of_keras_3(path), head=None)
    arrays = stored_arrays(path)
    names = dict.fromkeys(_dense_layers(arrays, resnet.N_UNITS), "units")
    if len(names) != 1:
        raise WhaccBackboneError(
            f"{path} has {len(names)} dense layers of {resnet.N_UNITS} units instead "
            f"of one. {DOWNLOAD_ADVICE}"
        )
    model = resnet.build_model()
    whacc_name = {ours: theirs for theirs, ours in names.items()}
    for layer in model.layers:
        for variable in layer.weights:
            name = f"{whacc_name.get(layer.name, layer.name)}/{variable.name}"
            variable.assign(checked_array(path, arrays, name, tuple(variable.shape)))
    head = read_whacc_head(path) if _dense_layers(arrays, 1) else None
    return WhaccBackbone(model=model, head=head)


def read_whacc_head(path: str | Path) -> Head:
    """Read WhACC's last layer, from a file of the whole network or of this layer only.

    Parameters
    ----------
    path : str or Path
        A folder with a TensorFlow SavedModel, such as the one in WhACC's wheel, or a
        weights file of Keras 2.

    Returns
    -------
    head : Head
        The layer.

    Raises
    ------
    WhaccBackboneError
        If the layer is missing or damaged, or has values that are not finite.
    """
    path = Path(path)
    arrays = stored_arrays(path)
    layers = _dense_layers(arrays, 1)
    if len(layers) != 1:
        raise WhaccBackboneError(
            f"{path} has {len(layers)} dense layers from {resnet.N_UNITS} units to one "
            f"score instead of one. {DOWNLOAD_ADVICE}"
        )
    return Head(
        kernel=checked_array(path, arrays, f"{layers[0]}/kernel", (resnet.N_UNITS, 1)),
        bias=checked_array(path, arrays, f"{layers[0]}/bias", (1,)),
    )


def _dense_layers(arrays: Arrays, n_outputs: int) -> list[str]:
    shape = (resnet.N_UNITS, n_outputs)
    return [
        name.removesuffix("/kernel")
        for name, stored in arrays.items()
        if name.endswith("/kernel") and stored.shape == shape
    ]


def _is_of_keras_3(path: Path) -> bool:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return "layers" in file
    except OSError:
        return False


def _model_of_keras_3(path: Path) -> Any:
    model = resnet.build_model()
    try:
        with warnings.catch_warnings():
            # Keras only warns when it leaves layers at random weights.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(path)
    except (ValueError, OSError, KeyError, UserWarning) as error:
        raise WhaccBackboneError(
            f"The Keras 3 weights in {path} belong to another network than WhACC's "
            f"ResNet50V2, or they are damaged. {DOWNLOAD_ADVICE}"
        ) from error
    if not all(np.isfinite(array).all() for array in model.get_weights()):
        raise WhaccBackboneError(
            f"{path} has weights that are not finite. Copy the file again."
        )
    return model
