"""Assigning: clips of a subset to annotators, with unmarked quality checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db import transaction
from django.db.models import Max, QuerySet

from labeling.domain.assignments.gold import draw_gold, gold_clips
from labeling.domain.assignments.shares import mixed_order, share_out
from labeling.domain.permissions import require_admin
from labeling.domain.subsets.curation import freeze_subset, locked_subset
from labeling.errors import LabelingError
from labeling.models import Assignment, Clip, Subset, User

SHARE_MAX = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRequest:
    """The annotators who get clips, what they see, and which extra clips they get.

    Each clip goes to `each_to` of the annotators, including those who already have it;
    None: to all of them. The shares of quality-check clips (`gold_share`) and repeat
    clips (`again_share`) are relative to the clips that an annotator newly gets.
    """

    annotators: Sequence[User]
    each_to: int | None = None
    sees_scores: bool = False
    sees_others: bool = False
    gold_share: float = 0
    again_share: float = 0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedQueue:
    """The clips that one annotator gets, and their order in the queue.

    `again` has the positions in `clips` of the clips that come twice. `order` has an
    entry for each assignment, as `mixed_order` returns them. There may be fewer `gold`
    clips than `n_gold_wanted`.
    """

    annotator: User
    clips: list[Clip]
    gold: list[Clip]
    again: list[int]
    n_gold_wanted: int
    order: list[tuple[str, int]]

    @property
    def n_frames(self) -> int:
        """Number of frames to label, quality-check and repeat clips included."""
        repeated = [self.clips[position] for position in self.again]
        return sum(clip.n_frames for clip in [*self.clips, *self.gold, *repeated])


def plan_assignments(
    *, subset: Subset, request: AssignmentRequest
) -> list[PlannedQueue]:
    """Return what each annotator would get.

    The same labels and the same seed yield the same plan.
    """
    annotators = sorted(request.annotators, key=lambda user: user.pk)
    _check(annotators, request)
    clips = list(subset.clips.select_related("trial"))
    holders, loads = _holders(clips, annotators)
    each_to = len(annotators) if request.each_to is None else request.each_to
    shares = share_out(
        [clip.n_frames for clip in clips],
        loads=loads,
        wanted=[max(each_to - len(of_clip), 0) for of_clip in holders],
        held=holders,
        seed=request.seed,
    )
    gold = gold_clips(subset) if request.gold_share else []
    queues = []
    for position, annotator in enumerate(annotators):
        own = [
            clip
            for clip, takers in zip(clips, shares, strict=True)
            if position in takers
        ]
        seed = request.seed + position
        queues.append(_planned_queue(annotator, own, gold, request, seed))
    return queues


@transaction.atomic
def assign_clips(
    *, user: User | None, subset: Subset, request: AssignmentRequest
) -> list[PlannedQueue]:
    """Assign clips of a subset to annotators, which freezes the subset.

    Existing assignments do not change. Withdrawn ones are restored with their labels.
    Return what each annotator gets.
    """
    check_may_assign(user)
    # One admin assigns at a time; the next one sees the new assignments.
    subset = locked_subset(subset)
    accounts = User.objects.select_for_update(no_key=True).order_by("pk")
    annotators = accounts.filter(pk__in=[each.pk for each in request.annotators])
    request = replace(request, annotators=list(annotators))
    freeze_subset(user=user, subset=subset)
    queues = plan_assignments(subset=subset, request=request)
    for queue in queues:
        _write(subset, queue, request)
    return queues


def check_may_assign(user: User | None) -> None:
    """Refuse users who may not assign clips."""
    require_admin(user, "assign clips")


def labelling_accounts() -> QuerySet[User]:
    """Return the accounts that clips can be assigned to, by user name."""
    active = User.objects.filter(is_active=True).exclude(role=User.Role.VIEWER)
    return active.order_by("username")


def check_may_label(annotators: Sequence[User]) -> None:
    """Refuse accounts that may not label."""
    for annotator in annotators:
        if not annotator.may_label:
            raise LabelingError(
                f"{annotator} may not label. Choose another annotator, or change the "
                "account."
            )


def assignment_sentence(queues: Sequence[PlannedQueue]) -> str:
    """Say how many clips each annotator got.

    If two admins assign the same clips at once, the second one assigns nothing.
    """
    filled = [queue for queue in queues if queue.order]
    if not filled:
        return (
            "No clips assigned: the chosen annotators already have them, or every clip "
            "already has enough annotators."
        )
    parts = [f"{len(queue.order)} to {queue.annotator}" for queue in filled]
    return f"Clips assigned: {', '.join(parts)}."


def next_position(annotator: User, subset: Subset) -> int:
    """Return the position after the end of an annotator's queue of a subset."""
    queue = Assignment.objects.queued_in(subset).filter(annotator=annotator)
    last = queue.aggregate(last=Max("place"))["last"]
    return 0 if last is None else last + 1


def restore_assignment(
    assignment: Assignment, position: int, policy: Mapping[str, bool]
) -> None:
    """Restore a withdrawn assignment at a position in its queue, under a new policy."""
    Assignment.objects.filter(pk=assignment.pk).update(
        withdrawn_at=None,
        told_at=None,
        place=position,
        saw_scores=assignment.saw_scores or assignment.sees_scores,
        **policy,
    )


def _check(annotators: Sequence[User], request: AssignmentRequest) -> None:
    check_may_label(annotators)
    n_annotators = len(annotators)
    if request.each_to is not None and not 1 <= request.each_to <= n_annotators:
        raise LabelingError(
            f"Each clip cannot go to {request.each_to} of {n_annotators} annotators. "
            f"Choose a number from 1 to {n_annotators}, or more annotators."
        )
    for share in (request.gold_share, request.again_share):
        if not 0 <= share <= SHARE_MAX:
            raise LabelingError(
                f"A share of extra clips is {share:.0%}. Choose 0% to {SHARE_MAX:.0%}."
            )
    if (request.again_share or request.gold_share) and request.sees_others:
        raise LabelingError(
            "Quality-check clips and repeat clips must be blind, but these annotators "
            "would see others' labels. Choose one or the other."
        )


def _holders(
    clips: Sequence[Clip], annotators: Sequence[User]
) -> tuple[list[set[int]], list[int]]:
    """Return which annotators have each clip, and how many frames each annotator has.

    Annotators are given by their position.
    """
    annotator_at = {annotator.pk: i for i, annotator in enumerate(annotators)}
    clip_at = {clip.pk: i for i, clip in enumerate(clips)}
    holders: list[set[int]] = [set() for _ in clips]
    loads = [0] * len(annotators)
    first_passes = Assignment.objects.active().without_gold().filter(pass_number=1)
    held = first_passes.filter(clip__in=clip_at, annotator__in=annotator_at).order_by()
    for clip, annotator in held.values_list("clip", "annotator"):
        holders[clip_at[clip]].add(annotator_at[annotator])
        loads[annotator_at[annotator]] += clips[clip_at[clip]].n_frames
    return holders, loads


def _planned_queue(
    annotator: User,
    clips: list[Clip],
    gold: Sequence[Clip],
    request: AssignmentRequest,
    seed: int,
) -> PlannedQueue:
    n_again = round(request.again_share * len(clips))
    again = np.random.default_rng(seed).permutation(len(clips))[:n_again].tolist()
    n_gold = round(request.gold_share * len(clips))
    drawn_gold = draw_gold(annotator, gold, beside=clips, n=n_gold, seed=seed)
    order = [("clip", position) for position in range(len(clips))]
    if drawn_gold or n_again:
        # In the order of the recordings, extra clips would stand out.
        n_drawn = len(drawn_gold)
        order = mixed_order(len(clips), n_gold=n_drawn, again=again, seed=seed)
    return PlannedQueue(
        annotator=annotator,
        clips=clips,
        gold=drawn_gold,
        again=sorted(again),
        n_gold_wanted=n_gold,
        order=order,
    )


def _write(subset: Subset, queue: PlannedQueue, request: AssignmentRequest) -> None:
    """Append a planned queue to the annotator's queue."""
    first = next_position(queue.annotator, subset)
    earlier = {
        (each.clip_id, each.pass_number): each
        for each in Assignment.objects.without_gold().filter(
            clip__subset=subset, annotator=queue.annotator
        )
    }
    policy = {"sees_scores": request.sees_scores, "sees_others": request.sees_others}
    new = []
    for position, (kind, index) in enumerate(queue.order, start=first):
        clip = queue.gold[index] if kind == "gold" else queue.clips[index]
        pass_number = 2 if kind == "again" else 1
        withdrawn = None if kind == "gold" else earlier.get((clip.pk, pass_number))
        if withdrawn is not None:
            restore_assignment(withdrawn, position, policy)
        else:
            mixed_into = subset if kind == "gold" else None
            new.append(
                Assignment(
                    clip=clip,
                    annotator=queue.annotator,
                    pass_number=pass_number,
                    mixed_into=mixed_into,
                    place=position,
                    **policy,
                )
            )
    Assignment.objects.bulk_create(new)
