"""Retraining and rescoring as jobs: an admin requests them, a worker runs them."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any

from django.conf import settings

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.jobs.queue import request_job
from labeling.domain.training.choice import RetrainingChoice, check_may_retrain
from labeling.domain.training.preview import preview_subsets
from labeling.domain.training.record import job_of
from labeling.domain.training.retraining import rescore_subsets, retrain_subsets
from labeling.domain.versions.scoring import score_session
from labeling.domain.versions.store import weights_of
from labeling.errors import LabelingError
from labeling.models import Job, ModelVersion, Session, User
from models_ml.training.search_store import SearchStore

# Searches of retrains that failed or were cancelled, and were not started again.
UNUSED_SEARCH_SECONDS = 7 * 24 * 3600


def request_retrain(*, user: User, choice: RetrainingChoice) -> Job:
    """Queue a retrain, or refuse it with what is missing."""
    choice.check(user)
    preview_subsets(
        choice.subsets,
        parent=choice.parent,
        with_shipped_data=choice.with_shipped_data,
        source=choice.source,
    ).check()
    names = ", ".join(subset.name for subset in choice.subsets)
    return request_job(
        user=user,
        kind=Job.Kind.RETRAIN,
        title=f"Retrain on {names}"[:300],
        parameters=choice.as_parameters(),
    )


def request_rescoring(
    *, user: User, version: ModelVersion, sessions: Sequence[Session]
) -> Job:
    """Queue the scoring of sessions by a version that stays a candidate there."""
    check_may_retrain(user)
    if not sessions:
        raise LabelingError("No sessions chosen. Choose the sessions to score.")
    weights_of(version.backbone)
    names = ", ".join(session.name for session in sessions)
    return request_job(
        user=user,
        kind=Job.Kind.RESCORE,
        title=f"Score {names} with {version}"[:300],
        parameters={
            "version": version.pk,
            "sessions": [session.pk for session in sessions],
        },
    )


def rescore_in_job(
    parameters: Mapping[str, Any], progress: JobProgress
) -> tuple[ModelVersion, list[Session]]:
    """Score sessions with a version; the version that they show does not change."""
    version = ModelVersion.objects.get(pk=parameters["version"])
    sessions = list(Session.objects.filter(pk__in=parameters["sessions"]))
    for session in sessions:
        score_session(
            session=session, version=version, publish=False, progress=progress
        )
    return version, sessions


def retrain_in_job(
    parameters: Mapping[str, Any], progress: JobProgress
) -> tuple[ModelVersion, list[Session]]:
    """Retrain with a job's parameters, and score the subsets' sessions if asked.

    A job creates one version, however often it is restarted: an attempt that finds the
    version of an earlier attempt continues with it.
    """
    choice = RetrainingChoice.from_parameters(parameters)
    created = ModelVersion.objects.filter(
        job__isnull=False, job=progress.job_id
    ).first()
    version = created or _retrain(choice, parameters, progress)
    if not choice.rescore:
        return version, []
    return version, rescore_subsets(
        version=version, subsets=choice.subsets, publish=False, progress=progress
    )


def _retrain(
    choice: RetrainingChoice, parameters: Mapping[str, Any], progress: JobProgress
) -> ModelVersion:
    job = job_of(progress)
    unfinished = _unfinished(parameters)
    return retrain_subsets(
        user=None if job is None else job.requested_by,
        choice=choice,
        progress=progress,
        search_store=SearchStore(unfinished.with_suffix(".json")),
        checkpoints=unfinished,
    ).version


def _unfinished(parameters: Mapping[str, Any]) -> Path:
    """Return where an unfinished retrain with these parameters is stored.

    The search is a file of this name, the CNN's checkpoints are in a folder. The name
    comes from the parameters, so a job that is started again after a failure continues.
    The search and the checkpoints themselves check that their data are the same.
    """
    asked = json.dumps(dict(parameters), sort_keys=True)
    folder = Path(settings.WHACC_CACHE_ROOT) / "searches"
    _remove_old_searches(folder)
    return folder / hashlib.sha256(asked.encode()).hexdigest()


def _remove_old_searches(folder: Path) -> None:
    for path in folder.glob("*"):
        # Another worker may remove the same file at the same time.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - UNUSED_SEARCH_SECONDS:
                if path.is_dir():
                    rmtree(path, ignore_errors=True)
                else:
                    path.unlink()
