"""Retraining as a job: asked for on a page, done by a worker."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.jobs.queue import request_job
from labeling.domain.labels.sources import MAJORITY
from labeling.domain.training.preview import preview_subsets
from labeling.domain.training.retraining import (
    check_choice,
    job_of,
    rescore_subsets,
    retrain_subsets,
)
from labeling.domain.versions.scoring import score_session
from labeling.domain.versions.store import weights_of
from labeling.errors import LabelingError
from labeling.models import Job, ModelVersion, Session, Subset, User
from models_ml.training.search import SearchBudget
from models_ml.training.search_store import KeptSearch

JOB_KIND, RESCORING_KIND = "retrain", "rescore"
# Of retrains that failed or were cancelled, and that nobody started again.
SEARCHES_KEPT_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainingChoice:
    """What an admin chooses of a retrain; without a parent, the latest version."""

    subsets: Sequence[Subset]
    source: str
    parent: ModelVersion | None
    weight: float
    with_shipped_data: bool
    n_trainings: int
    minutes: float | None
    seed: int
    rescore: bool

    @property
    def budget(self) -> SearchBudget:
        """When the search ends."""
        return SearchBudget(n_trainings=self.n_trainings, minutes=self.minutes)


def request_retrain(*, user: User, choice: RetrainingChoice) -> Job:
    """Queue a retrain, or say what is missing for it."""
    check_choice(
        user=user, weight=choice.weight, budget=choice.budget, seed=choice.seed
    )
    preview_subsets(
        choice.subsets,
        parent=choice.parent,
        with_shipped_data=choice.with_shipped_data,
        source=choice.source,
    ).check()
    names = ", ".join(subset.name for subset in choice.subsets)
    return request_job(
        user=user,
        kind=JOB_KIND,
        title=f"Retrain on {names}"[:300],
        parameters={
            "subsets": [subset.pk for subset in choice.subsets],
            "source": choice.source,
            "parent": choice.parent and choice.parent.pk,
            "weight": choice.weight,
            "with_shipped_data": choice.with_shipped_data,
            "n_trainings": choice.n_trainings,
            "minutes": choice.minutes,
            "seed": choice.seed,
            "rescore": choice.rescore,
        },
    )


def request_rescoring(
    *, user: User, version: ModelVersion, sessions: Sequence[Session]
) -> Job:
    """Queue the scoring of sessions by a version that stays a candidate there."""
    weights_of(version.backbone)
    names = ", ".join(session.name for session in sessions)
    return request_job(
        user=user,
        kind=RESCORING_KIND,
        title=f"Score {names} with {version}"[:300],
        parameters={
            "version": version.pk,
            "sessions": [session.pk for session in sessions],
        },
    )


def rescore_in_job(
    parameters: Mapping[str, Any], progress: JobProgress
) -> tuple[ModelVersion, list[Session]]:
    """Score sessions with a version; what they show stays."""
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
    """Retrain as a job says, and score the subsets' sessions with the candidate.

    An attempt that follows one which was interrupted after its version was recorded
    goes on with that version: a job makes one.
    """
    subsets = list(Subset.objects.filter(pk__in=parameters["subsets"]))
    if len(subsets) < len(parameters["subsets"]):
        raise LabelingError(
            "Expected the subsets that were chosen, found that some are gone: choose "
            "anew."
        )
    version = ModelVersion.objects.filter(
        job__isnull=False, job=progress.job_id
    ).first() or _retrained(parameters, subsets, progress)
    if not parameters["rescore"]:
        return version, []
    return version, rescore_subsets(
        version=version, subsets=subsets, publish=False, progress=progress
    )


def _retrained(
    parameters: Mapping[str, Any], subsets: Sequence[Subset], progress: JobProgress
) -> ModelVersion:
    job, parent = job_of(progress), parameters["parent"]
    return retrain_subsets(
        user=None if job is None else job.requested_by,
        subsets=subsets,
        parent=ModelVersion.objects.get(pk=parent) if parent else None,
        weight=parameters["weight"],
        with_shipped_data=parameters["with_shipped_data"],
        budget=SearchBudget(
            n_trainings=parameters["n_trainings"], minutes=parameters["minutes"]
        ),
        seed=parameters["seed"],
        source=parameters.get("source", MAJORITY),
        progress=progress,
        kept_search=_kept_search(parameters),
    ).version


def _kept_search(parameters: Mapping[str, Any]) -> KeptSearch:
    """Return where the search of such a retrain is kept while it runs.

    Named by what was asked, so that a job that is started again after a failure goes
    on too; that it is the same search is told by what it learns from.
    """
    asked = json.dumps(dict(parameters), sort_keys=True)
    folder = Path(settings.WHACC_CACHE_ROOT) / "searches"
    _forget_old_searches(folder)
    return KeptSearch(folder / f"{hashlib.sha256(asked.encode()).hexdigest()}.json")


def _forget_old_searches(folder: Path) -> None:
    for path in folder.glob("*"):
        # Another worker may do the same at the same time.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - SEARCHES_KEPT_SECONDS:
                path.unlink()
