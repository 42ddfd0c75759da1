import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from models_ml.cnn import resnet
from models_ml.whacc.arrays import WAYS_ON, WhaccBackboneError
from models_ml.whacc.backbone import read_whacc_backbone, read_whacc_head
from tests.factories_whacc import (
    random_network,
    write_keras_2_weights,
    write_saved_model,
)

# Keras hands its weights to numpy in a way that numpy 2 calls outdated.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ impl:DeprecationWarning"),
]

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def arrays():
    return random_network()


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory, arrays):
    return write_saved_model(tmp_path_factory.mktemp("whacc") / "full", arrays)


@pytest.fixture(scope="module")
def backbone(saved_model):
    return read_whacc_backbone(saved_model)


@pytest.fixture(scope="module")
def keras_3_weights(tmp_path_factory, backbone):
    path = tmp_path_factory.mktemp("keras_3") / "whacc.weights.h5"
    backbone.model.save_weights(path)
    return path


def weights_by_name(model) -> dict[str, np.ndarray]:
    return {
        f"{layer.name.replace('units', 'dense_3')}/{variable.name}": variable.numpy()
        for layer in model.layers
        for variable in layer.weights
    }


def assert_same_weights(backbone, arrays):
    read = weights_by_name(backbone.model)
    if backbone.head is not None:
        read |= {"dense_4/kernel": backbone.head.kernel}
        read |= {"dense_4/bias": backbone.head.bias}
    assert read.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array, err_msg=name)


def test_a_saved_model_gives_every_array_to_its_layer(backbone, arrays):
    assert_same_weights(backbone, arrays)


def test_a_folder_in_a_folder_is_found_as_unpacked(tmp_path, saved_model, arrays):
    shutil.copytree(saved_model, tmp_path / "final_resnet50V2_full_model")

    assert_same_weights(read_whacc_backbone(tmp_path), arrays)


def test_keras_2_weights_give_every_array_to_its_layer(tmp_path, arrays):
    path = write_keras_2_weights(tmp_path / "whacc.h5", arrays)

    assert_same_weights(read_whacc_backbone(path), arrays)


def test_keras_3_weights_are_taken_as_they_are(keras_3_weights, arrays):
    backbone = read_whacc_backbone(keras_3_weights)

    assert backbone.head is None
    headless = {n: a for n, a in arrays.items() if not n.startswith("dense_4")}
    assert_same_weights(backbone, headless)


def test_keras_3_weights_of_another_network_are_refused(tmp_path):
    import keras

    path = tmp_path / "small.weights.h5"
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save_weights(path)

    assert refused(path).startswith("Expected Keras 3's weights of WhACC's ResNet50V2")


@pytest.mark.parametrize("lost", ["layers/dense", "layers/conv2d_7/vars/0"])
def test_keras_3_weights_that_lack_some_are_refused(tmp_path, keras_3_weights, lost):
    path = shutil.copy(keras_3_weights, tmp_path)
    with h5py.File(path, "r+") as file:
        del file[lost]

    assert refused(path).startswith("Expected Keras 3's weights of WhACC's ResNet50V2")


def test_the_head_in_whaccs_wheel_is_read():
    head = read_whacc_head(DATA / "whacc_head")

    assert head.kernel.shape == (resnet.N_UNITS, 1)
    # As WhACC 1.4.3's own load_model gives it.
    assert head.kernel[:3, 0].tolist() == pytest.approx(
        [-0.04753583, -0.05242746, -0.03794648], abs=5e-9
    )
    assert head.bias.tolist() == pytest.approx([-0.00030986], abs=5e-9)


def refused(path) -> str:
    with pytest.raises(WhaccBackboneError) as caught:
        read_whacc_backbone(path)
    return str(caught.value)


def test_the_head_alone_is_no_backbone():
    assert "one dense layer of 2048 units in" in refused(DATA / "whacc_head")


def test_what_is_not_there_is_named_with_the_ways_on(tmp_path):
    missing = tmp_path / "final_resnet50V2_full_model"
    assert refused(missing) == (
        f"Expected WhACC's ResNet50V2; there is no {missing}: {WAYS_ON}."
    )

    missing.mkdir()
    assert refused(missing) == (
        "Expected a TensorFlow SavedModel; there is no variables/variables.index in "
        f"{missing}: {WAYS_ON}."
    )


def test_a_saved_model_without_its_arrays_is_refused(tmp_path, saved_model):
    folder = shutil.copytree(saved_model, tmp_path / "full")
    (folder / "variables" / "variables.data-00000-of-00001").unlink()

    assert "no file variables.data-00000-of-00001: copy" in refused(folder)


def test_a_damaged_checkpoint_is_refused(tmp_path, saved_model):
    folder = shutil.copytree(saved_model, tmp_path / "full")
    with (folder / "variables" / "variables.data-00000-of-00001").open("r+b") as file:
        file.seek(30_000_000)
        file.write(bytes(1000))

    said = refused(folder)
    assert said.startswith("Expected ")
    assert "copy" in said


# How else an array may be wrong is for the tests of whacc_arrays.
@pytest.mark.parametrize(
    ("write", "name", "array", "found"),
    [
        (write_saved_model, "conv1_conv/kernel", np.zeros((7, 7, 1, 64), np.float32),
         "conv1_conv/kernel of shape (7, 7, 3, 64)"),
        (write_keras_2_weights, "conv5_block3_3_conv/bias", None,
         "found none of that name"),
    ],
)  # fmt: skip
def test_an_array_of_another_network_is_named(
    tmp_path, arrays, write, name, array, found
):
    changed = {**arrays, name: array}
    path = write(
        tmp_path / "whacc.h5", {n: a for n, a in changed.items() if a is not None}
    )

    assert found in refused(path)


@pytest.mark.parametrize("write", [write_saved_model, write_keras_2_weights])
def test_dense_layers_of_another_network_are_named(tmp_path, write):
    units = write(tmp_path / "u.h5", {"dense_3/kernel": np.zeros((2048, 100), "f4")})
    head = write(
        tmp_path / "h.h5",
        {
            "dense_4/kernel": np.zeros((2048, 1), np.float32),
            "dense_4/bias": np.zeros(2, np.float32),
        },
    )

    assert "one dense layer of 2048 units" in refused(units)
    with pytest.raises(WhaccBackboneError, match=r"dense_4/bias of shape \(1,\)"):
        read_whacc_head(head)


def test_a_file_that_is_no_hdf5_is_refused(tmp_path):
    path = tmp_path / "whacc.h5"
    path.write_text("no HDF5 at all")

    assert refused(path).startswith("Expected the arrays of WhACC's ResNet50V2;")
