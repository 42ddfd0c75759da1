"""Runners: a CNN in OpenVINO on a processor, or in TensorFlow on a graphics card."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.cnn.frames import Channels, scaled_and_resized
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

FramesToUnits = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]

# All cores work on one batch. Threads are not pinned to cores: on a shared machine, a
# pinned thread would wait for other processes on its core, and all threads for it.
_PROCESSOR_SETTINGS = {
    "INFERENCE_PRECISION_HINT": "f32",
    "NUM_STREAMS": 1,
    "ENABLE_CPU_PINNING": False,
}


def cnn_runner(model: Any, input_px: int, channels: Channels = "lags") -> FramesToUnits:
    """Return the function from frames to units of a CNN.

    Parameters
    ----------
    model : keras.Model
        From float32 images of shape (n, input_px, input_px, 3) in [-1, 1] to units.
    input_px : int
        Side of the CNN's input in pixels.
    channels : {"lags", "still"}
        Frames t-2, t-1 and t, or frame t three times.

    Returns
    -------
    run : callable
        From frames, uint8 of shape (n_frames + 2, height, width), to the units of all
        frames after the first two, float32 of shape (n_frames, n_units). Scaling,
        resizing and stacking are in the same graph as the CNN. The next call overwrites
        the returned array.
    """
    graph = frames_to_units(model, input_px, channels)
    has_graphics_card = bool(quiet_tensorflow().config.list_physical_devices("GPU"))
    if has_graphics_card or not has_openvino():
        return tensorflow_runner(graph)
    return openvino_runner(graph)


def has_openvino() -> bool:
    """Return whether OpenVINO is installed, without importing it.

    Returns
    -------
    has_openvino : bool
        False on kinds of machines for which there is no OpenVINO.
    """
    return find_spec("openvino") is not None


def frames_to_units(model: Any, input_px: int, channels: Channels = "lags") -> Any:
    """Return scaling, resizing, stacking and the CNN as one graph.

    Parameters
    ----------
    model : keras.Model
        From float32 images of shape (n, input_px, input_px, 3) in [-1, 1] to units.
    input_px : int
        Side of the CNN's input in pixels.
    channels : {"lags", "still"}
        Frames t-2, t-1 and t, or frame t three times.

    Returns
    -------
    graph : tf.function
        From frames to units, with the shapes of `cnn_runner` and an input signature.
    """
    tensorflow = quiet_tensorflow()
    any_frames = tensorflow.TensorSpec([None, None, None], tensorflow.uint8)
    return tensorflow.function(
        lambda frames: model(network_input(frames, input_px, channels), training=False),
        input_signature=[any_frames],
    )


def network_input(padded: Any, input_px: int, channels: Channels = "lags") -> Any:
    """Return the input of the CNN, as a TensorFlow graph.

    Parameters
    ----------
    padded : tensor of uint8, shape (n_frames + 2, height, width)
        Frames as `models_ml.cnn.frames.padded_frames` returns them.
    input_px : int
        Side of the CNN's input in pixels.
    channels : {"lags", "still"}
        Frames t-2, t-1 and t, or frame t three times.

    Returns
    -------
    images : tensor of float32, shape (n_frames, input_px, input_px, 3)
        Images in [-1, 1], equal to `models_ml.cnn.frames.cnn_input` of lag images, or
        of images whose channels are all frame t.
    """
    tensorflow = quiet_tensorflow()
    # Channels are processed separately, so each frame is resized once, not three times.
    single = scaled_and_resized(padded[..., tensorflow.newaxis], input_px)[..., 0]
    if channels == "still":
        return tensorflow.stack([single[2:]] * 3, axis=-1)
    return tensorflow.stack([single[:-2], single[1:-1], single[2:]], axis=-1)


def tensorflow_runner(graph: Any) -> FramesToUnits:
    """Return a function that runs a graph in TensorFlow, on its default device.

    Parameters
    ----------
    graph : tf.function
        From frames to units, with an input signature.

    Returns
    -------
    run : callable
        From frames to units, with the shapes of `cnn_runner`.
    """

    def run(frames: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        units: npt.NDArray[np.float32] = graph(frames).numpy()
        return units

    return run


def openvino_runner(graph: Any) -> FramesToUnits:
    """Return a function that runs a graph in OpenVINO, with fused layers.

    Parameters
    ----------
    graph : tf.function
        From frames to units, with an input signature.

    Returns
    -------
    run : callable
        From frames to units, with the shapes of `cnn_runner`.
    """
    with TemporaryDirectory() as folder:
        # OpenVINO reads graphs from files only.
        path = Path(folder) / "graph.pb"
        path.write_bytes(frozen_graph(graph))
        return load_frozen_graph(path)


def frozen_graph(graph: Any) -> bytes:
    """Return a graph and its weights as the content of a file.

    Parameters
    ----------
    graph : tf.function
        From frames to units, with an input signature.

    Returns
    -------
    content : bytes
        A serialised TensorFlow GraphDef with the weights as constants.
    """
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    frozen = convert_variables_to_constants_v2(graph.get_concrete_function())
    content: bytes = frozen.graph.as_graph_def().SerializeToString()
    return content


def load_frozen_graph(path: Path) -> FramesToUnits:
    """Return a function that runs the graph of a file in OpenVINO, without TensorFlow.

    Parameters
    ----------
    path : Path
        A file with the content that `frozen_graph` returns.

    Returns
    -------
    run : callable
        From frames to units, with the shapes of `cnn_runner`.
    """
    core = _silent_openvino().Core()
    request = core.compile_model(
        path, "CPU", _PROCESSOR_SETTINGS
    ).create_infer_request()

    def run(frames: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        outputs = request.infer([frames], share_inputs=True, share_outputs=True)
        units: npt.NDArray[np.float32] = outputs[0]
        return units

    return run


def _silent_openvino() -> Any:
    """Import OpenVINO without its telemetry."""
    # OpenVINO reports each import to a web service when openvino_telemetry can be
    # imported, and pip always installs that package with it.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino  # type: ignore[import-untyped]

    return openvino
