"""In range: the frames with the pole in range, from the session file."""

import numpy as np
import pytest

from labeling.domain.recordings.in_range import block_frames_in_range, session_ranges
from labeling.domain.recordings.sessions import import_session
from models_ml.session_files.writer import SessionArrays, write_session_file
from tests.factories import make_session, make_subset, noise_frames

pytestmark = pytest.mark.django_db


def test_frames_between_the_pole_times_are_in_range_within_the_block(
    tmp_path, settings
):
    settings.WHACC_DATA_ROOT = tmp_path
    write_session_file(
        tmp_path / "poles.h5",
        trials=[(number, f"{number}.mp4") for number in (1, 2, 3, 4)],
        frames=[noise_frames(seed, n_frames=60) for seed in range(4)],
        arrays=SessionArrays(
            pole_times=np.array([[2, 25, 50, np.nan], [30, 90, 70, 40]]),
        ),
    )
    session = import_session(user=None, file="poles.h5")
    clips = make_subset(session, start=15, stop=35).clips.order_by("trial__first_row")

    assert [block_frames_in_range(clip) for clip in clips] == [
        [(5, 30)],
        [(25, 45)],
        [],
        None,
    ]


def test_pole_times_are_read_again_after_the_file_changes_or_disappears(
    tmp_path, settings
):
    settings.WHACC_DATA_ROOT = tmp_path
    path = tmp_path / "poles.h5"

    def write(down):
        write_session_file(
            path,
            trials=[(1, "1.mp4")],
            frames=[noise_frames(1, n_frames=60)],
            arrays=SessionArrays(
                pole_times=np.array([[2.0], [down]]),
            ),
        )

    write(30)
    session = import_session(user=None, file="poles.h5")
    trial = session.trials.get()
    first, again = session_ranges(session), session_ranges(session)
    write(40)
    second = session_ranges(session)
    path.unlink()
    gone = session_ranges(session)
    write(50)

    assert first is again
    assert [each.pole_times(trial) for each in (first, second)] == [(2, 30), (2, 40)]
    assert gone.pole_times(trial) is None
    assert "There is no session file 'poles.h5'" in gone.unread
    assert session_ranges(session).pole_times(trial) == (2, 50)


def test_without_pole_times_or_file_the_range_is_unknown():
    clip = make_subset(make_session()).clips.first()
    assert block_frames_in_range(clip) is None
