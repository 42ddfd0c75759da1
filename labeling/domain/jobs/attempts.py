"""Attempts at jobs: the latest one writes its progress and its result."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from labeling.domain.jobs.notifications import notify_after_commit
from labeling.domain.jobs.progress import JobProgress
from labeling.domain.jobs.queue import deliver, put_lost_job_back
from labeling.errors import LabelingError
from labeling.models import Job

LOG_CHARS_MAX = 20_000
TRACEBACK_CHARS_MAX = 20_000

# Workers send a heartbeat every 2 s. After this long without one, a worker is lost.
LOST_AFTER_SECONDS = 20
PROGRESS_APART_SECONDS = 0.5


class StaleTokenError(LabelingError):
    """A later attempt at the same job has started, so this one must stop."""


def start_job(*, job_id: int, worker: str = "") -> Job | None:
    """Start an attempt at a job; from now on, writes of earlier attempts are refused.

    None if there is nothing to start: the job has ended, or runs on another worker
    that is alive.
    """
    lost = Q(heartbeat_at__lte=Now() - timedelta(seconds=LOST_AFTER_SECONDS))
    waiting = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING) & lost
    n_started = Job.objects.filter(waiting, pk=job_id).update(
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
    return Job.objects.get(pk=job_id) if n_started else None


def attempt_at(*, job_id: int, token: int) -> Job:
    """Return the running attempt at a job with this token."""
    attempt = Job.objects.filter(
        pk=job_id, token=token, state=Job.State.RUNNING
    ).first()
    if attempt is None:
        raise StaleTokenError(
            f"Attempt {token} at job {job_id} is not running any more."
        )
    return attempt


def still_wanted(attempt: Job) -> bool:
    """Send a heartbeat of the attempt; return False if the job was cancelled."""
    _write(attempt, heartbeat_at=Now())
    return not Job.objects.filter(pk=attempt.pk, cancel_asked_at__isnull=False).exists()


def store_progress(*, job: Job, stage: str, done: int, total: int) -> None:
    """Store the progress of an attempt."""
    started = {} if stage == job.stage else {"stage_started_at": Now()}
    job.stage = stage
    _write(job, stage=stage[:100], done=min(done, total), total=total, **started)


def append_to_log(*, job: Job, line: str) -> None:
    """Append a line to the log of a job, which its page shows."""
    job.log = (job.log + line.rstrip("\n") + "\n")[-LOG_CHARS_MAX:]
    _write(job, log=job.log)


def finish_job(*, job: Job, result: dict[str, Any] | None = None) -> None:
    """Record that an attempt has finished its work."""
    _end(job, state=Job.State.DONE, stage="", result=result or {})


def fail_job(*, job: Job, error: str, traceback: str = "") -> None:
    """Record that an attempt failed, with a message."""
    traceback = traceback[-TRACEBACK_CHARS_MAX:]
    _end(job, state=Job.State.FAILED, error=error, traceback=traceback)


def end_cancelled_job(*, job: Job) -> None:
    """Record that an attempt was stopped because a user cancelled the job."""
    _end(job, state=Job.State.CANCELLED)


@transaction.atomic
def put_job_back(*, job: Job) -> None:
    """Queue the job of an attempt again, because its worker is being stopped."""
    _write(job, state=Job.State.QUEUED, stage="", done=0, total=0)
    deliver(job)


def lose_job(*, job: Job, why: str) -> None:
    """Queue the job of an interrupted attempt again, unless it was lost too often."""
    with fenced(job):
        put_lost_job_back(job=Job.objects.get(pk=job.pk), why=why)


@contextmanager
def fenced(attempt: Job) -> Iterator[None]:
    """Open a transaction that commits only if this attempt is still the latest."""
    with transaction.atomic():
        # Locked until the commit: a new attempt waits, and then sees all or nothing.
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
        is_due = stage != self.attempt.stage or done >= total
        if is_due or now - self._stored_at >= PROGRESS_APART_SECONDS:
            self._stored_at = now
            store_progress(job=self.attempt, stage=stage, done=done, total=total)

    def line(self, text: str) -> None:
        """Append a line to the log of the job."""
        append_to_log(job=self.attempt, line=text)

    def fenced(self) -> Any:
        """Open a transaction that only the latest attempt can commit."""
        return fenced(self.attempt)


@transaction.atomic
def _end(job: Job, **fields: Any) -> None:
    _write(job, finished_at=timezone.now(), **fields)
    notify_after_commit(job)


def _write(job: Job, **fields: Any) -> None:
    latest = Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)
    if not latest.update(**fields):
        raise _overtaken(job)


def _overtaken(job: Job) -> StaleTokenError:
    return StaleTokenError(
        f"Attempt {job.token} at job {job.pk} was overtaken by a later one."
    )
