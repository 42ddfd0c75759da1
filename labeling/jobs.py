"""Which function does which kind of job, and how procrastinate runs one.

A job works in a child process, `manage.py work_off`, so that TensorFlow's memory goes
back when it ends, a crash takes nothing else along, and the worker's heartbeat never
waits for a busy interpreter.
"""

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from procrastinate.contrib.django import app

from labeling.domain.jobs import (
    StaleTokenError,
    append_to_log,
    fail_job,
    finish_job,
    report_progress,
    start_job,
)
from labeling.domain.report import Report
from labeling.domain.scoring import score_session
from labeling.errors import LabelingError
from labeling.models import Job, Session

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any], Report], str]


@app.task(name="labeling.run_job", queue="jobs")  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """Do a job in a child process, and record it when the child dies on the way."""
    job = start_job(job_id=job_id)
    manage = Path(settings.BASE_DIR) / "manage.py"
    child = subprocess.run(
        [sys.executable, manage, "work_off", str(job.pk), str(job.token)],
        stdin=subprocess.DEVNULL,
        check=False,
    )
    # An attempt that ended as it should is no longer running, and this says nothing.
    with suppress(StaleTokenError):
        fail_job(job=job, error=f"The job's process ended with {child.returncode}.")


def work_off(job: Job) -> None:
    """Do an attempt at a job here and now, and record how it ended."""

    def report(stage: str, done: int, total: int) -> None:
        report_progress(job=job, stage=stage, done=done, total=total)

    try:
        outcome = HANDLERS[job.kind](job.parameters, report)
        append_to_log(job=job, line=outcome)
        finish_job(job=job)
    except StaleTokenError:
        logger.warning("Attempt %s at job %s was overtaken.", job.token, job.pk)
    except LabelingError as error:
        fail_job(job=job, error=str(error))
    except Exception as error:
        fail_job(job=job, error=f"Something broke: {type(error).__name__}: {error}")
        raise


def _score(parameters: Mapping[str, Any], report: Report) -> str:
    session = Session.objects.get(pk=parameters["session"])
    scored = score_session(session=session, report=report)
    return f"{session}: {scored.n_trials} trials scored by {scored.version}."


HANDLERS: Mapping[str, Handler] = {"score": _score}
