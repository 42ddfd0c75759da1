import re
from pathlib import Path

import numpy as np
import pytest

from models_ml import resnet
from models_ml.backbone import (
    BackboneError,
    KerasBackbone,
    cnn_input,
    load_backbone,
    preprocessing,
)
from models_ml.lag_images import lag_images

# Keras hands its weights to numpy in a way that numpy 2 calls outdated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ impl:DeprecationWarning")

DATA = Path(__file__).parents[1] / "data"


def test_cnn_input_equals_the_one_that_whacc_gives_its_cnn():
    stored = np.load(DATA / "whacc_cnn_input.npz")

    for image, expected in zip(stored["images"], stored["cnn_input"], strict=True):
        # The channels of one lag image are three frames in order.
        made = cnn_input(np.moveaxis(image, 2, 0), 96).numpy()

        np.testing.assert_allclose(made[0], expected, atol=1e-6)
        assert made.dtype == np.float32


def test_units_of_frames_do_not_depend_on_batches():
    # 600 frames are three batches; the "CNN" gives each lag image's channel means.
    frames = np.random.default_rng(0).integers(0, 256, (600, 6, 6), np.uint8)
    backbone = KerasBackbone(
        name="means",
        kind="means",
        sha256="0" * 64,
        input_px=6,
        n_units=3,
        preprocessing=preprocessing(6),
        _run=lambda batch: means(cnn_input(batch, 6)),
    )

    units = backbone.units(frames)

    expected = lag_images(frames).mean(axis=(1, 2)) / 127.5 - 1
    np.testing.assert_allclose(units, expected, atol=1e-6)
    assert units.dtype == np.float32
    assert backbone.units(frames[:0]).shape == (0, 3)


def means(images):
    import tensorflow as tf

    return tf.reduce_mean(images, axis=(1, 2))


def test_missing_weights_are_named(tmp_path):
    path = tmp_path / "whacc.weights.h5"

    with pytest.raises(BackboneError) as caught:
        load_backbone("resnet50v2", path)

    assert str(caught.value) == (
        f"Expected the weights of a resnet50v2 backbone; there is no file {path}: put "
        "it there, name another file, or use the compact backbone that ships."
    )


def test_weights_of_another_format_are_refused(tmp_path):
    path = tmp_path / "saved_model.pb"
    path.touch()

    with pytest.raises(BackboneError, match=r"found saved_model\.pb: write it again"):
        load_backbone("resnet50v2", path)


def test_weights_of_another_network_are_refused(tmp_path):
    import keras

    path = tmp_path / "small.weights.h5"
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save_weights(path)

    backbone = load_backbone("resnet50v2", path)

    sentence = "Expected the weights of a resnet50v2 backbone in small.weights.h5; they"
    with pytest.raises(BackboneError, match=re.escape(sentence)):
        backbone.units(np.zeros((1, 61, 61), np.uint8))


def test_unknown_kind_is_refused(tmp_path):
    with pytest.raises(BackboneError, match="compact or resnet50v2; found inception"):
        load_backbone("inception", tmp_path / "a.weights.h5")


def test_resnet_has_the_parameters_of_the_published_one(tmp_path):
    path = tmp_path / "random.weights.h5"
    model = resnet.build_model()
    model.save_weights(path)
    frames = np.random.default_rng(0).integers(0, 256, (3, 61, 61), np.uint8)

    backbone = load_backbone("resnet50v2", path)
    units = backbone.units(frames)

    # The published size, without the head's 2,049 parameters.
    assert model.count_params() == 23_564_800 + 4_196_352
    assert (backbone.input_px, backbone.n_units) == (96, 2048)
    assert backbone.name == f"resnet50v2 {backbone.sha256[:8]}"
    images = cnn_input(frames[[0, 0, 0, 1, 2]], 96)
    np.testing.assert_allclose(units, model(images, training=False), atol=1e-5)
    assert (units >= 0).all()
