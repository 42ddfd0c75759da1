"""Files that are not session files, and the message for each."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from models_ml.session_files.layout import SessionFileError
from models_ml.session_files.reader import open_session_file

REAL = Path(__file__).parents[2] / "data" / "whacc_session_small.h5"


def refusal(path) -> str:
    with pytest.raises(SessionFileError) as caught:
        open_session_file(path)
    return str(caught.value)


def replace(path, key, values, **options):
    with h5py.File(path, "r+") as file:
        del file[key]
        file.create_dataset(key, data=values, **options)


@pytest.mark.parametrize("key", ["images", "trial_nums_and_frame_nums"])
def test_missing_key_is_named(copy, key):
    with h5py.File(copy, "r+") as file:
        del file[key]

    assert f"not a session file: {key} is missing. It " in refusal(copy)


def test_curation_subset_is_recognised(tmp_path):
    path = tmp_path / "TL_DATA_session.h5"
    with h5py.File(path, "w") as file:
        file["frame_nums"] = [4]
        file["labels"] = np.zeros(4, int)
        file["template_img"] = np.zeros((5, 5), np.uint8)
        file["final_features_2105"] = np.zeros((4, 2105), np.float32)
        file["images"] = np.zeros((4, 5, 5, 3), np.uint8)

    assert refusal(path) == (
        "This is not a session file: trial_nums_and_frame_nums is missing. It seems "
        "to be a curation subset (TL_DATA), which has no trial numbers. Import the "
        "session that it was cut from, then its labels."
    )


def test_feature_file_without_images_is_recognised(copy):
    with h5py.File(copy, "r+") as file:
        del file["images"]
        file["FD__original"] = np.zeros((120, 2048), np.float32)

    assert "a WhACC feature file without images" in refusal(copy)


@pytest.mark.parametrize(
    ("key", "values", "sentence"),
    [
        (
            "images",
            np.zeros((120, 61, 61, 3), np.float32),
            "The images are float32 of shape (120, 61, 61, 3). They must be uint8 of "
            "shape frames x height x width x 3 or frames x height x width.",
        ),
        (
            "images",
            np.zeros((120, 61, 61, 4), np.uint8),
            "The images are uint8 of shape (120, 61, 61, 4). They must be uint8 of "
            "shape frames x height x width x 3 or frames x height x width.",
        ),
        (
            "images",
            np.zeros((0, 61, 61, 3), np.uint8),
            "The file has no frames.",
        ),
        (
            "images",
            np.zeros((119, 61, 61, 3), np.uint8),
            "The file has 119 images, but its trials have 120 frames.",
        ),
        (
            "frame_nums",
            [40.0, 40.5, 40.0],
            "frame_nums is [40.  40.5 40. ]. It must have whole numbers in 1 "
            "dimension(s).",
        ),
        (
            "frame_nums",
            [40.0, np.nan, 40.0],
            "frame_nums is [40. nan 40.]. It must have whole numbers in 1 "
            "dimension(s).",
        ),
        (
            "frame_nums",
            [40, 41, 40],
            "frame_nums and the second row of trial_nums_and_frame_nums differ at "
            "trial 12.",
        ),
        (
            "frame_nums",
            [40, 80],
            "The number of trials is not the same everywhere: frame_nums has 2, "
            "trial_nums_and_frame_nums has shape (2, 3), full_file_names has 3.",
        ),
        (
            "frame_nums",
            b"forty",
            "frame_nums cannot be read as numbers: "
            "could not convert string to float: b'forty'.",
        ),
        (
            "full_file_names",
            [b"a", b"b"],
            "The number of trials is not the same everywhere: frame_nums has 3, "
            "trial_nums_and_frame_nums has shape (2, 3), full_file_names has 2.",
        ),
        (
            "trial_nums_and_frame_nums",
            [[9, 12, 9], [40, 40, 40]],
            "Trial 9 occurs 2 times. Each trial number must occur once.",
        ),
    ],
)
def test_inconsistent_file_is_refused(copy, key, values, sentence):
    replace(copy, key, values)

    assert refusal(copy) == sentence


def test_trial_without_frames_is_refused(copy):
    replace(copy, "frame_nums", [40, 0, 80])
    replace(copy, "trial_nums_and_frame_nums", [[9, 12, 101], [40, 0, 80]])

    assert refusal(copy) == (
        "Trial 12 has 0 frames. Each trial must have at least one."
    )


@pytest.mark.parametrize(
    ("key", "values", "shapes"),
    [
        ("simulated_touch", np.zeros(119, bool), "(119,). It must have (120,)"),
        ("pole_times", np.zeros((3, 2)), "(3, 2). It must have (2, 3)"),
    ],
)
def test_optional_key_of_another_shape_is_refused(copy, key, values, shapes):
    with h5py.File(copy, "r+") as file:
        file[key] = values

    assert refusal(copy) == f"{key} has the shape {shapes}."


def test_group_in_the_place_of_images_is_refused(copy):
    with h5py.File(copy, "r+") as file:
        del file["images"]
        file.create_group("images")

    assert refusal(copy).startswith("The images are no array.")


def test_data_outside_the_file_are_refused(grey, copy, tmp_path):
    secret = tmp_path / "secret.bin"
    secret.write_bytes(bytes(9 * 5 * 7 * 3))
    shape = (9, 5, 7, 3)
    with h5py.File(grey[0], "r+") as file:
        del file["images"]
        file.create_dataset(
            "images",
            shape,
            np.uint8,
            external=[(str(secret), 0, secret.stat().st_size)],
        )
    with h5py.File(copy, "r+") as file:
        del file["images"]
        file["images"] = h5py.ExternalLink(str(REAL), "images")

    assert "The data of images are in another file." in refusal(grey[0])
    assert "The data of images are in another file." in refusal(copy)


def test_truncated_file_is_refused(copy):
    os.truncate(copy, 100_000)

    assert refusal(copy) == (
        "session.h5 is incomplete: it ends after 100000 bytes. Copy it again."
    )


def test_file_that_is_not_hdf5_is_refused(tmp_path):
    path = tmp_path / "video.h5"
    path.write_bytes(b"\0\0\0 ftypisom" * 100)

    assert refusal(path).startswith("video.h5 is not an HDF5 file, or it is damaged (")


def test_missing_file_is_refused(tmp_path):
    path = tmp_path / "none.h5"

    assert refusal(path) == f"There is no file {path}."
    assert refusal(tmp_path) == f"There is no file {tmp_path}."


def test_damaged_images_are_refused_on_opening(grey):
    path, frames = grey
    images = np.repeat(frames[..., np.newaxis], 3, axis=3)
    replace(path, "images", images, chunks=(9, 5, 7, 3), compression="gzip")
    with h5py.File(path, "r") as file:
        offset = file["images"].id.get_chunk_info(0).byte_offset
    with path.open("r+b") as raw:
        raw.seek(offset)
        raw.write(b"\xff" * 50)

    assert refusal(path).startswith("grey.h5 cannot be read to its end. It is damaged")


def test_file_is_closed_after_a_refusal(copy):
    replace(copy, "frame_nums", [1])
    refusal(copy)

    with h5py.File(copy, "r+", locking=True) as file:
        assert file["frame_nums"][()].tolist() == [1]
