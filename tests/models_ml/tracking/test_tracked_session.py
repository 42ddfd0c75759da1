import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from models_ml.session_files.layout import SessionFileError
from models_ml.session_files.reader import open_session_file
from models_ml.tracking.exceptions import VideoError
from models_ml.tracking.tracked_session import (
    count_states,
    track_session,
    write_tracked_session,
)
from models_ml.tracking.tracked_video import FrameState, TrackingSettings
from models_ml.tracking.trial_names import TrialVideo


@pytest.fixture
def settings(spots):
    return TrackingSettings(template=spots()[0][0][28:43, 18:33].copy(), crop_px=(9, 9))


@pytest.fixture
def videos(tmp_path, write_video, spots):
    (tmp_path / "videos").mkdir()
    return [
        TrialVideo(
            number=number,
            path=write_video(
                tmp_path / "videos" / f"a-{number}.mp4", spots(8 + number)[0]
            ),
        )
        for number in (1, 2, 10)
    ]


def tracked(videos, settings, folder, **options):
    seen = []
    session = track_session(
        videos,
        settings=settings,
        work_folder=folder,
        n_processes=options.get("n_processes", 2),
        progress=lambda done, total: seen.append((done, total)),
    )
    return session, seen


def test_a_session_file_in_whaccs_layout_is_written(tmp_path, videos, settings, spots):
    session, seen = tracked(videos, settings, tmp_path / "work")
    path = tmp_path / "a.h5"
    times = np.array([[1.0, np.nan, 3.0], [4.0, np.nan, 18.0]])

    write_tracked_session(path, session, settings=settings, pole_times=times)

    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert session.left_out == ()
    assert count_states(session) == {
        FrameState.TRACKED: 37,
        FrameState.DAMAGED: 0,
        FrameState.POLE_OUT: 0,
    }
    with open_session_file(path) as file:
        assert [(t.number, t.video_name, t.n_frames) for t in file.trials] == [
            (1, "a-1.mp4", 9),
            (2, "a-2.mp4", 10),
            (10, "a-10.mp4", 18),
        ]
        assert np.array_equal(file.pole_times, times, equal_nan=True)
        assert np.array_equal(file.frames(9, 19), session.trials[1].video.crops)
    with h5py.File(path) as file:
        assert file["images"].shape == (37, 9, 9)
        corners = np.array(spots(9)[1]) + 1
        assert np.array_equal(file["locations_x_y"][:9], corners)
        assert np.abs(file["locations_x_y_fine"][:9] - corners).max() < 0.5
        assert file["in_range"][:9].tolist() == [0, 1, 1, 1, 0, 0, 0, 0, 0]
        assert np.isnan(file["in_range"][9:19]).all()
        assert file["match_scores"].dtype == np.float32
        assert file["match_scores"][:].min() > 0.9
        assert file["frame_states"][:].tolist() == [0] * 37
        assert np.array_equal(file["template_img"][:], settings.template)


def test_three_channels_are_written_on_request(tmp_path, videos, settings):
    session, _ = tracked(videos, settings, tmp_path / "work")
    path = tmp_path / "a.h5"

    write_tracked_session(
        path, session, settings=settings, pole_times=None, grey_once=False
    )

    with h5py.File(path) as file:
        assert file["images"].shape == (37, 9, 9, 3)
        assert np.isnan(file["in_range"][:]).all()


def test_tracked_videos_are_not_tracked_again(tmp_path, videos, settings):
    first, _ = tracked(videos[:2], settings, tmp_path / "work")

    second, seen = tracked(videos, settings, tmp_path / "work")

    assert seen == [(2, 3), (3, 3)]
    assert np.array_equal(first.trials[1].video.crops, second.trials[1].video.crops)


def test_an_unreadable_video_is_left_out_with_a_message(tmp_path, videos, settings):
    videos[1].path.write_bytes(videos[1].path.read_bytes()[:500])

    session, seen = tracked(videos, settings, tmp_path / "work")

    assert [trial.number for trial in session.trials] == [1, 10]
    (sentence,) = session.left_out
    assert sentence.startswith("a-2.mp4 is not a video, or its end is ")
    assert seen[-1] == (3, 3)


def test_a_session_without_a_readable_video_is_refused(tmp_path, videos, settings):
    videos[0].path.write_bytes(b"")

    with pytest.raises(VideoError, match=r"None of 1 videos can be tracked\. a-1.mp4"):
        tracked(videos[:1], settings, tmp_path / "work")


def test_a_template_larger_than_the_frames_is_refused(tmp_path, videos):
    settings = TrackingSettings(
        template=np.arange(40_000, dtype=np.uint8).reshape(200, 200), crop_px=(9, 9)
    )

    with pytest.raises(VideoError, match="smaller than the template of 200x200 px"):
        tracked(videos, settings, tmp_path / "work")


TRACK = """
import sys
from pathlib import Path
import numpy as np
from models_ml.tracking.tracked_session import track_session
from models_ml.tracking.tracked_video import TrackingSettings
from models_ml.tracking.trial_names import TrialVideo
folder = Path(sys.argv[1])
settings = TrackingSettings(template=np.load(folder / "template.npy"), crop_px=(61, 61))
videos = [TrialVideo(number=n, path=folder / f"a-{n}.mp4") for n in range(4)]
track_session(
    videos, settings=settings, work_folder=folder / "work", n_processes=1,
    progress=lambda done, total: print(done, total, flush=True),
)
"""


def test_a_killed_session_continues_at_the_next_video(tmp_path, oracle):
    for number in range(4):
        shutil.copy(oracle[0], tmp_path / f"a-{number}.mp4")
    template = oracle[1]["template_img"]
    np.save(tmp_path / "template.npy", template)
    process = subprocess.Popen(
        [sys.executable, "-c", TRACK, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in process.stdout:
        if line == "2 4\n":
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    videos = [
        TrialVideo(number=number, path=tmp_path / f"a-{number}.mp4")
        for number in range(4)
    ]
    settings = TrackingSettings(template=template, crop_px=(61, 61))

    session, seen = tracked(videos, settings, tmp_path / "work")

    assert seen[0] in {(2, 4), (3, 4)}
    assert seen[-1] == (4, 4)
    for trial in session.trials:
        assert np.array_equal(trial.video.records["corner"], oracle[1]["locations_x_y"])


def test_a_full_disk_leaves_no_session_file(tmp_path, videos, settings, spots):
    session, _ = tracked(videos, settings, tmp_path / "work")
    full = Path(tmp_path / "full")
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", full],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("Mounting a small disk is not allowed here.")
    try:
        with pytest.raises(SessionFileError, match=r"a\.h5 cannot be written"):
            write_tracked_session(
                full / "a.h5", session, settings=settings, pole_times=None
            )
        assert list(full.iterdir()) == []
        with pytest.raises(OSError, match="No space left"):
            tracked(videos, settings, full / "work")
        assert [path for path in full.rglob("*") if path.is_file()] == []
    finally:
        subprocess.run(["umount", full], check=True)
