"""Jobs: background work as its users see it; procrastinate only delivers it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from labeling.domain.jobs.notifications import defer_notice
from labeling.domain.permissions import require_admin
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Job, User

# Fewer says nothing about the speed.
SPEED_SECONDS_MIN = 2

LOSSES_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast the stage that runs is, and how long it will take."""

    per_second: float
    seconds_left: float

    @property
    def seconds_each(self) -> float:
        """The same as the speed, for what takes long."""
        return 1 / self.per_second

    @property
    def minutes_left(self) -> float:
        """The same, for long stages."""
        return self.seconds_left / 60


def jobs_for(user: User) -> QuerySet[Job]:
    """Return the jobs that this user may see: all, or those asked for."""
    jobs = Job.objects.select_related("requested_by")
    return jobs if user.sees_everything else jobs.filter(requested_by=user)


def job_for(user: User, pk: int) -> Job:
    """Return a job that this user may see."""
    job = jobs_for(user).filter(pk=pk).first()
    if job is None:
        raise NotFoundError(f"There is no job {pk} that you may see.")
    return job


def pace_of(job: Job) -> Pace | None:
    """Return the pace of a running job's stage; None while it cannot be known."""
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
    """Queue a job; it is delivered when the surrounding transaction commits."""
    require_admin(user, "start jobs")
    job = Job.objects.create(
        kind=kind, title=title, parameters=parameters, requested_by=user
    )
    deliver(job)
    return job


def repeat_job(*, user: User, job: Job) -> Job:
    """Queue the same work again, as a job of its own."""
    require_admin(user, "start jobs")
    if job.is_open:
        raise LabelingError(
            f"Expected a job that has ended, found one that is {job.state}: wait for "
            "it or cancel it first."
        )
    return request_job(
        user=user, kind=Job.Kind(job.kind), title=job.title, parameters=job.parameters
    )


@transaction.atomic
def cancel_job(*, user: User, job: Job) -> Job:
    """Cancel a queued job at once; ask the worker of a running one to stop it."""
    require_admin(user, "cancel jobs")
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.is_open:
        raise LabelingError(f"This job is {job.state} already: nothing to cancel.")
    job.cancel_asked_at = job.cancel_asked_at or timezone.now()
    if job.state == Job.State.QUEUED:
        job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
        defer_notice(job)
    job.save(update_fields=["cancel_asked_at", "state", "finished_at"])
    return job


def recover_lost_jobs(*, silent_seconds: float) -> list[Job]:
    """Queue again what ran on workers that have been silent for so long."""
    return [
        job
        for pk in _silent_jobs(silent_seconds).values_list("pk", flat=True)
        if (job := _recover(pk, silent_seconds))
    ]


def deliver(job: Job) -> None:
    """Hand a queued job to the workers."""
    app.configure_task("labeling.run_job").defer(job_id=job.pk)


def put_lost_job_back(*, job: Job, why: str) -> None:
    """Queue a running job again, which is locked here, or end it.

    A job that was lost too often fails: it may be what kills its workers.
    """
    job.times_lost += 1
    job.log += f"{why}\n"
    if job.cancel_asked_at:
        job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
    elif job.times_lost >= LOSSES_MAX:
        job.state, job.finished_at = Job.State.FAILED, timezone.now()
        job.error = (
            f"This job was interrupted {job.times_lost} times, at last so: {why} Look "
            "at the worker's log, then start it again."
        )
    else:
        job.state = Job.State.QUEUED
        deliver(job)
    job.save()
    if not job.is_open:
        defer_notice(job)


def _silent_jobs(silent_seconds: float) -> QuerySet[Job]:
    since = timezone.now() - timedelta(seconds=silent_seconds)
    # Attempts of earlier releases have no heartbeat.
    silent = Q(heartbeat_at__lte=since) | Q(heartbeat_at=None)
    return Job.objects.filter(silent, state=Job.State.RUNNING)


@transaction.atomic
def _recover(pk: int, silent_seconds: float) -> Job | None:
    # Another machine may be recovering the same job.
    lost = _silent_jobs(silent_seconds).select_for_update(skip_locked=True)
    job = lost.filter(pk=pk).first()
    if job is not None:
        put_lost_job_back(job=job, why=f"Its worker {job.worker} was lost.")
    return job
