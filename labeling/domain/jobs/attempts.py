"""Attempts at jobs: only the latest may write, and what it writes is fenced."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from labeling.domain.jobs.notifications import defer_notice
from labeling.domain.jobs.progress import JobProgress
from labeling.domain.jobs.queue import deliver, put_lost_job_back
from labeling.errors import LabelingError
from labeling.models import Job

LOG_CHARS_MAX = 20_000
TRACEBACK_CHARS_MAX = 20_000

# A worker says every 2 s that it lives; after this long it is taken for lost.
LOST_AFTER_SECONDS = 20
PROGRESS_APART_SECONDS = 0.5


class StaleTokenError(LabelingError):
    """A later attempt at the same job has taken over; this one must stop."""


def start_job(*, job_id: int, worker: str = "") -> Job | None:
    """Begin an attempt at a job; whatever an earlier attempt still writes is void.

    None when there is nothing to begin: it has ended or was cancelled, or another
    worker lives and is at it.
    """
    silent = Q(heartbeat_at__lte=Now() - timedelta(seconds=LOST_AFTER_SECONDS))
    waiting = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING) & silent
    begun = Job.objects.filter(waiting, pk=job_id).update(
        token=F("token") + 1,
        state=Job.State.RUNNING,
        worker=worker[:100],
        heartbeat_at=Now(),
        stage="starting",
        stage_started_at=Now(),
        done=0,
        total=0,
        error="",
        traceback="",
        started_at=Now(),
        finished_at=None,
    )
    return Job.objects.get(pk=job_id) if begun else None


def attempt_at(*, job_id: int, token: int) -> Job:
    """Return a job as the attempt that was started with this token sees it."""
    attempt = Job.objects.filter(
        pk=job_id, token=token, state=Job.State.RUNNING
    ).first()
    if attempt is None:
        raise StaleTokenError(f"Attempt {token} at job {job_id} runs no longer.")
    return attempt


def still_wanted(attempt: Job) -> bool:
    """Say that the attempt's worker lives; False when somebody cancelled the job."""
    _write(attempt, heartbeat_at=Now())
    return not Job.objects.filter(pk=attempt.pk, cancel_asked_at__isnull=False).exists()


def store_progress(*, job: Job, stage: str, done: int, total: int) -> None:
    """Store the progress of an attempt."""
    begins = {} if stage == job.stage else {"stage_started_at": Now()}
    job.stage = stage
    _write(job, stage=stage[:100], done=min(done, total), total=total, **begins)


def append_to_log(*, job: Job, line: str) -> None:
    """Add a line for whoever watches."""
    job.log = (job.log + line.rstrip("\n") + "\n")[-LOG_CHARS_MAX:]
    _write(job, log=job.log)


def finish_job(*, job: Job, result: dict[str, Any] | None = None) -> None:
    """Record that an attempt did all of its work."""
    _end(job, state=Job.State.DONE, stage="", result=result or {})


def fail_job(*, job: Job, error: str, traceback: str = "") -> None:
    """Record in one sentence why an attempt ended."""
    traceback = traceback[-TRACEBACK_CHARS_MAX:]
    _end(job, state=Job.State.FAILED, error=error, traceback=traceback)


def end_cancelled_job(*, job: Job) -> None:
    """Record that an attempt was stopped because somebody wished it."""
    _end(job, state=Job.State.CANCELLED)


@transaction.atomic
def put_job_back(*, job: Job) -> None:
    """Queue the job of an attempt whose worker is being stopped."""
    _write(job, state=Job.State.QUEUED, stage="", done=0, total=0)
    deliver(job)


def lose_job(*, job: Job, why: str) -> None:
    """Queue the job of an attempt that was interrupted, unless that is too often."""
    with fenced(job):
        put_lost_job_back(job=Job.objects.get(pk=job.pk), why=why)


@contextmanager
def fenced(attempt: Job) -> Iterator[None]:
    """Open a transaction that commits only while this attempt is the latest."""
    with transaction.atomic():
        # Held until the commit: a new attempt waits, and then finds all or nothing.
        latest = Job.objects.select_for_update(no_key=True).filter(
            pk=attempt.pk, token=attempt.token, state=Job.State.RUNNING
        )
        if not latest.exists():
            raise _overtaken(attempt)
        yield


class StoredProgress(JobProgress):
    """Stores the progress of an attempt in its job."""

    def __init__(self, attempt: Job) -> None:
        self.attempt, self.job_id = attempt, attempt.pk
        self._stored_at = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Store the progress, but not more often than twice a second."""
        now = time.monotonic()
        is_news = stage != self.attempt.stage or done >= total
        if is_news or now - self._stored_at >= PROGRESS_APART_SECONDS:
            self._stored_at = now
            store_progress(job=self.attempt, stage=stage, done=done, total=total)

    def line(self, text: str) -> None:
        """Add a line to the job's log."""
        append_to_log(job=self.attempt, line=text)

    def fenced(self) -> Any:
        """Open a transaction that only the latest attempt can commit."""
        return fenced(self.attempt)


@transaction.atomic
def _end(job: Job, **fields: Any) -> None:
    _write(job, finished_at=timezone.now(), **fields)
    defer_notice(job)


def _write(job: Job, **fields: Any) -> None:
    latest = Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)
    if not latest.update(**fields):
        raise _overtaken(job)


def _overtaken(job: Job) -> StaleTokenError:
    return StaleTokenError(
        f"Attempt {job.token} at job {job.pk} was overtaken by a later one."
    )
