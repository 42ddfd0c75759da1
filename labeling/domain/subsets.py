"""Subsets: frames that were chosen for curation, and how far their labels are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from django.db import connection, transaction
from django.db.models import Count, QuerySet

from labeling.domain.assignments import assign_subset
from labeling.domain.progress import Progress, progress_by
from labeling.domain.scores import FloatScores, trial_scores
from labeling.domain.trials import draw_roles
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import (
    Assignment,
    Clip,
    ModelVersion,
    Session,
    Subset,
    Trial,
    User,
)
from models_ml.selection import select_clips


def subsets_for(user: User) -> QuerySet[Subset]:
    """Return the subsets that this user may see: for annotators, their own."""
    if user.sees_everything:
        return Subset.objects.all()
    own = Assignment.objects.filter(annotator=user)
    return Subset.objects.filter(pk__in=own.values("clip__subset"))


def subset_for(user: User, pk: int) -> Subset:
    """Return a subset that this user may see."""
    subset = subsets_for(user).filter(pk=pk).first()
    if subset is None:
        raise NotFoundError(f"There is no subset {pk} that you may see.")
    return subset


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetRow:
    """A subset as the list shows it: to annotators with their own progress."""

    subset: Subset
    n_clips: int
    progress: Progress


def subset_rows(user: User) -> list[SubsetRow]:
    """Return the subsets that this user may see, each with its progress."""
    subsets = subsets_for(user).annotate(n_clips=Count("clips"))
    assignments = Assignment.objects.filter(clip__subset__in=subsets_for(user))
    if not user.sees_everything:
        assignments = assignments.filter(annotator=user)
    progress = progress_by("clip__subset", assignments)
    nothing = Progress(labelled=0, total=0)
    return [
        SubsetRow(
            subset=subset,
            n_clips=subset.n_clips,
            progress=progress.get(subset.pk, nothing),
        )
        for subset in subsets
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorRow:
    """Who labels in a subset, and how far they are."""

    annotator: User
    progress: Progress


def annotator_rows(user: User, subset: Subset) -> list[AnnotatorRow]:
    """Return the annotators of a subset; annotators learn nothing of each other."""
    assignments = Assignment.objects.filter(clip__subset=subset)
    if not user.sees_everything:
        assignments = assignments.filter(annotator=user)
    progress = progress_by("annotator", assignments)
    annotators = User.objects.filter(pk__in=progress).order_by("username")
    return [
        AnnotatorRow(annotator=annotator, progress=progress[annotator.pk])
        for annotator in annotators
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipDraft:
    """A clip that is to be made."""

    trial: Trial
    start: int
    stop: int
    reason: str


@transaction.atomic
def create_subset(
    *, user: User | None, name: str, clips: Sequence[ClipDraft], seed: int = 0
) -> Subset:
    """Make a subset of these clips, with a row for each frame that they hold.

    Trials that are chosen for the first time draw their role here.
    """
    if user is not None and not user.is_admin:
        raise NotAllowedError("Only an admin makes subsets.")
    name = name.strip()
    if not name or Subset.objects.filter(name=name).exists():
        raise LabelingError(
            f"Expected a new name for the subset, found {name!r}: choose another one."
        )
    if not clips:
        raise LabelingError("Expected at least one clip, found none: choose more.")
    _refuse_overlaps(clips)
    subset = Subset.objects.create(name=name, created_by=user)
    Clip.objects.bulk_create(
        Clip(
            subset=subset,
            trial=clip.trial,
            start=clip.start,
            stop=clip.stop,
            reason=clip.reason,
        )
        for clip in clips
    )
    _add_frames(subset)
    trials = {clip.trial.pk for clip in clips}
    draw_roles(trials=list(Trial.objects.filter(pk__in=trials)), seed=seed)
    return subset


def _refuse_overlaps(clips: Sequence[ClipDraft]) -> None:
    ordered = sorted(clips, key=lambda clip: (clip.trial.pk, clip.start))
    for before, after in pairwise(ordered):
        if before.trial == after.trial and after.start < before.stop:
            raise LabelingError(
                f"Expected clips that do not overlap, found [{before.start}, "
                f"{before.stop}) and [{after.start}, {after.stop}) in {after.trial}."
            )


def _add_frames(subset: Subset) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO labeling_frame (trial_id, index)
            SELECT c.trial_id, i
            FROM labeling_clip c, generate_series(c.start, c.stop - 1) AS i
            WHERE c.subset_id = %s ON CONFLICT DO NOTHING""",
            [subset.pk],
        )


def select_subset(
    *,
    user: User | None,
    name: str,
    sessions: Sequence[Session],
    n_clips: int,
    clip_frames: int | None,
    random_share: float,
    seed: int,
) -> Subset:
    """Choose the clips of these sessions that are most worth a look.

    Scores of a session's published version guide the choice where they exist. Without
    `clip_frames`, whole trials are chosen.
    """
    trials = [trial for session in sessions for trial in session.trials.all()]
    published = {session.pk: session.published_version for session in sessions}
    scores = [_scores_around_half(each, published[each.session_id]) for each in trials]
    try:
        chosen = select_clips(
            scores=scores,
            n_frames=[trial.n_frames for trial in trials],
            n_clips=n_clips,
            clip_frames=clip_frames,
            random_share=random_share,
            seed=seed,
        )
    except ValueError as error:
        raise LabelingError(str(error)) from error
    clips = [
        ClipDraft(
            trial=trials[clip.trial],
            start=clip.start,
            stop=clip.stop,
            reason=clip.reason,
        )
        for clip in chosen
    ]
    return create_subset(user=user, name=name, clips=clips, seed=seed)


def _scores_around_half(
    trial: Trial, version: ModelVersion | None
) -> FloatScores | None:
    """Return a trial's scores, moved so that any version's threshold is at 0.5."""
    scores = trial_scores(trial, version) if version else None
    if version is None or scores is None:
        return None
    return scores + np.float32(0.5 - version.threshold)


@transaction.atomic
def choose_and_assign(
    *,
    user: User,
    name: str,
    sessions: Sequence[Session],
    n_clips: int,
    clip_frames: int | None,
    random_percent: int,
    annotators: Sequence[User],
    sees_scores: bool,
) -> Subset:
    """Choose a subset and give all of it to each of these annotators."""
    subset = select_subset(
        user=user,
        name=name,
        sessions=sessions,
        n_clips=n_clips,
        clip_frames=clip_frames,
        random_share=random_percent / 100,
        seed=0,
    )
    assign_subset(
        user=user, subset=subset, annotators=annotators, sees_scores=sees_scores
    )
    return subset
