"""The arrays in WhACC's weights files, found by the names of their layers.

A SavedModel consists of a graph, which is a program, and a checkpoint with arrays. Only
the arrays are read; the graph is neither loaded nor run.
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
DOWNLOAD_ADVICE = (
    f"WhACC downloads the folder {WHACC_FOLDER} at the first call of its "
    'model_maker.load_final_model(), from the links under "resnet_model" in '
    "utils.download_data_dict(). Choose that folder, or a file with Keras weights of "
    "the same network."
)

# The largest array of the network has 4.7 million values.
_VALUES_MAX = 10_000_000


class WhaccBackboneError(CoreError):
    """The files do not contain WhACC's network."""


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array in a file: its shape, and a function that reads its values."""

    shape: tuple[int, ...]
    read: Callable[[], Any]


Arrays = Mapping[str, StoredArray]


def stored_arrays(path: Path) -> Arrays:
    """Return the arrays in a weights file by name, without reading their values.

    Parameters
    ----------
    path : Path
        A folder with a TensorFlow SavedModel, or a weights file of Keras 2.

    Returns
    -------
    arrays : mapping of str to StoredArray
        By name: ``layer/array``, such as ``conv1_conv/kernel``.

    Raises
    ------
    WhaccBackboneError
        If the file or folder does not exist or cannot be read.
    """
    if path.is_dir():
        return _of_saved_model(path)
    if path.is_file():
        return _of_keras_2(path)
    raise WhaccBackboneError(f"There is no file or folder {path}. {DOWNLOAD_ADVICE}")


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
    # A damaged checkpoint raises exceptions of TensorFlow, protobuf and Python.
    except Exception as error:
        raise _damaged(prefix.with_suffix(".index"), error) from error

    def reader_of(key: str) -> Callable[[], Any]:
        return lambda: reader.get_tensor(key)

    return {
        _layer_and_array(entry.full_name): StoredArray(
            tuple(shapes[entry.checkpoint_key]), reader_of(entry.checkpoint_key)
        )
        for node in graph.nodes
        for entry in node.attributes
        if entry.checkpoint_key in shapes
    }


def _checkpoint(folder: Path) -> Path:
    """Return the path of the checkpoint for TensorFlow, without a suffix."""
    # Unpacking a zip file may put the folder into another one of the same name.
    for inner in (folder, folder / WHACC_FOLDER):
        prefix = inner / "variables" / "variables"
        if prefix.with_suffix(".index").is_file():
            break
    else:
        raise WhaccBackboneError(
            f"{folder} is not a TensorFlow SavedModel: it has no "
            f"variables/variables.index. {DOWNLOAD_ADVICE}"
        )
    if not list(prefix.parent.glob("variables.data-*")):
        raise WhaccBackboneError(
            f"{prefix.parent} is incomplete: it has no file variables.data-00000-of-"
            f"00001. Copy the whole folder again. {DOWNLOAD_ADVICE}"
        )
    return prefix


def _of_keras_2(path: Path) -> Arrays:
    import h5py

    arrays: dict[str, StoredArray] = {}

    def add_array(name: str, stored: Any) -> None:
        if isinstance(stored, h5py.Dataset):
            value = np.asarray(stored) if stored.size < _VALUES_MAX else None
            arrays[_layer_and_array(name)] = StoredArray(stored.shape, lambda: value)

    try:
        with h5py.File(path, "r") as file:
            file.visititems(add_array)
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise _damaged(path, error) from error
    return arrays


def _layer_and_array(name: str) -> str:
    """Return the last two parts of a name without `:0`, such as `conv1_conv/kernel`."""
    return "/".join(name.removesuffix(":0").split("/")[-2:])


def checked_array(
    path: Path, arrays: Arrays, name: str, shape: tuple[int, ...]
) -> npt.NDArray[np.float32]:
    """Read the array of a layer and check it.

    Parameters
    ----------
    path : Path
        The file or folder of the arrays, for messages.
    arrays : mapping of str to StoredArray
        Its arrays, as `stored_arrays` returns them.
    name : str
        Name of the array: ``layer/array``.
    shape : tuple of int
        Shape that the layer requires.

    Returns
    -------
    array : array of float32, shape `shape`
        The values; all finite.

    Raises
    ------
    WhaccBackboneError
        If the array is missing or damaged, has another shape or dtype, or has values
        that are not finite.
    """
    if name not in arrays:
        raise WhaccBackboneError(
            f"{path} has no array {name} of shape {shape}. {DOWNLOAD_ADVICE}"
        )
    if arrays[name].shape != shape:
        raise WhaccBackboneError(
            f"{path} contains another network: its {name} has the shape "
            f"{arrays[name].shape} instead of {shape}. {DOWNLOAD_ADVICE}"
        )
    try:
        array = np.asarray(arrays[name].read())
    # TensorFlow's exceptions for damaged data have no base class but Exception.
    except Exception as error:
        raise _damaged(path, error) from error
    if array.dtype != np.float32 or not np.isfinite(array).all():
        raise WhaccBackboneError(
            f"{name} in {path} is {array.dtype}, or has values that are not finite. It "
            "must be finite float32. Copy the file again from its source."
        )
    return array


def _damaged(path: Path, error: Exception) -> WhaccBackboneError:
    reason = str(error).partition("\n")[0]
    return WhaccBackboneError(
        f"The arrays in {path} cannot be read ({reason:.80}). Copy it again from its "
        "source."
    )
