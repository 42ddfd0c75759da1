"""Workers: however one ends, its jobs are done elsewhere, once and completely."""

import os
import signal
import time

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from labeling.domain.jobs.queue import cancel_job, request_job
from labeling.domain.recordings.sessions import import_session
from labeling.models import Job, Scores
from tests.factories import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def trials_locked():
    """A hold on the table of trials: a scoring job stands still before its first.

    Not on what it writes: a killed child's transaction would hold the job's row until
    the database notices.
    """
    with psycopg.connect(os.environ["DATABASE_URL"]) as hold:
        hold.execute("LOCK TABLE labeling_trial IN ACCESS EXCLUSIVE MODE")
        yield hold


@pytest.fixture
def job(real_file):
    dana = make_user("dana", "admin")
    session = import_session(user=None, file=real_file)
    parameters = {"session": session.pk}
    return request_job(
        user=dana, kind=Job.Kind.SCORE, title="Score", parameters=parameters
    )


def wait_until(condition, what):
    deadline = time.monotonic() + 300
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)
    return found


def stored(job):
    return Job.objects.get(pk=job.pk)


def wait_until_it_stands_still(job):
    """Wait until the job's child waits for the lock; return its process."""
    wait_until(is_blocked, "the job is at work")
    (child,) = children_of(job)
    return child


def is_blocked():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND query LIKE '%labeling_trial%'"""
        )
        return cursor.fetchone()[0]


def children_of(job):
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if (process.info["cmdline"] or [])[-3:-1] == ["work_off", str(job.pk)]
        and f"{settings.BASE_DIR}" in process.cwd()
    ]


def wait_until_finished(job):
    wait_until(lambda: stored(job).state == "done", "the job is done")
    assert Scores.objects.count() == 3


def test_kill_9_of_a_worker_ends_its_child_and_another_does_the_job(
    job, workers, trials_locked
):
    worker = workers()
    child = wait_until_it_stands_still(job)
    worker.kill()
    wait_until(lambda: not child.is_running(), "the child is gone as well")
    # As if the last heartbeat were a minute old, without waiting for it.
    Job.objects.update(heartbeat_at=None)

    workers("--recovery")
    workers()
    trials_locked.rollback()

    wait_until_finished(job)
    assert (stored(job).token, stored(job).times_lost) == (2, 1)


def test_two_workers_do_two_jobs_of_one_queue_at_the_same_time(
    job, workers, trials_locked
):
    dana, asked = job.requested_by, job.parameters
    other = request_job(user=dana, kind=Job.Kind.SCORE, title="Again", parameters=asked)
    workers()
    workers()

    wait_until(lambda: is_blocked() == 2, "both jobs are at work")
    their_workers = {stored(each).worker for each in (job, other)}
    trials_locked.rollback()

    wait_until_finished(job)
    wait_until_finished(other)
    assert len(their_workers) == 2
    assert [stored(each).token for each in (job, other)] == [1, 1]


def test_the_only_worker_continues_interrupted_jobs_at_once(
    job, workers, trials_locked
):
    worker = workers("--only-worker")
    wait_until_it_stands_still(job)
    worker.kill()
    trials_locked.rollback()

    workers("--only-worker")

    wait_until_finished(job)


def test_a_running_job_is_cancelled_within_seconds(job, workers, trials_locked):
    workers()
    child = wait_until_it_stands_still(job)

    cancel_job(user=job.requested_by, job=job)

    wait_until(lambda: stored(job).state == "cancelled", "the job is cancelled")
    assert not child.is_running()
    trials_locked.rollback()
    assert Scores.objects.count() == 0


def test_a_stopped_worker_queues_its_job_again(job, workers, trials_locked):
    worker = workers()
    child = wait_until_it_stands_still(job)

    worker.send_signal(signal.SIGTERM)

    worker.wait(timeout=300)
    assert (stored(job).state, stored(job).times_lost) == ("queued", 0)
    assert not child.is_running()


def test_a_job_that_loses_the_database_is_done_when_it_is_back(
    job, workers, trials_locked
):
    workers()
    wait_until_it_stands_still(job)

    # What a restart of the database does to those who are connected.
    trials_locked.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    )
    trials_locked.rollback()
    connection.close()

    wait_until_finished(job)
    assert stored(job).times_lost == 1
