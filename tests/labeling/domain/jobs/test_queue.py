"""Jobs: their states and attempts; only the latest attempt may write."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from labeling.domain.jobs.attempts import (
    StaleTokenError,
    append_to_log,
    fail_job,
    fenced,
    finish_job,
    lose_job,
    put_job_back,
    start_job,
    still_wanted,
    store_progress,
)
from labeling.domain.jobs.queue import (
    cancel_job,
    job_for,
    jobs_for,
    pace_of,
    recover_lost_jobs,
    repeat_job,
    request_job,
)
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Job, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return Job.objects.create(kind="score")


@pytest.fixture
def dana():
    return make_user("dana", "admin")


def stored(job):
    return Job.objects.get(pk=job.pk)


def silent_for_a_minute(job):
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=a_minute_ago)


def overtaken(job):
    """Return an attempt that lost its place to a later one."""
    ghost = start_job(job_id=job.pk)
    silent_for_a_minute(job)
    start_job(job_id=job.pk)
    return ghost


def test_an_attempt_stores_progress_and_finishes(job):
    attempt = start_job(job_id=job.pk)
    store_progress(job=attempt, stage="scoring", done=3, total=4)
    append_to_log(job=attempt, line="three of four")

    running = stored(job)
    finish_job(job=attempt)

    assert (running.state, running.stage, running.done, running.total) == (
        "running", "scoring", 3, 4,
    )  # fmt: skip
    assert running.log == "three of four\n"
    assert stored(job).state == "done"
    assert stored(job).finished_at > stored(job).started_at


def test_an_overtaken_attempt_cannot_write(job):
    ghost = overtaken(job)

    with pytest.raises(StaleTokenError):
        store_progress(job=ghost, stage="late", done=1, total=1)
    with pytest.raises(StaleTokenError):
        finish_job(job=ghost)
    with pytest.raises(StaleTokenError), fenced(ghost):
        make_user("written by a ghost")

    assert (stored(job).state, stored(job).stage) == ("running", "starting")
    assert not User.objects.exists()


def test_the_latest_attempt_can_write(job):
    with fenced(start_job(job_id=job.pk)):
        make_user("alice")

    assert User.objects.get().username == "alice"


def test_a_running_job_is_not_started_twice(job):
    start_job(job_id=job.pk)

    assert start_job(job_id=job.pk) is None
    assert stored(job).token == 1


@pytest.mark.parametrize("end", [finish_job, partial(fail_job, error="The disk.")])
def test_an_ended_job_is_not_started_again(job, end):
    end(job=start_job(job_id=job.pk))

    assert start_job(job_id=job.pk) is None


def test_a_failed_job_keeps_its_message_and_is_repeated_as_a_new_job(job, dana):
    fail_job(job=start_job(job_id=job.pk), error="The disk is full.", traceback="line")

    again = repeat_job(user=dana, job=stored(job))

    failed = stored(job)
    assert (failed.state, failed.error, failed.traceback) == (
        "failed", "The disk is full.", "line",
    )  # fmt: skip
    assert (again.kind, again.state, again.pk != job.pk) == ("score", "queued", True)
    with pytest.raises(LabelingError, match="This job is queued"):
        repeat_job(user=dana, job=again)


def test_a_queued_job_is_cancelled_at_once(job, dana):
    cancel_job(user=dana, job=job)

    assert stored(job).state == "cancelled"
    assert start_job(job_id=job.pk) is None
    with pytest.raises(LabelingError, match="already cancelled"):
        cancel_job(user=dana, job=job)


def test_the_worker_of_a_running_job_learns_of_the_cancellation(job, dana):
    attempt = start_job(job_id=job.pk)
    wanted_before = still_wanted(attempt)

    cancel_job(user=dana, job=job)

    assert (wanted_before, still_wanted(attempt)) == (True, False)
    assert stored(job).state == "running"


def test_only_an_admin_cancels(job):
    with pytest.raises(NotAllowedError):
        cancel_job(user=make_user(), job=job)


def test_a_job_whose_worker_is_lost_is_queued_again(job):
    attempt = start_job(job_id=job.pk, worker="rig2:17")
    alive = recover_lost_jobs(silent_seconds=20)
    silent_for_a_minute(job)

    (recovered,) = recover_lost_jobs(silent_seconds=20)

    assert alive == []
    assert (recovered.state, recovered.log) == (
        "queued", "Its worker rig2:17 was lost.\n",
    )  # fmt: skip
    assert ProcrastinateJob.objects.get().args == {"job_id": job.pk}
    with pytest.raises(StaleTokenError):
        finish_job(job=attempt)


def test_a_job_that_was_lost_too_often_fails(job):
    for _ in range(3):
        start_job(job_id=job.pk)
        silent_for_a_minute(job)
        recover_lost_jobs(silent_seconds=20)

    assert stored(job).state == "failed"
    assert stored(job).error.startswith("This job was interrupted 3 times")


def test_a_cancelled_job_is_not_queued_again_after_its_worker_is_lost(job, dana):
    start_job(job_id=job.pk)
    cancel_job(user=dana, job=job)
    silent_for_a_minute(job)

    recover_lost_jobs(silent_seconds=20)

    assert stored(job).state == "cancelled"
    assert not ProcrastinateJob.objects.exists()


def test_a_job_whose_worker_is_stopped_is_queued_again_and_not_lost(job):
    put_job_back(job=start_job(job_id=job.pk))

    assert (stored(job).state, stored(job).times_lost) == ("queued", 0)
    assert start_job(job_id=job.pk).token == 2


def test_an_attempt_that_lost_the_database_is_queued_again(job):
    lose_job(job=start_job(job_id=job.pk), why="It lost the database.")

    assert (stored(job).state, stored(job).times_lost) == ("queued", 1)


def test_the_pace_of_a_stage_is_known_after_a_while(job):
    attempt = start_job(job_id=job.pk)
    store_progress(job=attempt, stage="scoring", done=30, total=90)
    too_early = pace_of(stored(job))
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(stage_started_at=now - timedelta(seconds=10))

    pace = pace_of(stored(job))

    assert too_early is None
    assert (round(pace.per_second), round(pace.seconds_left)) == (3, 20)


def test_a_requested_job_is_delivered_with_it(dana):
    requested = request_job(
        user=dana, kind=Job.Kind.SCORE, title="Score it", parameters={"session": 7}
    )

    delivery = ProcrastinateJob.objects.get()
    assert (delivery.task_name, delivery.args, delivery.queue_name) == (
        "labeling.run_job", {"job_id": requested.pk}, "jobs",
    )  # fmt: skip
    assert requested.state == "queued"


def test_only_an_admin_requests_a_job():
    with pytest.raises(NotAllowedError):
        request_job(user=make_user(), kind=Job.Kind.SCORE, title="", parameters={})

    assert Job.objects.count() == ProcrastinateJob.objects.count() == 0


def test_jobs_are_shown_to_their_user_and_to_users_who_see_everything(job, dana):
    alice = make_user("alice")
    Job.objects.filter(pk=job.pk).update(requested_by=dana)

    assert job_for(make_user("vera", "viewer"), job.pk) == job
    assert list(jobs_for(alice)) == []
    with pytest.raises(NotFoundError):
        job_for(alice, job.pk)
