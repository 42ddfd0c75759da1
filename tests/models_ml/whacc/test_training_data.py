"""WhACC's training data as its `save_obj` writes them; no pickle is executed."""

import os
import pickle

import numpy as np
import pytest

from models_ml.whacc.training_data import (
    WhaccTrainingDataError,
    read_whacc_training_data,
)


def lists_of(n_frames=(12, 6, 4), dtype=np.float32):
    rng = np.random.default_rng(0)
    x = [rng.normal(size=(n, 2105)).astype(dtype) for n in n_frames]
    x[0][0, :5] = np.nan
    y = [np.arange(n) % 2 for n in n_frames]
    fn = [np.array([n - 1, 1]) for n in n_frames]
    return x, y, fn


def write(folder, lists, protocol=4):
    for name, content in zip(("tvt_x", "tvt_y", "tvt_fn"), lists, strict=True):
        pickled = pickle.dumps(content, protocol=protocol)
        (folder / f"{name}.pkl").write_bytes(pickled)
    return folder


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, ">f4"])
def test_the_training_set_is_read_as_it_was(tmp_path, dtype, protocol):
    x, y, fn = lists_of(dtype=dtype)

    data = read_whacc_training_data(write(tmp_path, (x, y, fn), protocol))

    assert data.features.dtype == np.float32
    assert np.array_equal(data.features, x[0].astype(np.float32), equal_nan=True)
    assert data.labels.tolist() == y[0].tolist()
    assert data.lengths.tolist() == [11, 1]


def test_arrays_by_columns_and_lengths_as_a_list_are_read_too(tmp_path):
    x, y, _ = lists_of()
    x[0] = np.asfortranarray(x[0])

    data = read_whacc_training_data(
        write(tmp_path, (x, [one.astype(bool) for one in y], [[5, 7], [6], [4]]))
    )

    assert np.array_equal(data.features, x[0], equal_nan=True)
    assert data.lengths.tolist() == [5, 7]
    assert data.labels.tolist() == y[0].tolist()


class Command:
    def __reduce__(self):
        return os.system, ("touch executed-by-a-pickle",)


@pytest.mark.parametrize(
    ("position", "content", "sentence"),
    [
        (0, Command(), r"tvt_x\.pkl .* contains posix\.system"),
        (1, [Command()] * 3, r"tvt_y\.pkl .* contains posix\.system"),
        (
            0,
            [np.zeros((12, 7))] * 3,
            r"tvt_x\.pkl .* shape \(12, 7\), not 2105 columns",
        ),
        (0, [np.array([None, None])] * 3, r"tvt_x\.pkl .* array of dtype O8"),
        (1, [np.zeros(3)] * 3, "3 labels, not one 0 or 1 for each frame"),
        (1, [np.full(12, 2)] * 3, "12 labels, not one 0 or 1 for each frame"),
        (2, [np.array([3])] * 3, r"tvt_fn\.pkl .* lengths with a sum of 3 frames"),
        (2, [np.array([12])] * 2, "something other than a list of three arrays"),
        (2, {"a": 1}, r"tvt_fn\.pkl .* the instruction EMPTY_DICT"),
        (2, ["12"] * 3, r"tvt_fn\.pkl .* something other than arrays"),
    ],
)
def test_anything_else_is_refused_and_not_executed(
    tmp_path, monkeypatch, position, content, sentence
):
    monkeypatch.chdir(tmp_path)
    lists = [*lists_of()]
    lists[position] = content

    with pytest.raises(WhaccTrainingDataError, match=sentence):
        read_whacc_training_data(write(tmp_path, lists))

    assert not (tmp_path / "executed-by-a-pickle").exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"K\x0c\x85", b"K\x0d\x85"), (b"U\x02", b"K\x02"), (b"f8", b"f4")],
)
def test_an_array_that_does_not_fit_its_bytes_is_refused(tmp_path, before, after):
    write(tmp_path, [[np.zeros(12)] * 3] * 3, protocol=2)
    path = tmp_path / "tvt_x.pkl"
    path.write_bytes(path.read_bytes().replace(before, after, 1))

    with pytest.raises(WhaccTrainingDataError, match=r"tvt_x\.pkl is not a file of"):
        read_whacc_training_data(tmp_path)


def test_a_damaged_or_missing_file_is_named(tmp_path):
    write(tmp_path, lists_of())
    whole = (tmp_path / "tvt_y.pkl").read_bytes()
    for n_bytes in range(0, len(whole) - 1, 7):
        (tmp_path / "tvt_y.pkl").write_bytes(whole[:n_bytes])
        with pytest.raises(
            WhaccTrainingDataError, match=r"tvt_y\.pkl is not a file of"
        ):
            read_whacc_training_data(tmp_path)
    (tmp_path / "tvt_y.pkl").unlink()
    with pytest.raises(WhaccTrainingDataError, match=r"tvt_y\.pkl cannot be read"):
        read_whacc_training_data(tmp_path)
