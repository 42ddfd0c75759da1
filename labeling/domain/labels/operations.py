"""Labels: what an annotator's operations amount to, and how operations come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from labeling.domain.labels.log import Log, LoggedOperation, OperationDraft
from labeling.domain.labels.notes import notes_of
from labeling.domain.labels.runs import Run, apply_runs, runs_of
from labeling.domain.labels.withdrawn import notify_withdrawn
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Label, User
from models_ml.arrays import UNLABELLED, LabelValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An operation that will never enter the log, and why, in one sentence."""

    id: UUID
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a batch of operations, in the order in which they came.

    `labels` are all runs of the clip as of `revision`, where the client's picture of
    them is not the server's, and `notes` all notes; else None. `withdrawn` is what to
    tell of a clip that was taken back.
    """

    revision: int
    operations: list[LoggedOperation]
    refused: list[Refusal]
    labels: list[Run] | None
    notes: list[tuple[int, str]] | None
    withdrawn: str | None = None


def label_values(assignment: Assignment) -> LabelValues:
    """Return the labels of an assignment's clip, a value a frame."""
    clip = assignment.clip
    values = np.full(clip.n_frames, UNLABELLED, dtype=np.int8)
    rows = Label.objects.filter(assignment=assignment)
    for index, value in rows.values_list("frame__index", "value"):
        values[index - clip.start] = value
    return values


@transaction.atomic
def labels_and_revision(assignment: Assignment) -> dict[str, Any]:
    """Return a clip's labels as runs, its notes, and the revision that they are of."""
    # No writer comes between the revision and the labels.
    held = Assignment.objects.select_for_update(of=("self",), no_key=True)
    assignment = held.select_related("clip").get(pk=assignment.pk)
    runs = runs_of(label_values(assignment), first=assignment.clip.start)
    return {
        "revision": assignment.revision,
        "labels": runs,
        "notes": notes_of(assignment),
    }


def replayed_values(assignment: Assignment) -> LabelValues:
    """Return what the operations in the log amount to, without looking at labels."""
    clip = assignment.clip
    values = np.full(clip.n_frames, UNLABELLED, dtype=np.int8)
    for runs in assignment.operations.filter(applied=True).values_list(
        "runs", flat=True
    ):
        apply_runs(values, runs, first=clip.start)
    return values


def standing_log(assignment: Assignment) -> list[dict[str, Any]]:
    """Return the operations that count, in their order, as their clients made them."""
    rows = assignment.operations.filter(applied=True).order_by("revision")
    fields = ("id", "client", "revision", "gesture", "runs", "note", "undoes")
    return [dict(row) for row in rows.values(*fields)]


@transaction.atomic
def record_operations(
    *,
    assignment: Assignment,
    client: UUID,
    drafts: Sequence[OperationDraft],
    unreadable: Sequence[Refusal] = (),
) -> Receipt:
    """Append operations to an assignment's log and bring its labels up to date.

    However often a batch arrives, each operation counts once, and one that is refused
    holds up no other. When this returns, the batch is committed; when it raises,
    nothing of the batch is.
    """
    log = Log(assignment.pk, assignment.annotator_id, client, drafts)
    return _recorded(log, drafts, unreadable)


@transaction.atomic
def record_own_operations(
    *,
    user: User,
    pk: int,
    client: UUID,
    drafts: Sequence[OperationDraft],
    unreadable: Sequence[Refusal] = (),
) -> Receipt:
    """Do that for one of the user's own assignments, with no look at it before."""
    # Who looks on only, though it was given clips before, labels no more.
    if not user.may_label:
        raise NotFoundError(f"There is no assignment {pk} of yours.")
    log = Log(pk, user.pk, client, drafts)
    return _recorded(log, drafts, unreadable)


def _recorded(
    log: Log, drafts: Sequence[OperationDraft], unreadable: Sequence[Refusal]
) -> Receipt:
    assignment = log.assignment
    operations, refused = [], list(unreadable)
    for draft in drafts:
        operation = log.known.get(draft.id)
        try:
            if operation is None:
                operation = log.known[draft.id] = log.append(draft)
            elif operation.assignment != assignment.pk:
                raise LabelingError(
                    f"Expected a new operation, found {draft.id} in another "
                    "assignment's log: reload the page."
                )
        except LabelingError as error:
            refused.append(Refusal(id=draft.id, error=str(error)))
        else:
            operations.append(operation)
    log.write()
    labels, notes = None, None
    if refused or log.others_wrote:
        labels = runs_of(label_values(assignment), first=assignment.clip.start)
        notes = notes_of(assignment)
    return Receipt(
        revision=assignment.revision,
        operations=operations,
        refused=refused,
        labels=labels,
        notes=notes,
        withdrawn=notify_withdrawn(assignment) if assignment.withdrawn_at else None,
    )
