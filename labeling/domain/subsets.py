"""Subsets: frames that were chosen for curation, and how far their labels are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, QuerySet

from labeling.domain.progress import Progress, progress_by
from labeling.domain.trials import draw_roles
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Assignment, Clip, Session, Subset, Trial, User


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


# A subset is for people: at ten frames a second this is half a week of one of them.
SUBSET_FRAMES_MAX = 1_000_000


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
    _check_clips(clips)
    _lock_sessions({clip.trial.session_id for clip in clips})
    subset = Subset(name=name.strip(), created_by=user, seed=seed)
    _save_with_new_name(subset)
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


def _lock_sessions(session_ids: set[int]) -> None:
    """Let one choose from these sessions at a time: roles and frames are drawn once."""
    sessions = Session.objects.filter(pk__in=session_ids).order_by("pk")
    # Evaluated for the locks alone; other writers may still refer to the rows.
    list(sessions.select_for_update(no_key=True).values_list("pk"))


def _save_with_new_name(subset: Subset) -> None:
    try:
        subset.full_clean(exclude=["created_by"], validate_unique=False)
        with transaction.atomic():
            subset.save()
    except (ValidationError, IntegrityError) as error:
        raise LabelingError(
            f"Expected a new name of at most 200 characters for the subset, found "
            f"{subset.name[:60]!r}: choose another one."
        ) from error


def _check_clips(clips: Sequence[ClipDraft]) -> None:
    if not clips:
        raise LabelingError("Expected at least one clip, found none: choose more.")
    n_frames = sum(clip.stop - clip.start for clip in clips)
    if n_frames > SUBSET_FRAMES_MAX:
        raise LabelingError(
            f"Expected a subset of at most {SUBSET_FRAMES_MAX:,} frames, found "
            f"{n_frames:,}: choose fewer or shorter clips."
        )
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
            WHERE c.subset_id = %s ORDER BY c.trial_id, i ON CONFLICT DO NOTHING""",
            [subset.pk],
        )
