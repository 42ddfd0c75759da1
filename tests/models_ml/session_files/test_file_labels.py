"""Labels of session files and of curation subsets, and where their frames lie."""

import h5py
import numpy as np
import pytest

from models_ml.session_files.file_labels import (
    located_windows,
    read_labels,
    read_windows,
)
from models_ml.session_files.layout import SessionFileError

SESSION = np.random.default_rng(0).integers(0, 256, (40, 5, 5), np.uint8)


def write(path, **values):
    with h5py.File(path, "w") as file:
        for key, value in values.items():
            file[key] = value
    return path


def windows_file(path, starts, length=6, **changes):
    rows = np.concatenate([np.arange(start, start + length) for start in starts])
    images = np.stack([SESSION[np.maximum(rows - lag, 0)] for lag in (2, 1, 0)], -1)
    return write(
        path,
        **{
            "images": images,
            "labels": (rows % 2).astype(int),
            "frame_nums": [length] * len(starts),
            **changes,
        },
    )


def test_labels_that_are_not_numbers_of_a_label_are_unlabelled(tmp_path):
    path = write(tmp_path / "a.h5", labels=[1, 0, -1, np.nan])

    assert read_labels(path, 4).tolist() == [1, 0, -1, -1]


def test_a_file_without_labels_has_none(tmp_path):
    assert read_labels(write(tmp_path / "a.h5", images=SESSION), 40) is None


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ([0, 1, 1], r"labels has the shape \(3,\), and the file has 4 frames."),
        ([0, 1, 0.5, 0], "labels has the value 0.5. It must have 1"),
        (["a", "b", "c", "d"], "labels cannot be read as numbers"),
    ],
)
def test_labels_that_fit_no_frames_are_refused(tmp_path, labels, sentence):
    with pytest.raises(SessionFileError, match=sentence):
        read_labels(write(tmp_path / "a.h5", labels=labels), 4)


def test_windows_are_found_by_the_pixels_of_frame_t(tmp_path):
    windows = read_windows(windows_file(tmp_path / "TL_DATA_a.h5", (3, 30)))

    located = located_windows(windows, [(0, SESSION[:20]), (20, SESSION[20:])])

    assert [(each.window, each.row) for each in located] == [(0, 3), (1, 30)]
    assert windows.labels[:6].tolist() == [1, 0, 1, 0, 1, 0]


def test_a_window_over_two_trials_or_with_another_pixel_is_not_found(tmp_path):
    path = windows_file(tmp_path / "TL_DATA_a.h5", (17, 30))
    with h5py.File(path, "r+") as file:
        file["images"][8, 0, 0, 2] ^= 1

    located = located_windows(
        read_windows(path), [(0, SESSION[:20]), (20, SESSION[20:])]
    )

    assert [each.row for each in located] == [None, None]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"frame_nums": [6, 5]}, "The file has 12 images, but its windows have 11"),
        ({"frame_nums": [6.5, 5.5]}, "frame_nums must have the whole number"),
        ({"labels": [0, 1]}, r"labels has the shape \(2,\), and the file has 12"),
        ({"images": np.zeros(12)}, "The images are float64"),
    ],
)
def test_windows_whose_numbers_disagree_are_refused(tmp_path, changes, sentence):
    path = windows_file(tmp_path / "TL_DATA_a.h5", (3, 30), **changes)

    with pytest.raises(SessionFileError, match=sentence):
        read_windows(path)


def test_a_file_without_windows_names_what_is_missing(tmp_path):
    path = write(tmp_path / "a.h5", images=SESSION)

    with pytest.raises(SessionFileError, match="labels, frame_nums are missing"):
        read_windows(path)
