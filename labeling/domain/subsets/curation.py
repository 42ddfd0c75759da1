"""Subsets: create them, and change their clips until they are frozen."""

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
    """Return the subsets that this user may see; annotators see their own queues."""
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


# People label subsets: at ten frames a second, this takes one of them 28 hours.
SUBSET_FRAMES_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipDraft:
    """A clip that is not written yet."""

    trial: Trial
    start: int
    stop: int
    reason: str


@transaction.atomic
def create_subset(
    *, user: User | None, name: str, clips: Sequence[ClipDraft], seed: int = 0
) -> Subset:
    """Create a subset of these clips, with a row for each of their frames.

    Trials without a role get one here.
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
    present = [
        ClipDraft(trial=clip.trial, start=clip.start, stop=clip.stop, reason="")
        for clip in subset.clips.select_related("trial__session")
    ]
    if not clips:
        raise LabelingError("No clips selected. Select at least one clip.")
    _check_clips([*present, *clips])
    _write_clips(subset, clips)
    return len(clips)


@transaction.atomic
def remove_clip(*, user: User | None, subset: Subset, pk: int) -> None:
    """Remove a clip from a subset that is not frozen, and frames of no other clip."""
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
    """Freeze a subset: its clips cannot change. Assigning clips does this too."""
    check_may_edit_subsets(user)
    subset = locked_subset(subset)
    if not subset.clips.exists():
        raise LabelingError(
            f"{subset} has no clips, so it cannot be frozen. Add clips first."
        )
    if subset.frozen_at is None:
        subset.frozen_at = timezone.now()
        subset.save(update_fields=["frozen_at"])
    return subset


def locked_subset(subset: Subset) -> Subset:
    """Return the current row of a subset, locked until the transaction ends."""
    return Subset.objects.select_for_update(no_key=True).get(pk=subset.pk)


def check_may_edit_subsets(user: User | None) -> None:
    """Refuse users who may not create or change subsets."""
    require_admin(user, "create or change subsets")


def _check_not_frozen(subset: Subset) -> None:
    if subset.frozen_at is not None:
        raise LabelingError(
            f"{subset} is frozen since {subset.frozen_at:%Y-%m-%d}. Create another "
            "subset of the clips you want."
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
    """Lock these sessions, so that roles are drawn and frames written only once."""
    sessions = Session.objects.filter(pk__in=session_ids).order_by("pk")
    # Evaluated for the locks; other writers may still refer to the rows.
    list(sessions.select_for_update(no_key=True).values_list("pk"))


def _save_with_new_name(subset: Subset) -> None:
    try:
        subset.full_clean(exclude=["created_by"], validate_unique=False)
        with transaction.atomic():
            subset.save()
    except (ValidationError, IntegrityError) as error:
        raise LabelingError(
            f"The name {subset.name[:60]!r} is taken, empty or longer than 200 "
            "characters. Choose another one."
        ) from error


def _check_clips(clips: Sequence[ClipDraft]) -> None:
    if not clips:
        raise LabelingError("No clips selected. Select at least one clip.")
    n_frames = sum(clip.stop - clip.start for clip in clips)
    if n_frames > SUBSET_FRAMES_MAX:
        raise LabelingError(
            f"The clips have {n_frames:,} frames, and a subset at most "
            f"{SUBSET_FRAMES_MAX:,}. Select fewer or shorter clips."
        )
    ordered = sorted(clips, key=lambda clip: (clip.trial.pk, clip.start))
    for before, after in pairwise(ordered):
        if before.trial == after.trial and after.start < before.stop:
            raise LabelingError(
                f"Clips [{before.start}, {before.stop}) and [{after.start}, "
                f"{after.stop}) of {after.trial} overlap. Select clips without common "
                "frames."
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
