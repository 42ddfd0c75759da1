from pathlib import Path

import h5py
import numpy as np
import pytest

from models_ml.session_files.layout import SessionFileError
from models_ml.session_files.reader import open_session_file
from models_ml.session_files.writer import SessionArrays, write_session_file

REAL = Path(__file__).parents[2] / "data" / "whacc_session_small.h5"


def test_written_keys_have_the_types_and_values_that_whacc_writes(tmp_path):
    with open_session_file(REAL) as session, h5py.File(REAL, locking=False) as real:
        write_session_file(
            tmp_path / "again.h5",
            trials=[(trial.number, trial.video_name) for trial in session.trials],
            frames=[session.frames(row, row + 40) for row in (0, 40, 80)],
            arrays=SessionArrays(
                locations_x_y=real["locations_x_y"][()],
                max_val_stack=real["max_val_stack"][()],
                template_img=real["template_img"][()],
            ),
        )

    with h5py.File(REAL) as real, h5py.File(tmp_path / "again.h5") as again:
        assert sorted(again) == sorted(real)
        for key in set(real) - {"multiplier"}:
            assert again[key].dtype == real[key].dtype, key
            np.testing.assert_array_equal(again[key][()], real[key][()])
        assert again["multiplier"][()].tolist() == [40]
        assert again["multiplier"].dtype == real["multiplier"].dtype
        assert (
            again["full_file_names"]
            .id.get_type()
            .equal(real["full_file_names"].id.get_type())
        )


def test_images_are_chunked_by_whole_frames(tmp_path):
    frames = np.zeros((300, 61, 61), np.uint8)

    write_session_file(tmp_path / "s.h5", trials=[(1, "a")], frames=[frames])

    with h5py.File(tmp_path / "s.h5") as file:
        assert file["images"].chunks == (93, 61, 61, 3)
        assert file["images"].maxshape == (None, 61, 61, 3)


def test_frames_are_read_one_trial_at_a_time(tmp_path):
    def trials():
        for number in range(3):
            yield np.full((number + 1, 4, 4), number, np.uint8)

    names = [(number, f"{number}.mp4") for number in range(3)]
    write_session_file(tmp_path / "s.h5", trials=names, frames=trials())

    with open_session_file(tmp_path / "s.h5") as session:
        assert session.frames(0, 6)[:, 0, 0].tolist() == [0, 1, 1, 2, 2, 2]
        assert [trial.n_frames for trial in session.trials] == [1, 2, 3]


def test_names_with_letters_beyond_ascii_are_written(tmp_path):
    frames = [np.zeros((1, 4, 4), np.uint8)]

    write_session_file(tmp_path / "s.h5", trials=[(1, "Mäuse-1.mp4")], frames=frames)

    with open_session_file(tmp_path / "s.h5") as session:
        assert session.trials[0].video_name == "Mäuse-1.mp4"


FRAMES = np.zeros((2, 4, 4), np.uint8)


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"frames": [FRAMES]}, "There are frames for 1 trials of 2."),
        (
            {"frames": [FRAMES, FRAMES[:, :3]]},
            "The frames of trial 2 have (3, 4) px. They must have (4, 4) px, as in the "
            "first trial.",
        ),
        (
            {"frames": [FRAMES, FRAMES.astype(float)]},
            "The frames of a trial are float64 of shape (2, 4, 4). They must be uint8 "
            "of shape frames x height x width, with at least one frame.",
        ),
        (
            {"frames": [FRAMES, FRAMES[:0]]},
            "The frames of a trial are uint8 of shape (0, 4, 4). They must be uint8 of "
            "shape frames x height x width, with at least one frame.",
        ),
        (
            {"trials": [(1, "a"), (1, "b")]},
            "There are 2 trials with repeated numbers [1]. There must be at least one "
            "trial, and each number once.",
        ),
        (
            {"trials": [], "frames": []},
            "There are 0 trials with repeated numbers []. There must be at least one "
            "trial, and each number once.",
        ),
        (
            {"arrays": SessionArrays(truth=np.zeros(3, bool))},
            "simulated_touch is bool of shape (3,). It must be bool of shape (4,).",
        ),
        (
            {"arrays": SessionArrays(locations_x_y=np.zeros((4, 2)))},
            "locations_x_y is float64 of shape (4, 2). It must be int64 of shape "
            "(4, 2).",
        ),
    ],
)
def test_inconsistent_arrays_leave_the_old_file(tmp_path, over, sentence):
    path = tmp_path / "s.h5"
    path.write_bytes(b"the old file")

    with pytest.raises(SessionFileError) as caught:
        write_session_file(
            path, **{"trials": [(1, "a"), (2, "b")], "frames": [FRAMES] * 2} | over
        )

    assert str(caught.value) == sentence
    assert [p.name for p in tmp_path.iterdir()] == ["s.h5"]
    assert path.read_bytes() == b"the old file"
