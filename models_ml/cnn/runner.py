"""How a CNN is run: by OpenVINO on a processor, by TensorFlow on a graphics card."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.cnn.frames import scaled_and_resized
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

FramesToUnits = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]

# All cores on one batch, which share the machine with others: pinned to its core, a
# thread would wait for whoever else runs there, and the others for it.
_ON_PROCESSOR = {
    "INFERENCE_PRECISION_HINT": "f32",
    "NUM_STREAMS": 1,
    "ENABLE_CPU_PINNING": False,
}


def cnn_runner(model: Any, input_px: int) -> FramesToUnits:
    """Return a function from frames to units, in float32.

    Parameters
    ----------
    model : keras.Model
        Takes float32 of shape (n, input_px, input_px, 3) in [-1, 1].
    input_px : int
        Side of the CNN's input in pixels.

    Returns
    -------
    run : function
        Takes uint8 of shape (n_frames + 2, height, width), frames after the two that
        stand before the first of them; gives the units of the n_frames as float32 of
        shape (n_frames, n_units). Scaling, resizing and stacking are in the same graph
        as the CNN. What it returned lasts until it is called again.
    """
    graph = frames_to_units(model, input_px)
    has_card = bool(quiet_tensorflow().config.list_physical_devices("GPU"))
    return (
        by_tensorflow(graph) if has_card or not has_openvino() else by_openvino(graph)
    )


def has_openvino() -> bool:
    """Return whether this kind of machine has a build of OpenVINO.

    Returns
    -------
    has : bool
        Without importing it.
    """
    return find_spec("openvino") is not None


def frames_to_units(model: Any, input_px: int) -> Any:
    """Return scaling, resizing, stacking and the CNN as one graph.

    Parameters
    ----------
    model : keras.Model
        As `cnn_runner` takes it.
    input_px : int
        Side of the CNN's input in pixels.

    Returns
    -------
    graph : tf.function
        From frames to units, as `cnn_runner` returns it, with an input signature.
    """
    tensorflow = quiet_tensorflow()
    any_frames = tensorflow.TensorSpec([None, None, None], tensorflow.uint8)
    return tensorflow.function(
        lambda frames: model(network_input(frames, input_px), training=False),
        input_signature=[any_frames],
    )


def network_input(padded: Any, input_px: int) -> Any:
    """Return what the CNN sees, as a TensorFlow graph.

    Parameters
    ----------
    padded : tensor of uint8, shape (n_frames + 2, height, width)
        Frames after the two that stand before the first of them.
    input_px : int
        Side of the CNN's input in pixels.

    Returns
    -------
    images : tensor of float32, shape (n_frames, input_px, input_px, 3)
        Equal to `models_ml.cnn.frames.cnn_input` of the lag images.
    """
    tensorflow = quiet_tensorflow()
    # Each frame is resized once and not three times: channels do not mix.
    single = scaled_and_resized(padded[..., tensorflow.newaxis], input_px)[..., 0]
    return tensorflow.stack([single[:-2], single[1:-1], single[2:]], axis=-1)


def by_tensorflow(graph: Any) -> FramesToUnits:
    """Return a graph as TensorFlow runs it, on whatever device it has.

    Parameters
    ----------
    graph : tf.function
        From frames to units, with an input signature.

    Returns
    -------
    run : function
        As `cnn_runner` returns it.
    """

    def run(frames: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        units: npt.NDArray[np.float32] = graph(frames).numpy()
        return units

    return run


def by_openvino(graph: Any) -> FramesToUnits:
    """Return a graph as OpenVINO runs it: batch norms folded, layers fused.

    Parameters
    ----------
    graph : tf.function
        From frames to units, with an input signature.

    Returns
    -------
    run : function
        As `cnn_runner` returns it.
    """
    with TemporaryDirectory() as folder:
        # OpenVINO itself reads graphs from files alone.
        path = Path(folder) / "graph.pb"
        path.write_bytes(frozen_graph(graph))
        return of_frozen_graph(path)


def frozen_graph(graph: Any) -> bytes:
    """Return a graph with its weights, as a file holds it.

    Parameters
    ----------
    graph : tf.function
        With an input signature.

    Returns
    -------
    content : bytes
        A TensorFlow GraphDef.
    """
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    frozen = convert_variables_to_constants_v2(graph.get_concrete_function())
    content: bytes = frozen.graph.as_graph_def().SerializeToString()
    return content


def of_frozen_graph(path: Path) -> FramesToUnits:
    """Return a graph of a file as OpenVINO runs it, without TensorFlow.

    Parameters
    ----------
    path : Path
        What `frozen_graph` returned.

    Returns
    -------
    run : function
        As `cnn_runner` returns it.
    """
    core = _silent_openvino().Core()
    request = core.compile_model(path, "CPU", _ON_PROCESSOR).create_infer_request()

    def run(frames: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        outputs = request.infer([frames], share_inputs=True, share_outputs=True)
        units: npt.NDArray[np.float32] = outputs[0]
        return units

    return run


def _silent_openvino() -> Any:
    """Import OpenVINO so that it tells nobody."""
    # It reports each import to a web service, unless the package that does so is
    # missing; pip installs that one with it.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino  # type: ignore[import-untyped]

    return openvino
