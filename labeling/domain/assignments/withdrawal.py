"""Withdrawal: take unfinished clips from an annotator, and reassign them.

Nothing is deleted: a withdrawn assignment keeps its labels and its log, and its labels
count as before. Finished clips are not withdrawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from labeling.domain.assignments.assigning import (
    check_may_assign,
    check_may_label,
    next_position,
    restore_assignment,
)
from labeling.domain.assignments.shares import share_out
from labeling.domain.labels.progress import progress_in_subset
from labeling.domain.subsets.curation import locked_subset
from labeling.errors import LabelingError
from labeling.models import Assignment, Clip, ClipReturn, Subset, User


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalResult:
    """What a withdrawal did; as text, the message for the admin.

    `reassigned` counts clips by new annotator. `n_not_reassigned` clips have no new
    annotator, because all the chosen ones already have them.
    """

    annotator: User
    n_withdrawn: int
    reassigned: Mapping[User, int]
    n_not_reassigned: int

    def __str__(self) -> str:
        if not self.n_withdrawn:
            return f"No clips withdrawn: {self.annotator} has no unfinished clips here."
        parts = [f"{self.n_withdrawn} withdrawn from {self.annotator}"]
        if self.reassigned:
            counts = ", ".join(f"{n} to {user}" for user, n in self.reassigned.items())
            parts.append(f"reassigned {counts}")
        if self.n_not_reassigned:
            parts.append(
                f"{self.n_not_reassigned} not reassigned, because the chosen "
                "annotators already have them"
            )
        return f"Clips: {'; '.join(parts)}. All labels stay."


@transaction.atomic
def withdraw(
    *,
    user: User | None,
    subset: Subset,
    annotator: User,
    takers: Sequence[User] = (),
    only: Assignment | None = None,
    seed: int = 0,
) -> WithdrawalResult:
    """Withdraw an annotator's unfinished clips, or `only` one; reassign them.

    `only` is withdrawn even if it is finished. Each clip goes to the taker with the
    fewest frames left who does not have it yet, with the same policy. Quality-check
    clips and repeat clips are withdrawn but not reassigned.
    """
    check_may_assign(user)
    subset = locked_subset(subset)
    takers = _locked_takers(takers, annotator)
    withdrawn = _unfinished(subset, annotator, only)
    now = timezone.now()
    Assignment.objects.filter(pk__in=[each.pk for each in withdrawn]).update(
        withdrawn_at=now, told_at=None
    )
    ClipReturn.objects.filter(assignment__in=withdrawn, answer="").update(
        answer=ClipReturn.Answer.WITHDRAWN, answered_by=user, answered_at=now
    )
    free = [
        each
        for each in withdrawn
        if each.mixed_into_id is None and each.pass_number == 1
    ]
    reassigned = _reassign(subset, free, takers, seed) if takers else {}
    n_reassigned = sum(reassigned.values())
    return WithdrawalResult(
        annotator=annotator,
        n_withdrawn=len(withdrawn),
        reassigned=reassigned,
        n_not_reassigned=len(free) - n_reassigned if takers else 0,
    )


def usual_takers(subset: Subset, annotator: User) -> list[User]:
    """Return the other active annotators of a subset, to whom clips usually go."""
    active = Assignment.objects.active().without_gold().filter(clip__subset=subset)
    others = User.objects.filter(pk__in=active.values("annotator"), is_active=True)
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
    """Change what an annotator sees in a subset; return the number of assignments."""
    check_may_assign(user)
    subset = locked_subset(subset)
    queue = Assignment.objects.queued_in(subset).filter(annotator=annotator)
    # Quality-check and repeat clips never show others' labels: among clips that do,
    # annotators would recognize them.
    unmarked = ~Q(mixed_into=None) | Q(pass_number__gt=1)
    if sees_others and queue.active().filter(unmarked).exists():
        raise LabelingError(
            f"The queue of {annotator} has quality-check or repeat clips, which must "
            "be blind. Withdraw the unfinished clips first."
        )
    # An open page goes on showing scores, and its labels are made with them.
    queue.filter(sees_scores=True).update(saw_scores=True)
    return queue.update(sees_scores=sees_scores, sees_others=sees_others)


def _locked_takers(takers: Sequence[User], annotator: User) -> list[User]:
    """Return the takers other than the annotator, locked, in a reproducible order."""
    pks = {taker.pk for taker in takers} - {annotator.pk}
    locked = User.objects.select_for_update(no_key=True).order_by("pk")
    current = list(locked.filter(pk__in=pks))
    check_may_label(current)
    return current


def _unfinished(
    subset: Subset, annotator: User, only: Assignment | None
) -> list[Assignment]:
    """Return the assignments to withdraw, locked.

    Labels that are being written arrive first: a clip that they finish is not
    withdrawn.
    """
    queue = Assignment.objects.active().queued_in(subset).filter(annotator=annotator)
    if only is not None:
        queue = queue.filter(pk=only.pk)
    rows = queue.select_for_update(of=("self",)).select_related("clip")
    locked = list(rows.order_by("place", "pk"))
    counts = Assignment.objects.filter(pk__in=[each.pk for each in locked])
    n_labelled = dict(counts.order_by().values_list("pk").annotate(n=Count("labels")))
    return [
        each
        for each in locked
        if only is not None or n_labelled[each.pk] < each.clip.n_frames
    ]


def _reassign(
    subset: Subset, withdrawn: Sequence[Assignment], takers: Sequence[User], seed: int
) -> dict[User, int]:
    """Assign each clip to one of the takers; return how many each one gets."""
    clips = [each.clip for each in withdrawn]
    shares = share_out(
        [clip.n_frames for clip in clips],
        loads=[_frames_left(subset, taker) for taker in takers],
        wanted=[1] * len(clips),
        held=_holders(clips, takers),
        seed=seed,
    )
    reassigned: dict[User, int] = {}
    for position, taker in enumerate(takers):
        own = [
            each for each, to in zip(withdrawn, shares, strict=True) if position in to
        ]
        if own:
            _append(subset, taker, own)
            reassigned[taker] = len(own)
    return reassigned


def _holders(clips: Sequence[Clip], takers: Sequence[User]) -> list[set[int]]:
    """Return for each clip the positions of the takers who already have it."""
    first_passes = Assignment.objects.active().without_gold().filter(pass_number=1)
    pairs = set(first_passes.filter(clip__in=clips).values_list("clip", "annotator"))
    return [
        {i for i, taker in enumerate(takers) if (clip.pk, taker.pk) in pairs}
        for clip in clips
    ]


def _frames_left(subset: Subset, taker: User) -> int:
    progress = progress_in_subset(taker, subset.pk)
    return progress.total - progress.labelled


def _append(subset: Subset, taker: User, clips_of: Sequence[Assignment]) -> None:
    """Append the clips of assignments to a taker's queue, each under its old policy.

    If a clip was withdrawn from the taker before, that assignment is restored.
    """
    for position, each in enumerate(clips_of, start=next_position(taker, subset)):
        policy = {"sees_scores": each.sees_scores, "sees_others": each.sees_others}
        earlier = Assignment.objects.without_gold().filter(
            clip=each.clip, annotator=taker, pass_number=1
        )
        for withdrawn in earlier:
            restore_assignment(withdrawn, position, policy)
        if not earlier:
            Assignment.objects.create(
                clip=each.clip, annotator=taker, place=position, **policy
            )
