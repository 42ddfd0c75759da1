"""Giving: clips of a subset to annotators, with tests of them mixed in unmarked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db import transaction
from django.db.models import Max, QuerySet

from labeling.domain.assignments.gold import gold_clips, gold_for
from labeling.domain.assignments.shares import mixed_order, share_out
from labeling.domain.permissions import require_admin
from labeling.domain.subsets.curation import freeze_subset, locked_subset
from labeling.errors import LabelingError
from labeling.models import Assignment, Clip, Subset, User

SHARE_MAX = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """Who gets clips, under which policy, and what is mixed in.

    Each clip goes to `each_to` of the annotators, those counted who have it already;
    None: to all. Shares are of the clips that an annotator newly gets.
    """

    annotators: Sequence[User]
    each_to: int | None = None
    sees_scores: bool = False
    sees_others: bool = False
    gold_share: float = 0
    again_share: float = 0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenQueue:
    """What one annotator gets, in the order of their queue."""

    annotator: User
    clips: list[Clip]
    gold: list[Clip]
    # Positions in `clips`.
    again: list[int]
    n_gold_wanted: int
    order: list[tuple[str, int]]

    @property
    def n_frames(self) -> int:
        """All frames to label, what is mixed in too."""
        repeated = [self.clips[place] for place in self.again]
        return sum(clip.n_frames for clip in [*self.clips, *self.gold, *repeated])


def plan_giving(*, subset: Subset, giving: Giving) -> list[GivenQueue]:
    """Return what each annotator would get; the same labels and seed plan the same."""
    annotators = sorted(giving.annotators, key=lambda user: user.pk)
    _check(annotators, giving)
    clips = list(subset.clips.select_related("trial"))
    held, loads = _held(clips, annotators)
    each_to = len(annotators) if giving.each_to is None else giving.each_to
    shares = share_out(
        [clip.n_frames for clip in clips],
        loads=loads,
        wanted=[max(each_to - len(holders), 0) for holders in held],
        held=held,
        seed=giving.seed,
    )
    gold = gold_clips(subset) if giving.gold_share else []
    queues = []
    for place, annotator in enumerate(annotators):
        own = [
            clip for clip, takers in zip(clips, shares, strict=True) if place in takers
        ]
        queues.append(_queue(annotator, own, gold, giving, giving.seed + place))
    return queues


@transaction.atomic
def give_clips(
    *, user: User | None, subset: Subset, giving: Giving
) -> list[GivenQueue]:
    """Give clips of a subset to annotators, which freezes it; return who got what.

    What an annotator has already is left as it is, and what was taken back from them
    is theirs again, with its labels.
    """
    check_may_assign(user)
    # One admin gives at a time: the next one finds what this one gave.
    subset = locked_subset(subset)
    locked = User.objects.select_for_update(no_key=True).order_by("pk")
    people = list(locked.filter(pk__in=[each.pk for each in giving.annotators]))
    giving = replace(giving, annotators=people)
    freeze_subset(user=user, subset=subset)
    queues = plan_giving(subset=subset, giving=giving)
    for queue in queues:
        _write(subset, queue, giving)
    return queues


def check_may_assign(user: User | None) -> None:
    """Refuse users who may not assign clips."""
    require_admin(user, "assign clips")


def able_to_label() -> QuerySet[User]:
    """Return the accounts that clips may be given to."""
    active = User.objects.filter(is_active=True).exclude(role=User.Role.VIEWER)
    return active.order_by("username")


def check_may_label(annotators: Sequence[User]) -> None:
    """Refuse accounts that do not label."""
    for annotator in annotators:
        if not annotator.may_label:
            raise LabelingError(
                f"Expected active accounts that may label, found {annotator}: give "
                "the clips to somebody else, or change the account."
            )


def giving_sentence(queues: Sequence[GivenQueue]) -> str:
    """Say who got how many clips; of two who give at once, the second gives nothing."""
    got = [queue for queue in queues if queue.order]
    if not got:
        return (
            "Nothing was given: those whom you chose have these clips already, or each "
            "clip has as many of them as you asked for."
        )
    parts = [f"{len(queue.order)} to {queue.annotator}" for queue in got]
    return f"Clips given: {', '.join(parts)}."


def next_place(annotator: User, subset: Subset) -> int:
    """Return the first place in a queue that is behind everything in it."""
    queue = Assignment.objects.queued_in(subset).filter(annotator=annotator)
    last = queue.aggregate(last=Max("place"))["last"]
    return 0 if last is None else last + 1


def give_again(assignment: Assignment, place: int, policy: dict[str, bool]) -> None:
    """Let what was taken back stand again, at the end of the queue."""
    Assignment.objects.filter(pk=assignment.pk).update(
        withdrawn_at=None,
        told_at=None,
        place=place,
        saw_scores=assignment.saw_scores or assignment.sees_scores,
        **policy,
    )


def _check(annotators: Sequence[User], giving: Giving) -> None:
    check_may_label(annotators)
    n_annotators = len(annotators)
    if giving.each_to is not None and not 1 <= giving.each_to <= n_annotators:
        raise LabelingError(
            f"Expected each clip to go to 1 to {n_annotators} of the {n_annotators} "
            f"annotators chosen, found {giving.each_to}: choose more annotators or a "
            "smaller number."
        )
    for share in (giving.gold_share, giving.again_share):
        if not 0 <= share <= SHARE_MAX:
            raise LabelingError(
                f"Expected a share from 0 to {SHARE_MAX:.0%}, found {share:.0%}."
            )
    mixed = giving.again_share or giving.gold_share
    if mixed and giving.sees_others:
        raise LabelingError(
            "Expected gold and second passes to be blind, found annotators who see "
            "others' labels: leave out one of the two."
        )


def _held(
    clips: Sequence[Clip], annotators: Sequence[User]
) -> tuple[list[set[int]], list[int]]:
    """Return who has each clip, by position, and how many frames each one has."""
    position = {annotator.pk: place for place, annotator in enumerate(annotators)}
    place_of = {clip.pk: place for place, clip in enumerate(clips)}
    held: list[set[int]] = [set() for _ in clips]
    loads = [0] * len(annotators)
    standing = Assignment.objects.active().without_gold().filter(pass_number=1)
    found = standing.filter(clip__in=place_of, annotator__in=position).order_by()
    for clip, annotator in found.values_list("clip", "annotator"):
        held[place_of[clip]].add(position[annotator])
        loads[position[annotator]] += clips[place_of[clip]].n_frames
    return held, loads


def _queue(
    annotator: User,
    clips: list[Clip],
    gold: Sequence[Clip],
    giving: Giving,
    seed: int,
) -> GivenQueue:
    n_again = round(giving.again_share * len(clips))
    drawn = np.random.default_rng(seed).permutation(len(clips))[:n_again]
    n_gold = round(giving.gold_share * len(clips))
    mixed = gold_for(annotator, gold, beside=clips, n=n_gold, seed=seed)
    order = [("clip", place) for place in range(len(clips))]
    if mixed or n_again:
        # In the recordings' order, what is mixed in would stand out.
        again = drawn.tolist()
        order = mixed_order(len(clips), n_gold=len(mixed), again=again, seed=seed)
    return GivenQueue(
        annotator=annotator,
        clips=clips,
        gold=mixed,
        again=sorted(drawn.tolist()),
        n_gold_wanted=n_gold,
        order=order,
    )


def _write(subset: Subset, queue: GivenQueue, giving: Giving) -> None:
    """Write a queue behind what its annotator has, all rows in its order."""
    first = next_place(queue.annotator, subset)
    earlier = {
        (each.clip_id, each.pass_number): each
        for each in Assignment.objects.without_gold().filter(
            clip__subset=subset, annotator=queue.annotator
        )
    }
    policy = {"sees_scores": giving.sees_scores, "sees_others": giving.sees_others}
    new = []
    for place, (kind, index) in enumerate(queue.order, start=first):
        clip = queue.gold[index] if kind == "gold" else queue.clips[index]
        pass_number = 2 if kind == "again" else 1
        had = None if kind == "gold" else earlier.get((clip.pk, pass_number))
        if had is not None:
            give_again(had, place, policy)
        else:
            mixed_into = subset if kind == "gold" else None
            new.append(
                Assignment(
                    clip=clip,
                    annotator=queue.annotator,
                    pass_number=pass_number,
                    mixed_into=mixed_into,
                    place=place,
                    **policy,
                )
            )
    Assignment.objects.bulk_create(new)
