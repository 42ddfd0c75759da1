"""WhACC's ResNet50V2: its weights out of WhACC's files, as Keras 3 takes them.

Every array is found by its layer's name and must have the shape that the layer has.
"""

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models_ml.arrays import Float32s
from models_ml.cnn import resnet
from models_ml.whacc.arrays import (
    WAYS_ON,
    Arrays,
    WhaccBackboneError,
    checked_array,
    stored_arrays,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """WhACC's last layer: units to the CNN's own score, by a sigmoid.

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
        As `resnet.build_model` builds it.
    head : Head or None
        None where the file has none.
    """

    model: Any = field(repr=False)
    head: Head | None


def read_whacc_backbone(path: str | Path) -> WhaccBackbone:
    """Read WhACC's network; nothing in the files is run.

    Parameters
    ----------
    path : str or Path
        A folder with a TensorFlow SavedModel, weights as Keras 2 writes them (``.h5``),
        or weights of `resnet.build_model` as Keras 3 does (``.weights.h5``).

    Returns
    -------
    backbone : WhaccBackbone
        Every array found by its layer's name, and of the shape that the layer has.

    Raises
    ------
    WhaccBackboneError
        If something is missing, damaged, of another shape, or not a number.
    """
    path = Path(path)
    if _is_of_keras_3(path):
        return WhaccBackbone(model=_model_of_keras_3(path), head=None)
    arrays = stored_arrays(path)
    names = dict.fromkeys(_dense_layers(arrays, resnet.N_UNITS), "units")
    if len(names) != 1:
        raise WhaccBackboneError(
            f"Expected one dense layer of {resnet.N_UNITS} units in {path}, found "
            f"{len(names)}: {WAYS_ON}."
        )
    model = resnet.build_model()
    own_name = {ours: theirs for theirs, ours in names.items()}
    for layer in model.layers:
        for variable in layer.weights:
            name = f"{own_name.get(layer.name, layer.name)}/{variable.name}"
            variable.assign(checked_array(path, arrays, name, tuple(variable.shape)))
    head = read_whacc_head(path) if _dense_layers(arrays, 1) else None
    return WhaccBackbone(model=model, head=head)


def read_whacc_head(path: str | Path) -> Head:
    """Read the last layer alone, of a whole network or as WhACC's wheel has it.

    Parameters
    ----------
    path : str or Path
        A folder with a TensorFlow SavedModel, or weights as Keras 2 writes them.

    Returns
    -------
    head : Head
        What turns units into the CNN's own score.

    Raises
    ------
    WhaccBackboneError
        If it is not there, damaged, or not a number.
    """
    path = Path(path)
    arrays = stored_arrays(path)
    layers = _dense_layers(arrays, 1)
    if len(layers) != 1:
        raise WhaccBackboneError(
            f"Expected one dense layer from {resnet.N_UNITS} units to one score in "
            f"{path}, found {len(layers)}: {WAYS_ON}."
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
            # Keras only warns of layers that it leaves at random weights.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(path)
    except (ValueError, OSError, KeyError, UserWarning) as error:
        raise WhaccBackboneError(
            f"Expected Keras 3's weights of WhACC's ResNet50V2 in {path}; they are of "
            f"another network or damaged: {WAYS_ON}."
        ) from error
    if not all(np.isfinite(array).all() for array in model.get_weights()):
        raise WhaccBackboneError(
            f"Expected finite weights in {path}, found others: copy the file again."
        )
    return model
