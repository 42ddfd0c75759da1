"""The arrays in WhACC's files of weights, by the names of their layers.

A SavedModel is a graph, which is a program, and a checkpoint of arrays. Only the arrays
are read; the graph is neither loaded nor run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.cnn.quiet_tensorflow import quiet_tensorflow
from models_ml.exceptions import CoreError

WHACC_FOLDER = "final_resnet50V2_full_model"
WAYS_ON = (
    f"WhACC downloads {WHACC_FOLDER} when its model_maker.load_final_model() first "
    'runs, from the links under "resnet_model" in its utils.download_data_dict(); name '
    "that folder, or a file of Keras weights of the same network"
)

# The largest array of the network has 4.7 million.
_VALUES_MAX = 10_000_000


class WhaccBackboneError(CoreError):
    """Files are not WhACC's network."""


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array that is not yet read."""

    shape: tuple[int, ...]
    read: Callable[[], Any]


Arrays = Mapping[str, StoredArray]


def stored_arrays(path: Path) -> Arrays:
    """Return what is stored, by `layer/array`; nothing is read yet.

    Parameters
    ----------
    path : Path
        A folder with a TensorFlow SavedModel, or weights as Keras 2 writes them.

    Returns
    -------
    arrays : mapping of str to stored array
        Each with its shape and how to read it.

    Raises
    ------
    WhaccBackboneError
        If there is no such file, or it cannot be read.
    """
    if path.is_dir():
        return _of_saved_model(path)
    if path.is_file():
        return _of_keras_2(path)
    raise WhaccBackboneError(
        f"Expected WhACC's ResNet50V2; there is no {path}: {WAYS_ON}."
    )


def _of_saved_model(folder: Path) -> Arrays:
    tensorflow = quiet_tensorflow()
    from tensorflow.core.protobuf.trackable_object_graph_pb2 import TrackableObjectGraph

    prefix = _checkpoint(folder)
    try:
        reader = tensorflow.train.load_checkpoint(str(prefix))
        shapes = reader.get_variable_to_shape_map()
        graph = TrackableObjectGraph.FromString(
            reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH")
        )
    # A damaged checkpoint fails as TensorFlow's, protobuf's and Python's errors.
    except Exception as error:
        raise _damaged(prefix.with_suffix(".index"), error) from error

    def reading(key: str) -> Callable[[], Any]:
        return lambda: reader.get_tensor(key)

    return {
        _layer_and_array(entry.full_name): StoredArray(
            tuple(shapes[entry.checkpoint_key]), reading(entry.checkpoint_key)
        )
        for node in graph.nodes
        for entry in node.attributes
        if entry.checkpoint_key in shapes
    }


def _checkpoint(folder: Path) -> Path:
    """Return the checkpoint's path as TensorFlow takes it, without an ending."""
    # Unpacked from a zip file, the folder may lie in another of its name.
    for inner in (folder, folder / WHACC_FOLDER):
        prefix = inner / "variables" / "variables"
        if prefix.with_suffix(".index").is_file():
            break
    else:
        raise WhaccBackboneError(
            f"Expected a TensorFlow SavedModel; there is no variables/variables.index "
            f"in {folder}: {WAYS_ON}."
        )
    if not list(prefix.parent.glob("variables.data-*")):
        raise WhaccBackboneError(
            f"Expected the arrays beside {prefix}.index; there is no file "
            f"variables.data-00000-of-00001: copy the whole folder again; {WAYS_ON}."
        )
    return prefix


def _of_keras_2(path: Path) -> Arrays:
    import h5py

    arrays: dict[str, StoredArray] = {}

    def note(name: str, stored: Any) -> None:
        if isinstance(stored, h5py.Dataset):
            value = np.asarray(stored) if stored.size < _VALUES_MAX else None
            arrays[_layer_and_array(name)] = StoredArray(stored.shape, lambda: value)

    try:
        with h5py.File(path, "r") as file:
            file.visititems(note)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise _damaged(path, error) from error
    return arrays


def _layer_and_array(name: str) -> str:
    """Return `conv1_conv/kernel` for a name that ends so, with or without `:0`."""
    return "/".join(name.removesuffix(":0").split("/")[-2:])


def checked_array(
    path: Path, arrays: Arrays, name: str, shape: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """Read an array that a layer takes.

    Parameters
    ----------
    path : Path
        Where it comes from.
    arrays : mapping of str to stored array
        What is there.
    name : str
        Its layer and its own name.
    shape : tuple of int
        The shape that it must have.

    Returns
    -------
    array : array of float32
        Finite.

    Raises
    ------
    WhaccBackboneError
        If it is not there, damaged, of another shape, or not a number.
    """
    if name not in arrays:
        raise WhaccBackboneError(
            f"Expected an array {name} of shape {shape} in {path}, found none of that "
            f"name: {WAYS_ON}."
        )
    if arrays[name].shape != shape:
        raise WhaccBackboneError(
            f"Expected {name} of shape {shape} in {path}, found {arrays[name].shape}: "
            f"this is another network; {WAYS_ON}."
        )
    try:
        array = np.asarray(arrays[name].read())
    # TensorFlow's errors of damaged data have no base but Exception.
    except Exception as error:
        raise _damaged(path, error) from error
    if array.dtype != np.float32 or not np.isfinite(array).all():
        raise WhaccBackboneError(
            f"Expected {name} as finite float32 in {path}, found {array.dtype} or "
            "values that are not: copy the file again from where it comes."
        )
    return array


def _damaged(path: Path, error: Exception) -> WhaccBackboneError:
    reason = str(error).partition("\n")[0]
    return WhaccBackboneError(
        f"Expected the arrays of WhACC's ResNet50V2; {path} cannot be read "
        f"({reason:.80}): copy it again from where it comes."
    )
