"""Jobs: background work as its users see it; procrastinate only delivers it."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Job, User

LOG_CHARS_MAX = 20_000


class StaleTokenError(LabelingError):
    """A later attempt at the same job has taken over; this one must stop."""


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


@transaction.atomic
def request_job(
    *, user: User, kind: str, title: str, parameters: dict[str, Any]
) -> Job:
    """Queue a job; it is delivered when the surrounding transaction commits."""
    if not user.is_admin:
        raise NotAllowedError("Only an admin starts jobs.")
    job = Job.objects.create(
        kind=kind, title=title, parameters=parameters, requested_by=user
    )
    app.configure_task("labeling.run_job").defer(job_id=job.pk)
    return job


def start_job(*, job_id: int) -> Job:
    """Begin an attempt at a job; whatever an earlier attempt still writes is void."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        job.token += 1
        job.state = Job.State.RUNNING
        job.stage, job.done, job.total, job.log, job.error = "starting", 0, 0, "", ""
        job.started_at, job.finished_at = Now(), None
        job.save()
    return Job.objects.get(pk=job_id)


def attempt_at(*, job_id: int, token: int) -> Job:
    """Return a job as the attempt that was started with this token sees it."""
    attempt = Job.objects.filter(
        pk=job_id, token=token, state=Job.State.RUNNING
    ).first()
    if attempt is None:
        raise StaleTokenError(f"Attempt {token} at job {job_id} runs no longer.")
    return attempt


def fail_interrupted_jobs() -> int:
    """Fail what ran when the only worker ended; return how many jobs that were."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    return running.update(
        state=Job.State.FAILED,
        error="The product was stopped while this job ran: start it again.",
        finished_at=Now(),
    )


def report_progress(*, job: Job, stage: str, done: int, total: int) -> None:
    """Show where an attempt stands."""
    _write(job, stage=stage[:100], done=min(done, total), total=total)


def append_to_log(*, job: Job, line: str) -> None:
    """Add a line for whoever watches."""
    job.log = (job.log + line.rstrip("\n") + "\n")[-LOG_CHARS_MAX:]
    _write(job, log=job.log)


def finish_job(*, job: Job) -> None:
    """Record that an attempt did all of its work."""
    _write(job, state=Job.State.DONE, stage="", finished_at=Now())


def fail_job(*, job: Job, error: str) -> None:
    """Record in one sentence why an attempt ended."""
    _write(job, state=Job.State.FAILED, error=error, finished_at=Now())


def _write(job: Job, **fields: Any) -> None:
    current = Job.objects.filter(
        pk=job.pk, token=job.token, state=Job.State.RUNNING
    ).update(**fields)
    if not current:
        raise StaleTokenError(
            f"Attempt {job.token} at job {job.pk} was overtaken by a later one."
        )
