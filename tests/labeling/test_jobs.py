"""Jobs run in a child process of the worker, and their end is recorded."""

import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from errno import ENOSPC

import pytest
from django.conf import settings
from django.db import OperationalError
from procrastinate.contrib.django import app

from labeling.domain.jobs.attempts import start_job
from labeling.domain.jobs.queue import request_job
from labeling.domain.recordings.sessions import import_session
from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.jobs import request_retrain
from labeling.domain.versions.scoring import score_session
from labeling.domain.versions.store import classifier_of
from labeling.jobs import patiently, sentence_of, work_off
from labeling.models import Job, LabelSnapshot, ModelVersion, Scores
from tests.factories import make_session, make_user
from tests.factories_rig import subset_by_truth, write_rig

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def dana():
    return make_user("dana", "admin")


def deliver_jobs():
    """Do what the worker does, until the queue is empty.

    In a thread of its own: the browser's tests leave an event loop in this one.
    """

    def deliver():
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(
                wait=False, install_signal_handlers=False, listen_notify=False
            )

    with ThreadPoolExecutor(1) as pool:
        pool.submit(deliver).result()


def test_a_scoring_job_runs_in_a_child_process_to_its_end(
    dana, real_file, data_root, monkeypatch
):
    monkeypatch.setenv("WHACC_DATA_ROOT", str(data_root))
    session = import_session(user=None, file=real_file)
    job = request_job(
        user=dana,
        kind=Job.Kind.SCORE,
        title=f"Score {session}",
        parameters={"session": session.pk},
    )

    deliver_jobs()

    job.refresh_from_db()
    session.refresh_from_db()
    assert (job.state, job.error, job.done, job.total) == ("done", "", 3, 3)
    assert job.log == "real: 3 trials scored by version 1.\n"
    assert session.published_version.number == 1
    assert Scores.objects.count() == 3


def test_a_job_whose_file_is_missing_fails_with_a_message(dana, data_root):
    job = Job.objects.create(kind="score", parameters={"session": make_session().pk})

    work_off(start_job(job_id=job.pk))

    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error.startswith("There is no session file 'session.h5'")


def test_a_child_that_dies_leaves_a_failed_job(dana):
    job = request_job(user=dana, kind=Job.Kind.SCORE, title="", parameters={})

    deliver_jobs()

    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error == "Unexpected error: KeyError: 'session'"


def test_an_overtaken_attempt_does_not_end_the_later_one():
    job = Job.objects.create(kind="score", parameters={"session": make_session().pk})
    ghost = start_job(job_id=job.pk)
    Job.objects.update(heartbeat_at=None, state="queued")
    start_job(job_id=job.pk)

    work_off(ghost)

    job.refresh_from_db()
    assert (job.state, job.error) == ("running", "")


def test_a_full_disk_fails_the_job_and_leaves_no_incomplete_file(
    dana, real_file, data_root, monkeypatch, tmp_path
):
    monkeypatch.setenv("WHACC_DATA_ROOT", str(data_root))
    monkeypatch.setenv("WHACC_CACHE_ROOT", str(tmp_path / "cache"))
    session = import_session(user=None, file=real_file)
    parameters = {"session": session.pk}
    job = Job.objects.create(kind="score", parameters=parameters, requested_by=dana)
    attempt = start_job(job_id=job.pk)

    child = subprocess.Popen(
        [sys.executable, "manage.py", "work_off", str(job.pk), str(attempt.token)],
        stdin=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        # As on a full disk, no file can grow further.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    child.wait(timeout=300)

    job.refresh_from_db()
    assert job.state == "failed"
    # Whichever file cannot grow first: that of the CNN for OpenVINO, or of its units.
    sentences = ("The disk is full.", "CNN units could not be written below")
    assert job.error.startswith(sentences)
    assert [path for path in tmp_path.rglob("cache/**/*") if path.is_file()] == []
    assert Scores.objects.count() == 0


@pytest.mark.parametrize("left_out", ["none", "validation"])
def test_a_retrain_on_a_full_disk_leaves_nothing_and_can_be_repeated(
    dana, data_root, settings, monkeypatch, tmp_path, left_out
):
    # With a validation trial the stored search cannot grow, without one the classifier.
    roots = {name: tmp_path / name for name in ("cache", "models")}
    for name, root in roots.items():
        monkeypatch.setenv(f"WHACC_{name.upper()}_ROOT", str(root))
        setattr(settings, f"WHACC_{name.upper()}_ROOT", root)
    monkeypatch.setenv("WHACC_DATA_ROOT", str(data_root))
    session = import_session(user=None, file=write_rig(data_root / "rig.h5").name)
    score_session(session=session)
    subset = subset_by_truth(session, [make_user()])
    session.trials.filter(role=left_out).update(excluded_because="to leave it out")
    job = request_retrain(user=dana, choice=retrain_choice(subset))
    attempt = start_job(job_id=job.pk)
    before = files_below(tmp_path)

    child = subprocess.Popen(
        [sys.executable, "manage.py", "work_off", str(job.pk), str(attempt.token)],
        stdin=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    child.wait(timeout=600)

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", sentence_of(OSError(ENOSPC, "full")))
    assert files_below(tmp_path) == before
    assert ModelVersion.objects.filter(parent__isnull=False).count() == 0
    assert LabelSnapshot.objects.count() == 0
    again = request_retrain(user=dana, choice=retrain_choice(subset))
    work_off(start_job(job_id=again.pk))
    again.refresh_from_db()
    version = ModelVersion.objects.get(job=again)
    assert (again.state, again.error) == ("done", "")
    assert classifier_of(version).n_trees == version.metrics["n_trees"]


def retrain_choice(subset):
    return RetrainingChoice(
        trains_cnn=False,
        subsets=[subset],
        parent=None,
        weight=2.0,
        with_shipped_data=False,
        n_trainings=1,
        minutes=None,
        seed=0,
        rescore=False,
    )


def files_below(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_last_write_is_repeated_while_the_database_restarts():
    attempts = []

    def write():
        attempts.append(len(attempts))
        if len(attempts) == 1:
            raise OperationalError("the database system is starting up")

    patiently(write)

    assert attempts == [0, 1]


def test_a_last_write_is_not_repeated_after_another_error():
    attempts = []

    def write():
        attempts.append(len(attempts))
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        patiently(write)

    assert attempts == [0]
