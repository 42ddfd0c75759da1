"""The queue of jobs: request, list, repeat and cancel them, recover lost ones.

procrastinate delivers the jobs to workers; their state is in the `Job` table.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from labeling.domain.jobs.notifications import notify_after_commit
from labeling.domain.permissions import require_admin
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Job, User

# A shorter time is too short to estimate the speed.
SPEED_SECONDS_MIN = 2

LOSSES_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The speed of the running stage, and the time it needs."""

    per_second: float
    seconds_left: float

    @property
    def seconds_each(self) -> float:
        """Seconds per step, for slow stages."""
        return 1 / self.per_second

    @property
    def minutes_left(self) -> float:
        """The remaining time in minutes, for long stages."""
        return self.seconds_left / 60


def jobs_for(user: User) -> QuerySet[Job]:
    """Return the jobs that this user may see: all of them, or the user's own."""
    jobs = Job.objects.select_related("requested_by")
    return jobs if user.sees_everything else jobs.filter(requested_by=user)


def job_for(user: User, pk: int) -> Job:
    """Return a job that this user may see."""
    job = jobs_for(user).filter(pk=pk).first()
    if job is None:
        raise NotFoundError(f"There is no job {pk} that you may see.")
    return job


def pace_of(job: Job) -> Pace | None:
    """Return the pace of the stage of a running job; None while it is unknown."""
    if job.state != Job.State.RUNNING or not job.stage_started_at or not job.done:
        return None
    seconds = (timezone.now() - job.stage_started_at).total_seconds()
    if seconds < SPEED_SECONDS_MIN:
        return None
    per_second = job.done / seconds
    return Pace(per_second=per_second, seconds_left=(job.total - job.done) / per_second)


@transaction.atomic
def request_job(
    *, user: User, kind: Job.Kind, title: str, parameters: dict[str, Any]
) -> Job:
    """Queue a job; a worker gets it after the surrounding transaction commits."""
    require_admin(user, "start jobs")
    job = Job.objects.create(
        kind=kind, title=title, parameters=parameters, requested_by=user
    )
    deliver(job)
    return job


def repeat_job(*, user: User, job: Job) -> Job:
    """Queue a new job with the same work."""
    require_admin(user, "start jobs")
    if job.is_open:
        raise LabelingError(
            f"This job is {job.state}. Wait until it ends, or cancel it first."
        )
    return request_job(
        user=user, kind=Job.Kind(job.kind), title=job.title, parameters=job.parameters
    )


@transaction.atomic
def cancel_job(*, user: User, job: Job) -> Job:
    """Cancel a queued job at once; ask the worker of a running job to stop it."""
    require_admin(user, "cancel jobs")
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.is_open:
        raise LabelingError(
            f"This job is already {job.state}, so it cannot be cancelled."
        )
    job.cancel_asked_at = job.cancel_asked_at or timezone.now()
    if job.state == Job.State.QUEUED:
        job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
        notify_after_commit(job)
    job.save(update_fields=["cancel_asked_at", "state", "finished_at"])
    return job


def recover_lost_jobs(*, silent_seconds: float) -> list[Job]:
    """Queue the jobs of workers without a heartbeat for this long again."""
    return [
        job
        for pk in _lost_jobs(silent_seconds).values_list("pk", flat=True)
        if (job := _recover(pk, silent_seconds))
    ]


def deliver(job: Job) -> None:
    """Deliver a queued job to the workers."""
    app.configure_task("labeling.run_job").defer(job_id=job.pk)


def put_lost_job_back(*, job: Job, why: str) -> None:
    """Queue a running job, which the caller has locked, again; or end it.

    A job that was lost too often fails: it may be the cause of the losses.
    """
    job.times_lost += 1
    job.log += f"{why}\n"
    if job.cancel_asked_at:
        job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
    elif job.times_lost >= LOSSES_MAX:
        job.state, job.finished_at = Job.State.FAILED, timezone.now()
        job.error = (
            f"This job was interrupted {job.times_lost} times, most recently: {why} "
            "Look at the worker's log, then start the job again."
        )
    else:
        job.state = Job.State.QUEUED
        deliver(job)
    job.save()
    if not job.is_open:
        notify_after_commit(job)


def _lost_jobs(silent_seconds: float) -> QuerySet[Job]:
    since = timezone.now() - timedelta(seconds=silent_seconds)
    # Attempts of earlier releases have no heartbeat.
    is_silent = Q(heartbeat_at__lte=since) | Q(heartbeat_at=None)
    return Job.objects.filter(is_silent, state=Job.State.RUNNING)


@transaction.atomic
def _recover(pk: int, silent_seconds: float) -> Job | None:
    # Another machine may be recovering the same job.
    lost = _lost_jobs(silent_seconds).select_for_update(skip_locked=True)
    job = lost.filter(pk=pk).first()
    if job is not None:
        put_lost_job_back(job=job, why=f"Its worker {job.worker} was lost.")
    return job
