"""Tracking a folder of videos: the session, the notices, the refusals."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from labeling.domain.jobs.attempts import start_job
from labeling.domain.jobs.progress import silent_progress
from labeling.domain.recordings.session_files import opened_session
from labeling.domain.tracking.plan import TrackingRequest, plan_tracking
from labeling.domain.tracking.requests import request_tracking
from labeling.domain.tracking.run import track_videos
from labeling.errors import LabelingError, NotAllowedError
from labeling.jobs import work_off
from labeling.models import Job, Session
from models_ml.tracking.videos import decoded_frames
from tests.factories import make_session, make_user
from tests.factories_videos import spots, write_video

pytestmark = pytest.mark.django_db

WHACC = Path(__file__).parents[3] / "data" / "whacc_tracking"


@pytest.fixture
def folder(data_root):
    """A folder of three videos of a spot, the pole."""
    folder = data_root / "monday"
    folder.mkdir()
    for number in (10, 9, 1):
        write_video(folder / f"m-{number}.mp4", spots(12)[0])
    return folder


def asked(**options):
    standard = {"folder": "monday", "out": "monday.h5", "x": 25, "y": 35, "frame": 0}
    return TrackingRequest(**{**standard, "template_px": 15, "crop_px": 9, **options})


def refusal(request):
    with pytest.raises(LabelingError) as raised:
        track_videos(user=None, request=request)
    return str(raised.value)


def test_a_folder_becomes_a_session(folder, data_root):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    stages = []

    tracked = track_videos(
        user=None,
        request=asked(about={"rate_hz": 500.0, "animal": "A1", "rig": "r"}),
        progress=lambda *stage: stages.append(stage),
    )

    session = Session.objects.get()
    assert tracked.session == session
    assert (session.name, session.file, session.rate_hz) == ("m", "monday.h5", 500.0)
    trials = [(trial.number, trial.n_frames) for trial in session.trials.all()]
    assert trials == [(1, 12), (9, 12), (10, 12)]
    with opened_session(session) as source:
        frame = list(decoded_frames(folder / "m-9.mp4"))[4]
        # The spot's corner is at (32, 34) there, the crop's one pixel inside it.
        assert np.array_equal(source.frames(16, 17)[0], frame.grey[35:44, 33:42])
    assert tracked.notices == (
        "The pole times of 3 trials are unknown; the first is trial 1.",
    )
    assert stages[-1] == ("tracking videos", 3, 3)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(path.name for path in data_root.iterdir()) == ["monday", "monday.h5"]


def test_whaccs_video_becomes_whaccs_session(data_root):
    (data_root / "v").mkdir()
    shutil.copy(WHACC / "AH0407x160609-9.mp4", data_root / "v")
    with np.load(WHACC / "whacc.npz") as whacc:
        corner = whacc["locations_x_y"][100].tolist()
        request = TrackingRequest(
            folder="v", out="v.h5", x=corner[0] + 30, y=corner[1] + 30, frame=100
        )

        tracked = track_videos(user=None, request=request)

    assert tracked.session.name == "AH0407x160609"
    with opened_session(tracked.session) as source:
        up, down = source.pole_times[:, 0]
    # The pole arrives in frame 80 and sways; the video ends while it is in reach.
    assert (up, down) == (80, 113)


def test_known_pole_times_replace_detected_ones(folder, data_root):
    (data_root / "times.csv").write_text("trial,up,down\n9,2,10\n10,3,11\n")
    request = asked(pole_times_file="times.csv", pole_times={"10": [1, 5]})

    tracked = track_videos(user=None, request=request)

    with opened_session(tracked.session) as source:
        expected = [[np.nan, 2, 1], [np.nan, 10, 5]]
        assert np.array_equal(source.pole_times, expected, equal_nan=True)


def test_unusual_videos_get_notices_and_unreadable_ones_are_left_out(folder):
    (folder / "m-2.mp4").write_bytes((folder / "m-1.mp4").read_bytes()[:900])
    (folder / "m-3.mp4").write_bytes(b"")
    write_video(folder / "m-4.mp4", spots(12, shape=(64, 96))[0])
    write_video(folder / "m-5.mp4", spots(11)[0], rate=30)

    plan = plan_tracking(asked(), silent_progress)
    tracked = track_videos(user=None, request=asked())

    assert [video.number for video in plan.videos] == [1, 5, 9, 10]
    assert len(plan.notices) == 5
    for name, notice in zip(
        [
            "m-2.mp4 is not a video",
            "m-3.mp4 is not a video",
            "m-4.mp4 is left out: its frames have 96x64",
            "has 11 frames",
        ],
        plan.notices,
        strict=False,
    ):
        assert name in notice
    assert "m-5.mp4 has 30 frames a second" in plan.notices[4]
    assert tracked.notices[:5] == plan.notices
    assert tracked.n_trials == 4


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"folder": "../.."}, "is outside the data root"),
        ({"folder": "/etc"}, "is outside the data root"),
        ({"folder": "tuesday"}, "There is no folder 'tuesday'"),
        ({"out": "../a.h5"}, "is outside the data root"),
        ({"out": "a.mp4"}, "is not a name for a new session file"),
        ({"pole_times_file": "../times.csv"}, "is outside the data root"),
        ({"pole_times": {"7": [1, 2]}}, "for trial 7, which is not in the session"),
        ({"x": 3}, "extends beyond the frame of 128x96 px"),
        ({"frame": 99}, "Frame 99 of m-1.mp4"),
        ({"video": "x.mp4"}, "'x.mp4' is not among the session's videos"),
        ({"template_px": 0}, "Choose sizes from 2 to 1000 px"),
        ({"numbers": {"m-1.mp4": 9}}, "m-1.mp4, m-9.mp4 have the same trial number 9"),
    ],
)
def test_an_impossible_request_is_refused(folder, data_root, options, sentence):
    assert sentence in refusal(asked(**options))
    assert not Session.objects.exists()
    assert list(data_root.rglob("*.h5*")) == []


def test_a_link_out_of_the_data_root_is_refused(folder, data_root, tmp_path):
    outside = shutil.copy(folder / "m-1.mp4", tmp_path / "outside.mp4")
    (folder / "m-7.mp4").symlink_to(outside)
    (data_root / "linked").symlink_to(tmp_path)

    assert "'m-7.mp4' is a link out of the data root" in refusal(asked())
    assert "is outside the data root" in refusal(asked(folder="linked"))
    assert "is outside the data root" in refusal(asked(out="linked/a.h5"))
    track_videos(user=None, request=asked(left_out=["m-7.mp4"]))
    assert Session.objects.get().trials.count() == 3


def test_existing_files_and_names_are_refused(folder, data_root):
    (data_root / "monday.h5").write_text("precious")

    assert "The file 'monday.h5' exists already" in refusal(asked())
    make_session("m")
    assert "There is already a session 'm'" in refusal(asked(out="b.h5"))
    assert (data_root / "monday.h5").read_text() == "precious"


def test_only_an_admin_tracks(folder):
    with pytest.raises(NotAllowedError):
        track_videos(user=make_user("ada"), request=asked())
    with pytest.raises(NotAllowedError):
        request_tracking(user=make_user("ben"), request=asked())


def test_tracking_is_a_job(folder):
    job = request_tracking(user=make_user("dana", "admin"), request=asked())

    work_off(start_job(job_id=job.pk, worker="here"))

    job.refresh_from_db()
    assert (job.title, job.state, job.error) == ("Track 3 videos: m", "done", "")
    assert Session.objects.get().name == "m"
    assert job.log.endswith("m: 3 trials tracked.\n")
    assert Job.objects.count() == 1
