import fcntl
from pathlib import Path

import h5py
import numpy as np
import pytest

from models_ml.session_files.reader import open_session_file
from models_ml.session_files.trial_table import TrialEntry
from models_ml.session_files.writer import SessionArrays, write_session_file

DATA = Path(__file__).parents[2] / "data"
REAL = DATA / "whacc_session_small.h5"
LATER_FILES = ("whacc_3lag.h5", "whacc_final_part.h5", "whacc_final_combined.h5")


def replace(path, key, values, **options):
    with h5py.File(path, "r+") as file:
        del file[key]
        file.create_dataset(key, data=values, **options)


def test_file_that_whacc_wrote_is_read():
    with open_session_file(REAL) as session, h5py.File(REAL, locking=False) as file:
        assert (session.n_frames, session.height, session.width) == (120, 61, 61)
        assert session.trials == (
            entry(9, "AH0407x160609-9.mp4", 0, 40),
            entry(12, "AH0407x160609-12.mp4", 40, 40),
            entry(101, "AH0407x160609-101.mp4", 80, 40),
        )
        assert session.path == REAL
        assert session.truth is None
        assert not session.is_simulated
        assert session.pole_times is None
        np.testing.assert_array_equal(
            session.frames(38, 44), file["images"][38:44, :, :, 2]
        )


@pytest.mark.parametrize("name", LATER_FILES)
def test_files_of_later_stages_of_whacc_hold_the_frames_of_the_tracker(name):
    with open_session_file(REAL) as tracked, open_session_file(DATA / name) as later:
        assert later.trials == (
            entry(9, "AH0407x160609-9.mp4", 0, 8),
            entry(12, "AH0407x160609-12.mp4", 8, 8),
        )
        expected = [tracked.frames(row, row + 8) for row in (0, 40)]
        np.testing.assert_array_equal(later.frames(0, 16), np.concatenate(expected))
        np.testing.assert_array_equal(later.frames(5, 11), later.frames(0, 16)[5:11])
        assert later.pole_times is None


def entry(number, video_name, first_row, n_frames):
    return TrialEntry(
        number=number, video_name=video_name, first_row=first_row, n_frames=n_frames
    )


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"chunks": (2, 3, 4, 1), "compression": "gzip"},
        {"chunks": (4, 5, 7, 3), "compression": "lzf"},
        {"chunks": (1, 5, 7, 3), "shuffle": True},
    ],
)
def test_frames_are_equal_for_all_layouts_of_chunks(grey, layout):
    path, frames = grey
    # Lag images: the last channel is frame t, the others are not.
    lag = np.stack([frames * 0, frames // 2, frames], axis=3)
    replace(path, "images", lag, **layout)

    with open_session_file(path) as session:
        for start, stop in [(0, 9), (2, 5), (8, 9), (4, 4)]:
            run = session.frames(start, stop)
            np.testing.assert_array_equal(run, frames[start:stop])
            assert run.flags.c_contiguous


def test_images_of_one_channel_are_read(grey):
    path, frames = grey
    replace(path, "images", frames)

    with open_session_file(path) as session:
        np.testing.assert_array_equal(session.frames(1, 9), frames[1:9])


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (0, 10)])
def test_frames_outside_the_file_are_refused(grey, start, stop):
    with (
        open_session_file(grey[0]) as session,
        pytest.raises(ValueError, match=r"within the 9 frames of grey\.h5"),
    ):
        session.frames(start, stop)


def test_file_without_write_permission_is_read_and_left_as_it_is(grey):
    path, _ = grey
    path.chmod(0o444)
    before = path.read_bytes()

    with open_session_file(path) as session:
        session.frames(0, 9)

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_file_that_another_program_has_locked_is_read(grey):
    with grey[0].open("rb") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)

        with open_session_file(grey[0]) as session:
            assert session.n_frames == 9


def test_without_pole_times_they_follow_from_in_range(tmp_path):
    in_range = [0, 1, 0, 1, 0, *[np.nan] * 5, *[0] * 5, 1, np.nan, 1, 1, 1]
    write_session_file(
        tmp_path / "s.h5",
        trials=[(number, f"{number}") for number in range(4)],
        frames=[np.zeros((5, 4, 4), np.uint8)] * 4,
        arrays=SessionArrays(
            in_range=in_range,
        ),
    )

    with open_session_file(tmp_path / "s.h5") as session:
        np.testing.assert_array_equal(
            session.pole_times, [[1, np.nan, 0, np.nan], [4, np.nan, 0, np.nan]]
        )


def test_truth_and_pole_times_are_read_as_written(tmp_path):
    truth = np.array([0, 1, 1, 0], bool)
    write_session_file(
        tmp_path / "s.h5",
        trials=[(1, "a"), (2, "b")],
        frames=[np.zeros((2, 4, 4), np.uint8)] * 2,
        arrays=SessionArrays(
            truth=truth,
            pole_times=[[0, 1], [2, np.nan]],
        ),
    )

    with open_session_file(tmp_path / "s.h5") as session:
        assert session.truth.tolist() == truth.tolist()
        assert session.truth.dtype == bool
        assert session.is_simulated
        np.testing.assert_array_equal(session.pole_times, [[0, 1], [2, np.nan]])
