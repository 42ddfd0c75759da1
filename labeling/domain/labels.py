"""Labels: what an annotator's operations amount to, and how operations come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from labeling.domain.label_runs import (
    UNLABELLED,
    LabelValues,
    Run,
    apply_runs,
    runs_of,
    runs_overlap,
)
from labeling.errors import LabelingError
from labeling.models import Assignment, Label, Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationDraft:
    """An operation as its client made it."""

    id: UUID
    sequence: int
    made_on_revision: int
    runs: list[Run]
    undoes: UUID | None
    suggestion_shown: bool
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a batch of operations, in the order in which they came.

    `labels` are all runs of the clip as of `revision`, where the client's picture of
    them is not the server's; else None.
    """

    revision: int
    operations: list[Operation]
    labels: list[Run] | None


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
    """Return the runs of a clip's labels, and the revision that they are of."""
    # No writer comes between the revision and the labels.
    held = Assignment.objects.select_for_update(of=("self",), no_key=True)
    assignment = held.select_related("clip").get(pk=assignment.pk)
    runs = runs_of(label_values(assignment), first=assignment.clip.start)
    return {"revision": assignment.revision, "labels": runs}


def replayed_values(assignment: Assignment) -> LabelValues:
    """Return what the operations in the log amount to, without looking at labels."""
    clip = assignment.clip
    values = np.full(clip.n_frames, UNLABELLED, dtype=np.int8)
    for runs in assignment.operations.filter(applied=True).values_list(
        "runs", flat=True
    ):
        apply_runs(values, runs, first=clip.start)
    return values


@transaction.atomic
def record_operations(
    *, assignment: Assignment, client: UUID, drafts: Sequence[OperationDraft]
) -> Receipt:
    """Append operations to an assignment's log and bring its labels up to date.

    However often a batch arrives, each operation counts once. When this returns, the
    batch is committed; when it raises, nothing of the batch is.
    """
    # The lock orders the writers of this assignment, so revisions have no gaps.
    held = Assignment.objects.select_for_update(of=("self",)).select_related("clip")
    assignment = held.get(pk=assignment.pk)
    known = Operation.objects.in_bulk([draft.id for draft in drafts])
    operations = []
    for draft in drafts:
        operation = known.get(draft.id) or _append(assignment, client, draft)
        known[draft.id] = operation
        if operation.assignment_id != assignment.pk:
            raise LabelingError(
                f"Expected a new operation, found {draft.id} in another assignment's "
                "log: reload the page."
            )
        operations.append(operation)
    assignment.save(update_fields=["revision"])
    labels = None
    if _others_wrote_meanwhile(assignment, client, drafts):
        labels = runs_of(label_values(assignment), first=assignment.clip.start)
    return Receipt(revision=assignment.revision, operations=operations, labels=labels)


def _others_wrote_meanwhile(
    assignment: Assignment, client: UUID, drafts: Sequence[OperationDraft]
) -> bool:
    """Whether the client's picture of the labels is no longer the server's."""
    seen = min((draft.made_on_revision for draft in drafts), default=0)
    since = Operation.objects.filter(assignment=assignment, revision__gt=seen)
    return since.exclude(client=client).exists()


def _append(assignment: Assignment, client: UUID, draft: OperationDraft) -> Operation:
    _check_place_in_log(assignment, client, draft)
    _check_runs(assignment, draft.runs)
    applied = not _overtaken(assignment, client, draft)
    assignment.revision += 1
    # A blind annotator saw no suggestion, whatever the client says.
    suggestion_shown = draft.suggestion_shown and assignment.sees_scores
    operation = Operation.objects.create(
        id=draft.id,
        client=client,
        sequence=draft.sequence,
        assignment=assignment,
        made_on_revision=draft.made_on_revision,
        revision=assignment.revision,
        applied=applied,
        runs=draft.runs,
        undoes_id=draft.undoes,
        suggestion_shown=suggestion_shown,
        made_at=draft.made_at,
    )
    if applied:
        _write_labels(assignment, draft.runs, suggestion_shown=suggestion_shown)
    return operation


def _check_place_in_log(
    assignment: Assignment, client: UUID, draft: OperationDraft
) -> None:
    log = Operation.objects.filter(assignment=assignment)
    expected = log.filter(client=client).count() + 1
    if draft.sequence != expected:
        raise LabelingError(
            f"Expected operation {expected} of this page, found {draft.sequence}: "
            "send the ones before it first."
        )
    if draft.made_on_revision > assignment.revision:
        raise LabelingError(
            f"Expected an operation on revision {assignment.revision} or before, "
            f"found {draft.made_on_revision}: reload the page."
        )
    if draft.undoes is not None and not _still_stands(log, draft.undoes):
        raise LabelingError(
            f"Expected to undo an operation of this clip that still stands, found "
            f"{draft.undoes}: reload the page."
        )


def _still_stands(log: QuerySet[Operation], undoes: UUID) -> bool:
    undone = Operation.objects.filter(undoes=OuterRef("pk"), applied=True)
    return log.filter(~Exists(undone), pk=undoes).exists()


def _check_runs(assignment: Assignment, runs: Sequence[Run]) -> None:
    clip = assignment.clip
    for start, stop, value in runs:
        if not clip.start <= start < stop <= clip.stop:
            raise LabelingError(
                f"Expected frames of [{clip.start}, {clip.stop}), found "
                f"[{start}, {stop}): only frames of the clip can be labelled."
            )
        if value is not None and value not in Label.Value.values:
            raise LabelingError(
                f"Expected a label of {Label.Value.values} or null, found {value}."
            )


def _overtaken(assignment: Assignment, client: UUID, draft: OperationDraft) -> bool:
    """Whether another client changed the same frames after this was made."""
    since = Operation.objects.filter(
        assignment=assignment, revision__gt=draft.made_on_revision, applied=True
    ).exclude(client=client)
    return any(
        runs_overlap(draft.runs, runs) for runs in since.values_list("runs", flat=True)
    )


def _write_labels(
    assignment: Assignment, runs: Sequence[Run], *, suggestion_shown: bool
) -> None:
    """Write runs into the label table, one statement a run."""
    clip = assignment.clip
    with connection.cursor() as cursor:
        for start, stop, value in runs:
            if value is None:
                cursor.execute(
                    """DELETE FROM labeling_label USING labeling_frame f
                    WHERE assignment_id = %s AND frame_id = f.id AND f.trial_id = %s
                    AND f.index >= %s AND f.index < %s""",
                    [assignment.pk, clip.trial_id, start, stop],
                )
            else:
                cursor.execute(
                    """INSERT INTO labeling_label
                    (assignment_id, frame_id, value, suggestion_shown)
                    SELECT %s, id, %s, %s FROM labeling_frame
                    WHERE trial_id = %s AND index >= %s AND index < %s
                    ON CONFLICT (assignment_id, frame_id) DO UPDATE SET
                    value = excluded.value,
                    suggestion_shown = excluded.suggestion_shown""",
                    [
                        assignment.pk,
                        value,
                        suggestion_shown,
                        clip.trial_id,
                        start,
                        stop,
                    ],
                )
                if cursor.rowcount != stop - start:
                    raise IntegrityError(f"frames of {clip} have no rows")
