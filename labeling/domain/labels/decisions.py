"""Decisions: an adjudicator's labels where annotators disagree, in a log."""

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

# Why annotators differ: the tags that an adjudicator can choose.
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
class DecisionDraft:
    """A decision as its page sent it; without values it reopens the stretch."""

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
    """The result of recording a decision.

    `error` says why a decision was refused (`decision` is None) or does not hold.
    """

    id: UUID
    decision: Settlement | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedTrial:
    """The decided labels of a trial, a value for each frame, and the adjudicators."""

    values: LabelValues
    adjudicators: frozenset[str]


def current_decisions(subsets: Sequence[Subset]) -> list[Settlement]:
    """Return the decisions that hold, in the order in which they were recorded."""
    latest = (
        Settlement.objects.filter(subset__in=subsets, applied=True)
        .select_related("adjudicator")
        .order_by("subset_id", "trial_id", "start", "stop", "-revision")
        .distinct("subset_id", "trial_id", "start", "stop")
    )
    current = [each for each in latest if each.values is not None]
    return sorted(current, key=lambda each: (each.recorded_at, each.revision))


def decided_trials(subsets: Sequence[Subset]) -> dict[int, DecidedTrial]:
    """Return the decided labels by trial; frames without a decision are unlabelled."""
    by_trial: dict[int, list[Settlement]] = {}
    for decision in current_decisions(subsets):
        by_trial.setdefault(decision.trial_id, []).append(decision)
    trials = Trial.objects.in_bulk(list(by_trial))
    decided = {}
    for trial, decisions in by_trial.items():
        values = np.full(trials[trial].n_frames, UNLABELLED, np.int8)
        for each in decisions:
            values[each.start : each.stop] = each.values or []
        names = frozenset(each.adjudicator.username for each in decisions)
        decided[trial] = DecidedTrial(values=values, adjudicators=names)
    return decided


def decision_log(subset: Subset) -> QuerySet[Settlement]:
    """Return all decisions on a subset, those that no longer hold too, in order."""
    log = Settlement.objects.filter(subset=subset)
    return log.select_related("adjudicator", "trial__session").order_by("revision")


def decision_revision(subset: Subset) -> int:
    """Return how many decisions the log of a subset holds."""
    log = Settlement.objects.filter(subset=subset)
    return log.aggregate(last=Max("revision"))["last"] or 0


@transaction.atomic
def record_decisions(
    *, user: User, subset: Subset, client: UUID, drafts: Sequence[DecisionDraft]
) -> list[Outcome]:
    """Append decisions to the log of a subset; they are committed on return.

    A decision that arrives several times is recorded once. If another page decided the
    same frames in the meantime, the later decision is recorded but does not hold.
    """
    require_adjudicator(user, "adjudicate labels")
    # The lock orders the writers of this log, so that revisions have no gaps.
    Subset.objects.select_for_update(no_key=True).get(pk=subset.pk)
    return [_outcome(user, subset, client, draft) for draft in drafts]


def _outcome(user: User, subset: Subset, client: UUID, draft: DecisionDraft) -> Outcome:
    try:
        decision = _recorded(user, subset, draft)
        if decision is None:
            _check(subset, draft)
            decision = _append(user, subset, client, draft)
    except LabelingError as error:
        return Outcome(id=draft.id, decision=None, error=str(error))
    error_text = "" if decision.applied else _overtaken_sentence(decision)
    return Outcome(id=draft.id, decision=decision, error=error_text)


def _recorded(user: User, subset: Subset, draft: DecisionDraft) -> Settlement | None:
    """Return the recorded decision, if the page sends it again; else None."""
    known = Settlement.objects.filter(pk=draft.id).first()
    if known and (known.subset_id, known.adjudicator_id) != (subset.pk, user.pk):
        raise LabelingError(
            "This decision is already in the log of another subset or adjudicator. "
            "Reload the page."
        )
    return known


def _append(
    user: User, subset: Subset, client: UUID, draft: DecisionDraft
) -> Settlement:
    last = decision_revision(subset)
    if draft.revision > last:
        raise LabelingError(
            f"This decision was made on revision {draft.revision}, but the log ends at "
            f"revision {last}. Reload the page."
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
    subset: Subset, draft: DecisionDraft, client: UUID
) -> QuerySet[Settlement]:
    """Return decisions of other pages on these frames after the draft's revision."""
    return Settlement.objects.filter(
        subset=subset,
        trial=draft.trial,
        start__lt=draft.stop,
        stop__gt=draft.start,
        revision__gt=draft.revision,
        applied=True,
    ).exclude(client=client)


def _overtaken_sentence(decision: Settlement) -> str:
    earlier = (
        Settlement.objects.filter(
            subset=decision.subset_id,
            trial=decision.trial_id,
            start__lt=decision.stop,
            stop__gt=decision.start,
            revision__gt=decision.made_on_revision,
            revision__lt=decision.revision,
            applied=True,
        )
        .exclude(client=decision.client)
        .select_related("adjudicator")
        .latest("revision")
    )
    did = "reopened" if earlier.values is None else "decided"
    return (
        f"{earlier.adjudicator.username} {did} these frames before your decision "
        "arrived. Their decision holds; yours is in the log. Decide again to change it."
    )


def _check_fits(subset: Subset, draft: DecisionDraft) -> None:
    """Refuse a stretch that overlaps a decided stretch without being the same one."""
    overlapping = [
        (each.start, each.stop)
        for each in current_decisions([subset])
        if each.trial_id == draft.trial
        and each.start < draft.stop
        and each.stop > draft.start
    ]
    wanted = (draft.start, draft.stop)
    if draft.values is None and overlapping != [wanted]:
        raise LabelingError(
            f"Frames {draft.start} to {draft.stop - 1} are not those of one decision. "
            "They cannot be reopened. Reload the page."
        )
    if any(each != wanted for each in overlapping):
        start, stop = next(each for each in overlapping if each != wanted)
        raise LabelingError(
            f"Frames {draft.start} to {draft.stop - 1} overlap frames {start} to "
            f"{stop - 1}, which are decided. Reload the page."
        )


def _check(subset: Subset, draft: DecisionDraft) -> None:
    clips = Clip.objects.filter(subset=subset, trial=draft.trial)
    covered = sum(
        n_shared_frames(start, stop, draft.start, draft.stop)
        for start, stop in clips.values_list("start", "stop")
    )
    if draft.start >= draft.stop or covered != draft.stop - draft.start:
        raise LabelingError(
            f"Frames {draft.start} to {draft.stop - 1} of trial {draft.trial} are not "
            "all in clips of this subset. Reload the page."
        )
    values = draft.values
    if values is not None and (
        len(values) != draft.stop - draft.start
        or not set(values) <= set(Label.Value.values)
    ):
        raise LabelingError(
            f"This decision needs one of the labels {Label.Value.values} for each of "
            f"{draft.stop - draft.start} frames. Decide again."
        )
    unknown = sorted(set(draft.reasons) - set(REASONS))
    if unknown:
        raise LabelingError(
            f"There is no reason {unknown[0][:40]!r}. Choose from {list(REASONS)}."
        )
