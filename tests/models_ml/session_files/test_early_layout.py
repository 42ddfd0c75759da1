"""Files of early WhACC releases: no numbers of frames by themselves, and no names."""

import h5py
import numpy as np
import pytest

from models_ml.session_files.layout import SessionFileError
from models_ml.session_files.reader import open_session_file

KEYS = ("images", "labels", "file_name_nums", "trial_nums_and_frame_nums")


@pytest.fixture
def early(tmp_path):
    """A file with the keys of an early release: trials 176 and 189."""
    path = tmp_path / "early.h5"
    with h5py.File(path, "w") as file:
        images = np.arange(7 * 4, dtype=np.uint8).reshape(7, 2, 2)
        values = (images, np.zeros(7), [176.0] * 3 + [189.0] * 4, [[176, 189], [3, 4]])
        for key, value in zip(KEYS, values, strict=True):
            file[key] = value
    return path


def changed(path, key, values):
    with h5py.File(path, "r+") as file:
        del file[key]
        if values is not None:
            file[key] = values
    return path


def test_numbers_of_frames_follow_from_the_table_of_trials(early):
    with open_session_file(early) as file:
        assert [(t.number, t.first_row, t.n_frames) for t in file.trials] == [
            (176, 0, 3),
            (189, 3, 4),
        ]
        assert [trial.video_name for trial in file.trials] == ["trial 176", "trial 189"]


def test_the_trial_of_each_frame_may_be_missing(early):
    with open_session_file(changed(early, "file_name_nums", None)) as file:
        assert len(file.trials) == 2


@pytest.mark.parametrize(
    ("key", "values", "sentence"),
    [
        (
            "file_name_nums",
            [176.0] * 4 + [189.0] * 3,
            "file_name_nums has trial 176 at frame 3, and trial_nums_and_frame_nums "
            "has trial 189 there.",
        ),
        (
            "file_name_nums",
            [176.0] * 3,
            r"file_name_nums has the shape \(3,\). It must have \(7,\).",
        ),
        (
            "trial_nums_and_frame_nums",
            [[176, 189], [3, 5]],
            "The file has 7 images, but its trials have 8 frames.",
        ),
        (
            "trial_nums_and_frame_nums",
            [[176, 189]],
            r"trial_nums_and_frame_nums has the shape \(1, 2\). It must have two rows",
        ),
    ],
)
def test_tables_that_disagree_are_refused(early, key, values, sentence):
    with pytest.raises(SessionFileError, match=sentence):
        open_session_file(changed(early, key, values))
