"""Retraining: gather labels, train on them, record a new model version."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.gather import gather
from labeling.domain.training.record import record_version
from labeling.domain.training.train import train
from labeling.domain.versions.scoring import score_session
from labeling.models import ModelVersion, Session, Subset, User
from models_ml.touches.evaluation import Metrics
from models_ml.training.search_store import SearchStore


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainingResult:
    """A new version, with the held-out metrics of its parent and of itself.

    `before` and `after` are None when no held-out trial was labelled.
    """

    version: ModelVersion
    parent: ModelVersion
    before: Metrics | None
    after: Metrics | None


def retrain_subsets(
    *,
    user: User | None,
    choice: RetrainingChoice,
    progress: JobProgress = silent_progress,
    search_store: SearchStore | None = None,
    checkpoints: Path | None = None,
) -> RetrainingResult:
    """Train a new version on the labels of subsets, and record it.

    The parent's feature set stays. Its CNN stays too if the choice is trees alone, or
    if the trained CNN is not better on the labels that judge it. Trees on the parent's
    CNN also learn from the data of the first classifier of its kind (the shipped data,
    or WhACC's), if they are available and the choice includes them. A labelled frame
    then counts `choice.weight` times as much as a frame of those data.
    """
    choice.check(user)
    material = gather(choice)
    trained = train(
        material,
        progress=progress,
        search_store=search_store,
        checkpoints=checkpoints,
    )
    version = record_version(material, trained, user=user, progress=progress)
    if search_store is not None:
        search_store.delete()
    if checkpoints is not None:
        rmtree(checkpoints, ignore_errors=True)
    result = trained.result
    return RetrainingResult(
        version=version,
        parent=material.parent,
        before=result.before,
        after=result.after,
    )


def rescore_subsets(
    *,
    version: ModelVersion,
    subsets: Sequence[Subset],
    publish: bool = True,
    progress: JobProgress = silent_progress,
) -> list[Session]:
    """Score the sessions of these subsets with a version, and publish it there.

    Without `publish` the version stays a candidate: the sessions show what they showed.
    """
    sessions = list(
        Session.objects.filter(trials__clips__subset__in=subsets).distinct()
    )
    for session in sessions:
        score_session(
            session=session, version=version, publish=publish, progress=progress
        )
    return sessions
