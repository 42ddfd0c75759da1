"""Subsets: frames that were chosen for curation, until they are frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from labeling.domain.labels.progress import QUEUE
from labeling.domain.permissions import require_admin
from labeling.domain.recordings.trial_roles import draw_roles
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Clip, Session, Subset, Trial, User


def subsets_for(user: User) -> QuerySet[Subset]:
    """Return the subsets that this user may see: for annotators, their own queues'."""
    if user.sees_everything:
        return Subset.objects.all()
    own = Assignment.objects.active().filter(annotator=user)
    return Subset.objects.filter(pk__in=own.values(queue=QUEUE))


def subset_for(user: User, pk: int) -> Subset:
    """Return a subset that this user may see."""
    subset = subsets_for(user).filter(pk=pk).first()
    if subset is None:
        raise NotFoundError(f"There is no subset {pk} that you may see.")
    return subset


# A subset is for people: at ten frames a second this is half a week of one of them.
SUBSET_FRAMES_MAX = 1_000_000


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
    check_may_edit_subsets(user)
    _check_clips(clips)
    subset = Subset(name=name.strip(), created_by=user, seed=seed)
    _save_with_new_name(subset)
    _write_clips(subset, clips)
    return subset


@transaction.atomic
def add_clips(*, user: User | None, subset: Subset, clips: Sequence[ClipDraft]) -> int:
    """Add clips to a subset that is not frozen; return how many."""
    check_may_edit_subsets(user)
    subset = locked_subset(subset)
    _check_not_frozen(subset)
    there = [
        ClipDraft(trial=clip.trial, start=clip.start, stop=clip.stop, reason="")
        for clip in subset.clips.select_related("trial__session")
    ]
    if not clips:
        raise LabelingError("Expected at least one clip, found none: choose more.")
    _check_clips([*there, *clips])
    _write_clips(subset, clips)
    return len(clips)


@transaction.atomic
def remove_clip(*, user: User | None, subset: Subset, pk: int) -> None:
    """Take a clip out of a subset that is not frozen, and frames nobody else chose."""
    check_may_edit_subsets(user)
    subset = locked_subset(subset)
    _check_not_frozen(subset)
    clip = subset.clips.select_related("trial").filter(pk=pk).first()
    if clip is None:
        raise NotFoundError(f"There is no clip {pk} in {subset}.")
    _lock_sessions({clip.trial.session_id})
    clip.delete()
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM labeling_frame f
            WHERE f.trial_id = %s AND f.index >= %s AND f.index < %s AND NOT EXISTS
            (SELECT FROM labeling_clip c WHERE c.trial_id = f.trial_id
             AND c.start <= f.index AND f.index < c.stop)""",
            [clip.trial_id, clip.start, clip.stop],
        )


@transaction.atomic
def freeze_subset(*, user: User | None, subset: Subset) -> Subset:
    """Keep a subset's clips as they are from now on; giving them out does this too."""
    check_may_edit_subsets(user)
    subset = locked_subset(subset)
    if not subset.clips.exists():
        raise LabelingError(
            f"Expected clips in {subset} to freeze, found none: add some first."
        )
    if subset.frozen_at is None:
        subset.frozen_at = timezone.now()
        subset.save(update_fields=["frozen_at"])
    return subset


def locked_subset(subset: Subset) -> Subset:
    """Return a subset as it is now, for one to change at a time until the commit."""
    return Subset.objects.select_for_update(no_key=True).get(pk=subset.pk)


def check_may_edit_subsets(user: User | None) -> None:
    """Refuse users who may not create or change subsets."""
    require_admin(user, "create or change subsets")


def _check_not_frozen(subset: Subset) -> None:
    if subset.frozen_at is not None:
        raise LabelingError(
            f"Expected a subset that is not frozen, found {subset}, frozen since "
            f"{subset.frozen_at:%Y-%m-%d}: make another subset of the clips you want."
        )


def _write_clips(subset: Subset, clips: Sequence[ClipDraft]) -> None:
    _lock_sessions({clip.trial.session_id for clip in clips})
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
    draw_roles(trials=list(Trial.objects.filter(pk__in=trials)), seed=subset.seed)


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
