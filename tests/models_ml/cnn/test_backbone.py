import re

import numpy as np
import pytest

from models_ml.cnn import resnet
from models_ml.cnn.backbone import (
    BackboneError,
    KerasBackbone,
    load_backbone,
    preprocessing,
)
from models_ml.cnn.frames import cnn_input, lag_images
from models_ml.cnn.runner import network_input

# Keras passes its weights to NumPy in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ impl:DeprecationWarning")


@pytest.mark.parametrize("padding", ["noise", "repeat"])
def test_units_of_frames_do_not_depend_on_batches(padding):
    # 600 frames are ten batches; the "CNN" returns the channel means of lag images.
    frames = np.random.default_rng(0).integers(0, 256, (600, 6, 6), np.uint8)
    backbone = KerasBackbone(
        name="means",
        kind="means",
        sha256="0" * 64,
        input_px=6,
        n_units=3,
        preprocessing=preprocessing(6, padding),
        padding=padding,
        _run=lambda batch: means(network_input(batch, 6)).numpy(),
    )

    units = backbone.units(frames)

    images = lag_images(frames, [600], padding=padding)
    expected = images.mean(axis=(1, 2)) / 127.5 - 1
    np.testing.assert_allclose(units, expected, atol=1e-6)
    assert units.dtype == np.float32
    with pytest.raises(ValueError, match="at least one frame; got an empty one"):
        backbone.units(frames[:0])


def test_the_preprocessing_text_of_the_shipped_backbone_never_changes():
    assert preprocessing(61, "repeat") == (
        "lags t-2,t-1,t repeat; x/127.5-1; bilinear 61 px"
    )


def means(images):
    import tensorflow as tf

    return tf.reduce_mean(images, axis=(1, 2))


def test_missing_weights_raise_with_the_file_name(tmp_path):
    path = tmp_path / "whacc.weights.h5"

    with pytest.raises(BackboneError) as caught:
        load_backbone("resnet50v2", path)

    assert str(caught.value) == (
        f"The weights of the resnet50v2 backbone are missing: there is no file {path}. "
        "Put it there, choose another file, or use the shipped compact backbone."
    )


def test_weights_of_another_format_raise(tmp_path):
    path = tmp_path / "saved_model.pb"
    path.touch()

    with pytest.raises(BackboneError, match=r"saved_model\.pb is not a weights file"):
        load_backbone("resnet50v2", path)


def test_weights_of_another_network_raise(tmp_path):
    import keras

    path = tmp_path / "small.weights.h5"
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save_weights(path)

    backbone = load_backbone("compact", path)

    sentence = "The weights in small.weights.h5 belong to another network than compact"
    with pytest.raises(BackboneError, match=re.escape(sentence)):
        backbone.units(np.zeros((1, 61, 61), np.uint8))


def test_an_unknown_kind_raises(tmp_path):
    with pytest.raises(BackboneError, match="no backbone inception"):
        load_backbone("inception", tmp_path / "a.weights.h5")


def test_resnet_has_the_parameters_of_the_published_one(tmp_path):
    path = tmp_path / "random.weights.h5"
    model = resnet.build_model()
    randomise_batch_norms(model)
    model.save_weights(path)
    frames = np.random.default_rng(0).integers(0, 256, (7, 61, 61), np.uint8)

    backbone = load_backbone("resnet50v2", path)
    units = backbone.units(frames)

    # The published number, without the 2,049 parameters of the head.
    assert model.count_params() == 23_564_800 + 4_196_352
    assert (backbone.input_px, backbone.n_units) == (96, 2048)
    assert backbone.name == f"resnet50v2 {backbone.sha256[:8]}"
    expected = model.predict(cnn_input(lag_images(frames, [7])), verbose=0)
    assert (np.abs(units - expected) <= 1e-5 * np.maximum(1, np.abs(expected))).all()
    assert (units >= 0).all()
    assert units.max() > 0.5


def randomise_batch_norms(model):
    """Set random values in batch norms, because initial values have no effect."""
    import keras

    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            scale, shift, mean, variance = layer.get_weights()
            layer.set_weights(
                [
                    rng.uniform(0.6, 1.6, scale.shape),
                    rng.normal(0, 0.1, shift.shape),
                    rng.normal(0, 0.1, mean.shape),
                    rng.uniform(0.5, 1.4, variance.shape),
                ]
            )
