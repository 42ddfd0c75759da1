"""Settlements: an adjudicator's answers where annotators disagree, in a log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Max, QuerySet

from labeling.domain.permissions import require_adjudicator
from labeling.errors import LabelingError
from labeling.models import Clip, Label, Settlement, Subset, Trial, User
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.intervals import n_shared_frames

# Why annotators differ: what an adjudicator may say of a stretch.
REASONS = (
    "onset late",
    "onset early",
    "offset late",
    "offset early",
    "touch missed",
    "no touch there",
    "glance",
    "occluded",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementDraft:
    """An answer as its page made it; without values the stretch is opened again."""

    id: UUID
    revision: int
    trial: int
    start: int
    stop: int
    values: list[int] | None
    reasons: list[str]
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an answer; `error` says why it is not the one that holds."""

    id: UUID
    settlement: Settlement | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledTrial:
    """What is settled of a trial, a value a frame, and by whom."""

    values: LabelValues
    adjudicators: frozenset[str]


def standing_settlements(subsets: Sequence[Subset]) -> list[Settlement]:
    """Return the answers that hold, in the order in which they were recorded."""
    latest = (
        Settlement.objects.filter(subset__in=subsets, applied=True)
        .select_related("adjudicator")
        .order_by("subset_id", "trial_id", "start", "stop", "-revision")
        .distinct("subset_id", "trial_id", "start", "stop")
    )
    standing = [each for each in latest if each.values is not None]
    return sorted(standing, key=lambda each: (each.recorded_at, each.revision))


def settled_trials(subsets: Sequence[Subset]) -> dict[int, SettledTrial]:
    """Return by trial what is settled there; elsewhere nothing is labelled."""
    by_trial: dict[int, list[Settlement]] = {}
    for settlement in standing_settlements(subsets):
        by_trial.setdefault(settlement.trial_id, []).append(settlement)
    trials = Trial.objects.in_bulk(list(by_trial))
    settled = {}
    for trial, settlements in by_trial.items():
        values = np.full(trials[trial].n_frames, UNLABELLED, np.int8)
        for each in settlements:
            values[each.start : each.stop] = each.values or []
        names = frozenset(each.adjudicator.username for each in settlements)
        settled[trial] = SettledTrial(values=values, adjudicators=names)
    return settled


def settlement_log(subset: Subset) -> QuerySet[Settlement]:
    """Return everything that was ever answered for a subset, in order."""
    log = Settlement.objects.filter(subset=subset)
    return log.select_related("adjudicator", "trial__session").order_by("revision")


def log_revision(subset: Subset) -> int:
    """Return how many answers the log of a subset holds."""
    log = Settlement.objects.filter(subset=subset)
    return log.aggregate(last=Max("revision"))["last"] or 0


@transaction.atomic
def record_settlements(
    *, user: User, subset: Subset, client: UUID, drafts: Sequence[SettlementDraft]
) -> list[Outcome]:
    """Append answers to a subset's log; when this returns, they are committed.

    However often an answer arrives, it counts once. One for frames for which another
    page has answered since is kept in the log, but does not hold.
    """
    require_adjudicator(user, "adjudicate labels")
    # The lock orders the writers of this log, so that revisions have no gaps.
    Subset.objects.select_for_update(no_key=True).get(pk=subset.pk)
    return [_outcome(user, subset, client, draft) for draft in drafts]


def _outcome(
    user: User, subset: Subset, client: UUID, draft: SettlementDraft
) -> Outcome:
    try:
        settlement = _recorded(user, subset, draft)
        if settlement is None:
            _check(subset, draft)
            settlement = _append(user, subset, client, draft)
    except LabelingError as error:
        return Outcome(id=draft.id, settlement=None, error=str(error))
    says = "" if settlement.applied else _overtaken_sentence(settlement)
    return Outcome(id=draft.id, settlement=settlement, error=says)


def _recorded(user: User, subset: Subset, draft: SettlementDraft) -> Settlement | None:
    """Return the answer that came before, when no word of it got back to its page."""
    known = Settlement.objects.filter(pk=draft.id).first()
    if known and (known.subset_id, known.adjudicator_id) != (subset.pk, user.pk):
        raise LabelingError(
            "Expected a new answer, found one of another log: reload the page."
        )
    return known


def _append(
    user: User, subset: Subset, client: UUID, draft: SettlementDraft
) -> Settlement:
    last = log_revision(subset)
    if draft.revision > last:
        raise LabelingError(
            f"Expected an answer on revision {last} or before, found "
            f"{draft.revision}: reload the page."
        )
    overtaken = _meanwhile(subset, draft, client).exists()
    if not overtaken:
        _check_fits(subset, draft)
    return Settlement.objects.create(
        id=draft.id,
        subset=subset,
        trial_id=draft.trial,
        start=draft.start,
        stop=draft.stop,
        values=draft.values,
        reasons=draft.reasons,
        adjudicator=user,
        client=client,
        made_on_revision=draft.revision,
        revision=last + 1,
        applied=not overtaken,
        made_at=draft.made_at,
    )


def _meanwhile(
    subset: Subset, draft: SettlementDraft, client: UUID
) -> QuerySet[Settlement]:
    """Return what other pages answered for these frames after the draft's revision."""
    return Settlement.objects.filter(
        subset=subset,
        trial=draft.trial,
        start__lt=draft.stop,
        stop__gt=draft.start,
        revision__gt=draft.revision,
        applied=True,
    ).exclude(client=client)


def _overtaken_sentence(settlement: Settlement) -> str:
    earlier = (
        Settlement.objects.filter(
            subset=settlement.subset_id,
            trial=settlement.trial_id,
            start__lt=settlement.stop,
            stop__gt=settlement.start,
            revision__gt=settlement.made_on_revision,
            revision__lt=settlement.revision,
            applied=True,
        )
        .exclude(client=settlement.client)
        .select_related("adjudicator")
        .latest("revision")
    )
    did = "opened this stretch again" if earlier.values is None else "settled this"
    return (
        f"{earlier.adjudicator.username} {did} before your answer came: theirs holds, "
        "yours is kept in the log. Answer again to change it."
    )


def _check_fits(subset: Subset, draft: SettlementDraft) -> None:
    """Refuse what overlaps a settled stretch without being the same one."""
    overlapping = [
        (each.start, each.stop)
        for each in standing_settlements([subset])
        if each.trial_id == draft.trial
        and each.start < draft.stop
        and each.stop > draft.start
    ]
    wanted = (draft.start, draft.stop)
    if draft.values is None and overlapping != [wanted]:
        raise LabelingError(
            f"Expected a settled stretch to open again, found frames {draft.start} to "
            f"{draft.stop - 1}, which are not one: reload the page."
        )
    if any(each != wanted for each in overlapping):
        start, stop = next(each for each in overlapping if each != wanted)
        raise LabelingError(
            f"Expected a stretch of its own, found one that overlaps frames {start} to "
            f"{stop - 1}, which are settled: reload the page."
        )


def _check(subset: Subset, draft: SettlementDraft) -> None:
    clips = Clip.objects.filter(subset=subset, trial=draft.trial)
    covered = sum(
        n_shared_frames(start, stop, draft.start, draft.stop)
        for start, stop in clips.values_list("start", "stop")
    )
    if draft.start >= draft.stop or covered != draft.stop - draft.start:
        raise LabelingError(
            f"Expected frames of the subset's clips, found {draft.start} to "
            f"{draft.stop - 1} of trial {draft.trial}: reload the page."
        )
    values = draft.values
    if values is not None and (
        len(values) != draft.stop - draft.start
        or not set(values) <= set(Label.Value.values)
    ):
        raise LabelingError(
            f"Expected a label of {Label.Value.values} for each of "
            f"{draft.stop - draft.start} frames, found something else: settle again."
        )
    unknown = sorted(set(draft.reasons) - set(REASONS))
    if unknown:
        raise LabelingError(
            f"Expected reasons of {list(REASONS)}, found {unknown[0][:40]!r}: choose "
            "one of them."
        )
