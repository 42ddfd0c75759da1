"""Each array of WhACC's files is checked before a layer uses it."""

import re

import numpy as np
import pytest

from models_ml.whacc.arrays import WhaccBackboneError, checked_array, stored_arrays
from tests.factories_whacc import write_keras_2_weights, write_saved_model

WRITERS = pytest.mark.parametrize("write", [write_saved_model, write_keras_2_weights])
GOOD = {
    "conv1_conv/kernel": np.arange(700_000, dtype=np.float32).reshape(7, 100_000),
    "post_bn/gamma": np.linspace(-1, 1, 2048, dtype=np.float32),
}


def read(path, name="post_bn/gamma"):
    return checked_array(path, stored_arrays(path), name, GOOD[name].shape)


@WRITERS
def test_arrays_are_read_by_the_names_of_their_layers(tmp_path, write):
    path = write(tmp_path / "whacc.h5", GOOD)

    for name, array in GOOD.items():
        np.testing.assert_array_equal(read(path, name), array)


@WRITERS
@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.zeros(2047, np.float32), "instead of (2048,). "),
        (np.zeros(2047, np.float32), "has the shape (2047,)"),
        (np.zeros(2048, np.float16), "is float16"),
        (np.full(2048, np.nan, np.float32), "must be finite float32"),
        (None, "has no array post_bn/gamma of shape (2048,)"),
    ],
)
def test_an_array_that_fits_no_layer_is_named(tmp_path, write, array, found):
    changed = {**GOOD, "post_bn/gamma": array}
    path = write(
        tmp_path / "whacc.h5", {n: a for n, a in changed.items() if a is not None}
    )

    with pytest.raises(WhaccBackboneError, match=re.escape(found)) as caught:
        read(path)

    assert "post_bn/gamma" in str(caught.value)


@pytest.mark.parametrize("name", ["variables.index", "variables.data-00000-of-00001"])
@pytest.mark.parametrize("damage", ["cut", "zeroed"])
def test_a_damaged_checkpoint_is_refused(tmp_path, name, damage):
    folder = write_saved_model(tmp_path / "full", GOOD)
    path = folder / "variables" / name
    size = path.stat().st_size
    with path.open("r+b") as file:
        if damage == "cut":
            file.truncate(size // 2)
        else:
            file.seek(size // 3)
            file.write(bytes(1000))

    with pytest.raises(WhaccBackboneError, match=r"cannot be read .*Copy") as caught:
        read(folder, "conv1_conv/kernel")

    assert str(caught.value).startswith(f"The arrays in {folder}")
