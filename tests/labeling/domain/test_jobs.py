"""Jobs say where they stand, and only the latest attempt may say it."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from labeling.domain.jobs import (
    StaleTokenError,
    append_to_log,
    fail_job,
    finish_job,
    job_for,
    jobs_for,
    report_progress,
    request_job,
    start_job,
)
from labeling.errors import NotAllowedError, NotFoundError
from labeling.models import Job
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return Job.objects.create(kind="score")


def stored(job):
    return Job.objects.get(pk=job.pk)


def test_an_attempt_reports_and_finishes(job):
    attempt = start_job(job_id=job.pk)
    report_progress(job=attempt, stage="scoring", done=3, total=4)
    append_to_log(job=attempt, line="three of four")

    running = stored(job)
    finish_job(job=attempt)

    assert (running.state, running.stage, running.done, running.total) == (
        "running", "scoring", 3, 4,
    )  # fmt: skip
    assert running.log == "three of four\n"
    assert stored(job).state == "done"
    assert stored(job).finished_at > stored(job).started_at


def test_an_attempt_that_was_overtaken_can_write_nothing(job):
    ghost = start_job(job_id=job.pk)
    start_job(job_id=job.pk)

    with pytest.raises(StaleTokenError):
        report_progress(job=ghost, stage="late", done=1, total=1)
    with pytest.raises(StaleTokenError):
        finish_job(job=ghost)

    assert (stored(job).state, stored(job).stage) == ("running", "starting")


def test_a_failed_job_keeps_its_sentence_and_can_be_started_again(job):
    fail_job(job=start_job(job_id=job.pk), error="The disk is full.")
    failed = stored(job)

    start_job(job_id=job.pk)

    assert (failed.state, failed.error) == ("failed", "The disk is full.")
    assert (stored(job).state, stored(job).error, stored(job).token) == (
        "running", "", 2,
    )  # fmt: skip


def test_a_requested_job_is_delivered_with_it(job):
    dana = make_user("dana", "admin")

    requested = request_job(
        user=dana, kind="score", title="Score it", parameters={"session": 7}
    )

    delivery = ProcrastinateJob.objects.get()
    assert (delivery.task_name, delivery.args, delivery.queue_name) == (
        "labeling.run_job", {"job_id": requested.pk}, "jobs",
    )  # fmt: skip
    assert requested.state == "queued"


def test_only_an_admin_requests_a_job():
    with pytest.raises(NotAllowedError):
        request_job(user=make_user(), kind="score", title="", parameters={})

    assert Job.objects.count() == ProcrastinateJob.objects.count() == 0


def test_a_job_is_seen_by_who_asked_for_it_and_by_who_sees_everything(job):
    dana, alice = make_user("dana", "admin"), make_user("alice")
    Job.objects.filter(pk=job.pk).update(requested_by=dana)

    assert job_for(make_user("vera", "viewer"), job.pk) == job
    assert list(jobs_for(alice)) == []
    with pytest.raises(NotFoundError):
        job_for(alice, job.pk)
