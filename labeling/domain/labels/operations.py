"""Operations: record them in the log, and read the labels that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from labeling.domain.labels.batch import OperationBatch
from labeling.domain.labels.log import (
    LockedLog,
    LoggedOperation,
    OperationDraft,
    locked_log,
)
from labeling.domain.labels.notes import notes_of
from labeling.domain.labels.runs import Run, apply_runs, runs_of
from labeling.domain.labels.withdrawn import notify_withdrawn
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Label, User
from models_ml.arrays import UNLABELLED, LabelValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An operation that will never enter the log, and a sentence on why."""

    id: UUID
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The result of recording a batch of operations, in their order.

    If the client's labels may differ from the server's, `labels` has all runs of the
    clip at `revision`, and `notes` all its notes; else both are None. `withdrawn` is
    the notice to show if the clip was withdrawn.
    """

    revision: int
    operations: list[LoggedOperation]
    refused: list[Refusal]
    labels: list[Run] | None
    notes: list[tuple[int, str]] | None
    withdrawn: str | None = None


def label_values(assignment: Assignment) -> LabelValues:
    """Return the labels of an assignment, a value for each frame of its clip."""
    clip = assignment.clip
    values = np.full(clip.n_frames, UNLABELLED, dtype=np.int8)
    rows = Label.objects.filter(assignment=assignment)
    for index, value in rows.values_list("frame__index", "value"):
        values[index - clip.start] = value
    return values


@transaction.atomic
def labels_and_revision(assignment: Assignment) -> dict[str, Any]:
    """Return the labels of a clip as runs, its notes, and their revision."""
    # The lock keeps writers out between reading the revision and the labels.
    rows = Assignment.objects.select_for_update(of=("self",), no_key=True)
    assignment = rows.select_related("clip").get(pk=assignment.pk)
    runs = runs_of(label_values(assignment), first=assignment.clip.start)
    return {
        "revision": assignment.revision,
        "labels": runs,
        "notes": notes_of(assignment),
    }


def replayed_values(assignment: Assignment) -> LabelValues:
    """Return the labels that follow from the log alone, without reading labels."""
    clip = assignment.clip
    values = np.full(clip.n_frames, UNLABELLED, dtype=np.int8)
    for runs in assignment.operations.filter(applied=True).values_list(
        "runs", flat=True
    ):
        apply_runs(values, runs, first=clip.start)
    return values


def applied_operations(assignment: Assignment) -> list[dict[str, Any]]:
    """Return the applied operations of an assignment, in order."""
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
    """Append operations to the log of an assignment, and update its labels.

    A batch that arrives several times is recorded once. A refused operation does not
    hold up the others. When this returns, the batch is committed; when it raises,
    nothing of it is.
    """
    log = locked_log(assignment.pk, assignment.annotator_id, client, drafts)
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
    """Record operations on one of the user's own assignments without loading it first.

    `record_operations` describes the rest.
    """
    # An account that became a viewer keeps its assignments but may not label.
    if not user.may_label:
        raise NotFoundError(f"There is no assignment {pk} of yours.")
    log = locked_log(pk, user.pk, client, drafts)
    return _recorded(log, drafts, unreadable)


def _recorded(
    log: LockedLog, drafts: Sequence[OperationDraft], unreadable: Sequence[Refusal]
) -> Receipt:
    assignment, batch = log.assignment, OperationBatch(log)
    operations, refused = [], list(unreadable)
    for draft in drafts:
        operation = batch.known.get(draft.id)
        try:
            if operation is None:
                operation = batch.append(draft)
            elif operation.assignment != assignment.pk:
                raise LabelingError(
                    f"Operation {draft.id} is already in the log of another "
                    "assignment. Reload the page."
                )
        except LabelingError as error:
            refused.append(Refusal(id=draft.id, error=str(error)))
        else:
            operations.append(operation)
    batch.write()
    labels, notes = None, None
    if refused or log.others.any_changes:
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
