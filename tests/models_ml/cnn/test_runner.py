import os
import subprocess
import sys

import numpy as np
import pytest

from models_ml.cnn.frames import cnn_input, lag_images, padded_frames
from models_ml.cnn.runner import network_input, openvino_runner, tensorflow_runner


@pytest.mark.parametrize("height", [45, 61, 101])
def test_network_input_equals_the_cnn_input_of_lag_images(height):
    frames = np.random.default_rng(0).integers(0, 256, (4, height, 61), np.uint8)

    made = network_input(padded_frames(frames), 96).numpy()

    np.testing.assert_array_equal(made, cnn_input(lag_images(frames, [4])))


@pytest.mark.parametrize("runner", [tensorflow_runner, openvino_runner])
def test_each_runner_has_the_units_of_the_graph_for_any_frame_size(runner):
    import tensorflow as tf

    graph = tf.function(
        lambda frames: tf.reduce_mean(network_input(frames, 8), axis=(1, 2)),
        input_signature=[tf.TensorSpec([None, None, None], tf.uint8)],
    )
    run = runner(graph)

    for shape in [(7, 8, 8), (3, 8, 8), (70, 8, 8), (5, 16, 16)]:
        padded = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        units = run(padded)

        assert (units.dtype, units.shape) == (np.float32, (shape[0] - 2, 3))
        np.testing.assert_allclose(units, graph(padded).numpy(), rtol=0, atol=1e-6)


def test_openvino_sends_no_telemetry_and_tensorflow_is_not_imported(tmp_path):
    script = """
import sys, numpy
from models_ml.cnn.backbone import load_backbone
from models_ml.shipped import shipped_model

model = shipped_model()
backbone = load_backbone(model.backbone_kind, model.weights_path)
print(backbone.units(numpy.zeros((3, 61, 61), numpy.uint8)).shape)
print("openvino" in sys.modules, sys.modules["openvino_telemetry"])
print("tensorflow" in sys.modules)
"""
    child = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )

    assert child.stdout == "(3, 32)\nTrue None\nFalse\n"
    # The telemetry would store its settings in this folder.
    assert not (tmp_path / "intel").exists()
