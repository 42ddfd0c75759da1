"""The handler of each kind of job, and the procrastinate task that runs jobs.

A job runs in a child process, `manage.py work_off`: TensorFlow's memory is freed when
it ends, a crash affects nothing else, and the worker's heartbeat never waits for a busy
interpreter.
"""

import errno
import logging
import os
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from tenacity import (
    retry,
    retry_if_exception_type,
    stop_after_delay,
    wait_fixed,
)

from labeling.domain.agreement.comparison import choice_of, compare
from labeling.domain.agreement.weekly_comparison import compare_weeks
from labeling.domain.jobs.attempts import (
    LOST_AFTER_SECONDS,
    StaleTokenError,
    StoredProgress,
    append_to_log,
    end_cancelled_job,
    fail_job,
    finish_job,
    lose_job,
    put_job_back,
    start_job,
    still_wanted,
)
from labeling.domain.jobs.notifications import notify_of_job
from labeling.domain.jobs.progress import JobProgress
from labeling.domain.jobs.queue import recover_lost_jobs
from labeling.domain.training.jobs import rescore_in_job, retrain_in_job
from labeling.domain.versions.scoring import score_session
from labeling.errors import LabelingError
from labeling.job_child import INTERRUPTED, JobChild
from labeling.models import Job, Session, Subset

logger = logging.getLogger(__name__)

HEARTBEATS_APART_SECONDS = 2
DATABASE_AWAY_SECONDS_MAX = 60
DATABASE_AWAY = (OperationalError, InterfaceError)
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# At most this many notices of tracking go into the log.
NOTICES_MAX = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a job: a sentence, and ids of objects for links."""

    sentence: str
    result: dict[str, Any] = field(default_factory=dict)


Handler = Callable[[Mapping[str, Any], JobProgress], Outcome]


@app.task(name="labeling.run_job", queue="jobs", pass_context=True)  # type: ignore[untyped-decorator]
def run_job(context: JobContext, job_id: int) -> None:
    """Run a job in a child process, and watch it until it ends."""
    attempt = start_job(job_id=job_id, worker=f"{socket.gethostname()}:{os.getpid()}")
    if attempt is None:
        return
    with suppress(StaleTokenError), JobChild(attempt) as child:
        watch(attempt, child, stopping=context.should_abort)


# The sixth field counts seconds.
@app.periodic(cron="* * * * * */10")  # type: ignore[untyped-decorator]
@app.task(name="labeling.recover_jobs", queue="recovery", queueing_lock="recovery")  # type: ignore[untyped-decorator]
def recover_jobs(timestamp: int) -> None:
    """Queue the jobs of lost workers again."""
    for job in recover_lost_jobs(silent_seconds=LOST_AFTER_SECONDS):
        logger.warning("Job %s lost its worker. It is %s now.", job.pk, job.state)


@app.task(
    name="labeling.tell_of_job",
    queue="recovery",
    retry=RetryStrategy(max_attempts=6, exponential_wait=4),
)  # type: ignore[untyped-decorator]
def notify(job_id: int) -> None:
    """Send the notifications of a finished job."""
    notify_of_job(Job.objects.select_related("requested_by").get(pk=job_id))


def watch(attempt: Job, child: JobChild, *, stopping: Callable[[], bool]) -> None:
    """Watch a child until it ends, the job is cancelled, or this worker stops."""
    while not child.ended(within_seconds=HEARTBEATS_APART_SECONDS):
        if stopping():
            child.stop()
            return put_job_back(job=attempt)
        try:
            wanted = still_wanted(attempt)
        except DATABASE_AWAY:
            # The database may be restarting; the child notices it by itself.
            connection.close()
            continue
        if not wanted:
            child.stop()
            return end_cancelled_job(job=attempt)
    if child.was_interrupted:
        why = "It lost the database."
        return patiently(lambda: lose_job(job=attempt, why=why))
    # After an attempt that ended properly, this changes nothing: it is not running.
    error, lines = child.ending, child.last_lines
    return patiently(lambda: fail_job(job=attempt, error=error, traceback=lines))


@retry(
    retry=retry_if_exception_type(DATABASE_AWAY),
    wait=wait_fixed(1),
    stop=stop_after_delay(DATABASE_AWAY_SECONDS_MAX),
    before_sleep=lambda _: connection.close(),
    reraise=True,
)
def patiently(write: Callable[[], None]) -> None:
    """Run a write to the database; repeat it while the database restarts."""
    write()


def work_off(job: Job) -> None:
    """Do an attempt at a job in this process, and record how it ended."""
    try:
        outcome = HANDLERS[Job.Kind(job.kind)](job.parameters, StoredProgress(job))
        append_to_log(job=job, line=outcome.sentence)
        finish_job(job=job, result=outcome.result)
    except StaleTokenError:
        logger.warning("Attempt %s at job %s was overtaken.", job.token, job.pk)
    except DATABASE_AWAY as error:
        # Nothing can be recorded here; the worker queues the job again.
        traceback.print_exception(error)
        sys.exit(INTERRUPTED)
    except LabelingError as error:
        with suppress(StaleTokenError):
            fail_job(job=job, error=str(error))
    except Exception as error:
        lines = traceback.format_exc()
        with suppress(StaleTokenError):
            fail_job(job=job, error=sentence_of(error), traceback=lines)
        raise


def sentence_of(error: Exception) -> str:
    """Return a message for an unexpected error."""
    if isinstance(error, OSError) and _is_disk_full(error):
        return (
            "The disk is full. Free some space, then start this job again. It "
            "continues where it stopped."
        )
    return f"Unexpected error: {type(error).__name__}: {error}"


def _is_disk_full(error: OSError) -> bool:
    # Errors of NumPy and HDF5 have no number; at best it is in their text.
    text = str(error)
    return (
        error.errno in DISK_FULL
        or text.endswith(" written")
        or any(f"errno = {number}," in text for number in DISK_FULL)
    )


def _score(parameters: Mapping[str, Any], progress: JobProgress) -> Outcome:
    session = Session.objects.get(pk=parameters["session"])
    scored = score_session(session=session, progress=progress)
    sentence = f"{session}: {scored.n_trials} trials scored by {scored.version}."
    return Outcome(sentence, {"session": session.pk})


def _compare(parameters: Mapping[str, Any], progress: JobProgress) -> Outcome:
    noun, model = ("subset", Subset) if "subset" in parameters else ("session", Session)
    of = model.objects.get(pk=parameters[noun])
    choice = choice_of(
        of, consensus=parameters["consensus"], version=parameters["version"]
    )
    compare(choice, progress=progress)
    return Outcome(f"Compared the annotators of {of}.", {noun: of.pk})


def _compare_weeks(parameters: Mapping[str, Any], progress: JobProgress) -> Outcome:
    compare_weeks(progress=progress)
    return Outcome("Compared the annotators week by week.")


def _track(parameters: Mapping[str, Any], progress: JobProgress) -> Outcome:
    # The web process imports this module too, and must not load a video decoder.
    from labeling.domain.tracking.plan import TrackingRequest
    from labeling.domain.tracking.run import track_videos

    request = TrackingRequest(**parameters)
    tracked = track_videos(user=None, request=request, progress=progress)
    lines = list(tracked.notices[:NOTICES_MAX])
    if len(tracked.notices) > NOTICES_MAX:
        lines.append(f"And {len(tracked.notices) - NOTICES_MAX:,} more notices.")
    lines.append(f"{tracked.session}: {tracked.n_trials} trials tracked.")
    return Outcome(sentence="\n".join(lines), result={"session": tracked.session.pk})


def _retrain(parameters: Mapping[str, Any], progress: JobProgress) -> Outcome:
    version, rescored = retrain_in_job(parameters, progress)
    sentence = f"Created {version} from {version.parent}."
    if rescored:
        sentence += f" Scored with it, not published: {', '.join(map(str, rescored))}."
    return Outcome(sentence, {"version": version.pk})


def _rescore(parameters: Mapping[str, Any], progress: JobProgress) -> Outcome:
    version, sessions = rescore_in_job(parameters, progress)
    names = ", ".join(map(str, sessions))
    sentence = f"Scored with {version}, not published: {names}."
    return Outcome(sentence, {"version": version.pk})


HANDLERS: Mapping[Job.Kind, Handler] = {
    Job.Kind.SCORE: _score,
    Job.Kind.COMPARE: _compare,
    Job.Kind.COMPARE_WEEKS: _compare_weeks,
    Job.Kind.RETRAIN: _retrain,
    Job.Kind.RESCORE: _rescore,
    Job.Kind.TRACK: _track,
}
