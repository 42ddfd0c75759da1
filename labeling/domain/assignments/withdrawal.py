"""Withdrawing: clips taken back from annotators, and what they left given to others.

Nothing is deleted: the assignment stays, marked, with its labels and its log, and its
labels count as they did. What somebody finished stays theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from labeling.domain.assignments.assigning import (
    check_may_assign,
    check_may_label,
    give_again,
    next_place,
)
from labeling.domain.assignments.shares import share_out
from labeling.domain.labels.progress import progress_in_subset
from labeling.domain.subsets.curation import locked_subset
from labeling.errors import LabelingError
from labeling.models import Assignment, Clip, ClipReturn, Subset, User


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What was taken back from an annotator, and who got it."""

    annotator: User
    n_withdrawn: int
    given: dict[User, int]
    # Clips of which everybody who was chosen has an assignment already.
    n_without_taker: int

    def __str__(self) -> str:
        if not self.n_withdrawn:
            return f"{self.annotator} has no unfinished clip here: nothing was taken."
        given = ", ".join(f"{n} to {user}" for user, n in self.given.items())
        parts = [f"{self.n_withdrawn} taken back from {self.annotator}"]
        parts += [f"given {given}"] if given else []
        if self.n_without_taker:
            parts.append(
                f"{self.n_without_taker} without a taker, because whoever was chosen "
                "has them already"
            )
        return f"Clips: {'; '.join(parts)}. Labels that were made are kept."


@transaction.atomic
def withdraw(
    *,
    user: User | None,
    subset: Subset,
    annotator: User,
    takers: Sequence[User] = (),
    only: Assignment | None = None,
    seed: int = 0,
) -> HandOver:
    """Take an annotator's unfinished clips back, or `only` one, and give them on.

    One clip is taken whether it is finished or not.

    A clip goes to whichever of the takers has least to do and was not given it yet,
    under the policy it was labelled under. Tests and second passes are only taken back.
    """
    check_may_assign(user)
    subset = locked_subset(subset)
    takers = _labelling(takers, but=annotator)
    left = _unfinished(subset, annotator, only)
    now = timezone.now()
    Assignment.objects.filter(pk__in=[each.pk for each in left]).update(
        withdrawn_at=now, told_at=None
    )
    ClipReturn.objects.filter(assignment__in=left, answer="").update(
        answer=ClipReturn.Answer.WITHDRAWN, answered_by=user, answered_at=now
    )
    to_give = [each for each in left if each.mixed_into_id is None]
    to_give = [each for each in to_give if each.pass_number == 1]
    given = _give_on(subset, to_give, takers, seed) if takers else {}
    n_given = sum(given.values())
    return HandOver(
        annotator=annotator,
        n_withdrawn=len(left),
        given=given,
        n_without_taker=len(to_give) - n_given if takers else 0,
    )


def others_who_label(subset: Subset, annotator: User) -> list[User]:
    """Return who else labels in a subset and may go on: the usual takers."""
    standing = Assignment.objects.active().without_gold().filter(clip__subset=subset)
    others = User.objects.filter(pk__in=standing.values("annotator"), is_active=True)
    others = others.exclude(role=User.Role.VIEWER).exclude(pk=annotator.pk)
    return list(others.order_by("username"))


@transaction.atomic
def set_policy(
    *,
    user: User | None,
    subset: Subset,
    annotator: User,
    sees_scores: bool,
    sees_others: bool,
) -> int:
    """Change what an annotator sees in their queue of a subset; return of how many."""
    check_may_assign(user)
    subset = locked_subset(subset)
    queue = Assignment.objects.queued_in(subset).filter(annotator=annotator)
    # Clips that show nobody's labels beside others that do would tell what they are.
    unmarked = ~Q(mixed_into=None) | Q(pass_number__gt=1)
    if sees_others and queue.active().filter(unmarked).exists():
        raise LabelingError(
            f"Expected gold and second passes to be blind, found some in the queue of "
            f"{annotator}: take the unfinished clips back first."
        )
    # A page that is open goes on showing scores, and its labels were made with them.
    queue.filter(sees_scores=True).update(saw_scores=True)
    return queue.update(sees_scores=sees_scores, sees_others=sees_others)


def _labelling(takers: Sequence[User], *, but: User) -> list[User]:
    """Return the takers as they are now, in an order that the seed can draw from."""
    pks = {taker.pk for taker in takers} - {but.pk}
    locked = User.objects.select_for_update(no_key=True).order_by("pk")
    found = list(locked.filter(pk__in=pks))
    check_may_label(found)
    return found


def _unfinished(
    subset: Subset, annotator: User, only: Assignment | None
) -> list[Assignment]:
    """Return what is left, its writers waiting: what they finish before is theirs."""
    queue = Assignment.objects.active().queued_in(subset).filter(annotator=annotator)
    if only is not None:
        queue = queue.filter(pk=only.pk)
    held = queue.select_for_update(of=("self",)).select_related("clip")
    found = list(held.order_by("place", "pk"))
    counts = Assignment.objects.filter(pk__in=[each.pk for each in found])
    n_labelled = dict(counts.order_by().values_list("pk").annotate(n=Count("labels")))
    return [
        each
        for each in found
        if only is not None or n_labelled[each.pk] < each.clip.n_frames
    ]


def _give_on(
    subset: Subset, left: Sequence[Assignment], takers: Sequence[User], seed: int
) -> dict[User, int]:
    """Give each clip to one of the takers; return how many each got."""
    clips = [each.clip for each in left]
    shares = share_out(
        [clip.n_frames for clip in clips],
        loads=[_frames_left(subset, taker) for taker in takers],
        wanted=[1] * len(clips),
        held=_held(clips, takers),
        seed=seed,
    )
    given: dict[User, int] = {}
    for place, taker in enumerate(takers):
        own = [each for each, to in zip(left, shares, strict=True) if place in to]
        if own:
            _append(subset, taker, own)
            given[taker] = len(own)
    return given


def _held(clips: Sequence[Clip], takers: Sequence[User]) -> list[set[int]]:
    """Return which takers cannot get a clip: it stands in their queue."""
    standing = Assignment.objects.active().without_gold().filter(pass_number=1)
    pairs = set(standing.filter(clip__in=clips).values_list("clip", "annotator"))
    return [
        {place for place, taker in enumerate(takers) if (clip.pk, taker.pk) in pairs}
        for clip in clips
    ]


def _frames_left(subset: Subset, taker: User) -> int:
    progress = progress_in_subset(taker, subset.pk)
    return progress.total - progress.labelled


def _append(subset: Subset, taker: User, left: Sequence[Assignment]) -> None:
    """Put clips behind a queue; what was taken back from the taker stands again."""
    for place, each in enumerate(left, start=next_place(taker, subset)):
        policy = {"sees_scores": each.sees_scores, "sees_others": each.sees_others}
        had = Assignment.objects.without_gold().filter(
            clip=each.clip, annotator=taker, pass_number=1
        )
        for earlier in had:
            give_again(earlier, place, policy)
        if not had:
            Assignment.objects.create(
                clip=each.clip, annotator=taker, place=place, **policy
            )
