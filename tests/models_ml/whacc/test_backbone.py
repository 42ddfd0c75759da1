import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from models_ml.cnn import resnet
from models_ml.whacc.arrays import DOWNLOAD_ADVICE, WhaccBackboneError
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


def test_each_layer_has_its_array_of_a_saved_model(backbone, arrays):
    assert_same_weights(backbone, arrays)


def test_a_saved_model_is_found_in_a_folder_of_the_same_name(
    tmp_path, saved_model, arrays
):
    shutil.copytree(saved_model, tmp_path / "final_resnet50V2_full_model")

    assert_same_weights(read_whacc_backbone(tmp_path), arrays)


def test_each_layer_has_its_array_of_keras_2_weights(tmp_path, arrays):
    path = write_keras_2_weights(tmp_path / "whacc.h5", arrays)

    assert_same_weights(read_whacc_backbone(path), arrays)


def test_keras_3_weights_are_loaded_without_a_head(keras_3_weights, arrays):
    backbone = read_whacc_backbone(keras_3_weights)

    assert backbone.head is None
    headless = {n: a for n, a in arrays.items() if not n.startswith("dense_4")}
    assert_same_weights(backbone, headless)


def test_keras_3_weights_of_another_network_are_refused(tmp_path):
    import keras

    path = tmp_path / "small.weights.h5"
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save_weights(path)

    assert refused(path).startswith(f"The Keras 3 weights in {path} belong to another")


@pytest.mark.parametrize("lost", ["layers/dense", "layers/conv2d_7/vars/0"])
def test_incomplete_keras_3_weights_are_refused(tmp_path, keras_3_weights, lost):
    path = shutil.copy(keras_3_weights, tmp_path)
    with h5py.File(path, "r+") as file:
        del file[lost]

    assert refused(path).startswith(f"The Keras 3 weights in {path} belong to another")


def test_the_head_in_the_wheel_of_whacc_is_read():
    head = read_whacc_head(DATA / "whacc_head")

    assert head.kernel.shape == (resnet.N_UNITS, 1)
    # The values that WhACC 1.4.3 loads.
    assert head.kernel[:3, 0].tolist() == pytest.approx(
        [-0.04753583, -0.05242746, -0.03794648], abs=5e-9
    )
    assert head.bias.tolist() == pytest.approx([-0.00030986], abs=5e-9)


def refused(path) -> str:
    with pytest.raises(WhaccBackboneError) as caught:
        read_whacc_backbone(path)
    return str(caught.value)


def test_a_file_of_the_head_only_is_refused_as_backbone():
    assert "0 dense layers of 2048 units instead of one" in (
        refused(DATA / "whacc_head")
    )


def test_a_missing_file_is_named_with_advice(tmp_path):
    missing = tmp_path / "final_resnet50V2_full_model"
    assert refused(missing) == (
        f"There is no file or folder {missing}. {DOWNLOAD_ADVICE}"
    )

    missing.mkdir()
    assert refused(missing) == (
        f"{missing} is not a TensorFlow SavedModel: it has no "
        f"variables/variables.index. {DOWNLOAD_ADVICE}"
    )


def test_a_saved_model_without_its_arrays_is_refused(tmp_path, saved_model):
    folder = shutil.copytree(saved_model, tmp_path / "full")
    (folder / "variables" / "variables.data-00000-of-00001").unlink()

    assert "no file variables.data-00000-of-00001. Copy" in refused(folder)


def test_a_damaged_checkpoint_is_refused(tmp_path, saved_model):
    folder = shutil.copytree(saved_model, tmp_path / "full")
    with (folder / "variables" / "variables.data-00000-of-00001").open("r+b") as file:
        file.seek(30_000_000)
        file.write(bytes(1000))

    message = refused(folder)
    assert message.startswith("The arrays in ")
    assert "Copy it again" in message


# test_arrays.py tests all other faults of an array.
@pytest.mark.parametrize(
    ("write", "name", "array", "found"),
    [
        (write_saved_model, "conv1_conv/kernel", np.zeros((7, 7, 1, 64), np.float32),
         "conv1_conv/kernel has the shape (7, 7, 1, 64) instead of (7, 7, 3, 64)"),
        (write_keras_2_weights, "conv5_block3_3_conv/bias", None,
         "has no array conv5_block3_3_conv/bias of shape (2048,)"),
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

    assert "0 dense layers of 2048 units instead of one" in refused(units)
    with pytest.raises(
        WhaccBackboneError, match=r"dense_4/bias has the shape \(2,\) instead of \(1,\)"
    ):
        read_whacc_head(head)


def test_a_file_other_than_hdf5_is_refused(tmp_path):
    path = tmp_path / "whacc.h5"
    path.write_text("no HDF5 at all")

    assert refused(path).startswith(f"The arrays in {path} cannot be read (")
