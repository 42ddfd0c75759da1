"""A disk that fills up while videos are tracked."""

import os
import resource
import subprocess
import sys

import pytest
from django.conf import settings

from labeling.domain.jobs.attempts import start_job
from labeling.domain.recordings.session_files import opened_session
from labeling.domain.tracking.plan import TrackingRequest
from labeling.domain.tracking.requests import request_tracking
from labeling.jobs import work_off
from labeling.models import Session
from tests.factories import make_user
from tests.factories_videos import spots, write_video

pytestmark = pytest.mark.django_db(transaction=True)

LENGTHS = {1: 10, 2: 60}
# Crops of the two videos need 37 and 223 kB, the session file 260 kB and its tables.
IN_A_VIDEO, IN_THE_SESSION_FILE = 100_000, 300_000


@pytest.fixture
def out(data_root, monkeypatch):
    """A folder for the session, below a data root with two videos."""
    monkeypatch.setenv("WHACC_DATA_ROOT", str(data_root))
    (data_root / "v").mkdir()
    for number, n_frames in LENGTHS.items():
        frames = spots(n_frames, shape=(128, 240))[0]
        write_video(data_root / "v" / f"m-{number}.mp4", frames)
    (data_root / "out").mkdir()
    return data_root / "out"


@pytest.fixture
def begin(out):
    """Request tracking; return a function that starts an attempt at the job."""
    dana = make_user("dana", "admin")
    request = TrackingRequest(
        folder="v", out="out/m.h5", x=25, y=35, frame=0, template_px=15
    )
    return lambda: start_job(job_id=request_tracking(user=dana, request=request).pk)


def files_below(out):
    return sorted(path.name for path in out.rglob("*") if path.is_file())


def assert_failed(job, sentence):
    """Check that a job failed with this sentence and created no session."""
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error.startswith(sentence)
    assert job.traceback == ""
    assert not Session.objects.exists()


def frames_of_next_attempt(begin):
    """Check that the next attempt creates the session; return its first frames."""
    job = begin()
    work_off(job)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    session = Session.objects.get()
    assert [trial.n_frames for trial in session.trials.all()] == list(LENGTHS.values())
    with opened_session(session) as source:
        return source.frames(0, LENGTHS[1])


def work_off_limited(job, n_bytes):
    """Run a job in a process whose files cannot grow beyond `n_bytes`.

    The process uses one CPU, so that it tracks one video after the other.
    """

    def limit():
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))

    command = [sys.executable, "manage.py", "work_off", str(job.pk), str(job.token)]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, cwd=settings.BASE_DIR, preexec_fn=limit
    )
    child.wait(timeout=300)


@pytest.mark.parametrize(
    ("n_bytes", "parts", "sentence"),
    [
        (
            IN_A_VIDEO,
            ["1.crops", "1.npz", "lock"],
            "Cannot write beside 'm.h5' (File too large). Free some space or ",
        ),
        (
            IN_THE_SESSION_FILE,
            ["1.crops", "1.npz", "2.crops", "2.npz", "lock"],
            "m.h5 cannot be written: it needs about 1 MiB (File too large). Free ",
        ),
    ],
)
def test_files_that_cannot_grow_end_tracking_with_a_message(
    begin, out, n_bytes, parts, sentence
):
    job = begin()
    work_off_limited(job, n_bytes)

    assert_failed(job, sentence)
    assert files_below(out) == parts
    # The crops of trial 1 become black: the next attempt uses them as they are.
    crops = out / ".m.h5.tracking" / "1.crops"
    crops.write_bytes(bytes(crops.stat().st_size))
    assert not frames_of_next_attempt(begin).any()
    assert files_below(out) == ["m.h5"]


def test_a_full_disk_ends_tracking_with_a_message(begin, out):
    disk = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", out]
    if subprocess.run(disk, capture_output=True, check=False).returncode:
        pytest.skip("Mounting a small disk is not allowed here.")
    try:
        job = begin()
        work_off(job)

        assert_failed(job, "Cannot write beside 'm.h5' (No space left on device). ")
        assert set(files_below(out)) <= {"1.crops", "1.npz", "lock"}
        subprocess.run(["mount", "-o", "remount,size=4m", out], check=True)
        assert frames_of_next_attempt(begin).any()
        assert files_below(out) == ["m.h5"]
    finally:
        subprocess.run(["umount", out], check=True)
