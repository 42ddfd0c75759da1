"""Labels: what an annotator's operations amount to, and how operations come in."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Max

from labeling.domain.label_runs import (
    UNLABELLED,
    LabelValues,
    Run,
    apply_runs,
    runs_of,
)
from labeling.domain.label_table import LabelChanges, append_operations
from labeling.domain.notes import NoteDraft, check_note, notes_of, write_notes
from labeling.domain.withdrawn import check_in_time, tell_withdrawn
from labeling.errors import LabelingError
from labeling.models import Assignment, Label, Operation

KNOWN_VALUES = {None, *Label.Value.values}


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
    note: NoteDraft | None = None
    gesture: int | None = None


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
    operations: list[Operation]
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
    # The lock orders the writers of this assignment, so revisions have no gaps.
    held = Assignment.objects.select_for_update(of=("self",)).select_related("clip")
    assignment = held.get(pk=assignment.pk)
    # The client sends what it already sent when no answer came back.
    known = Operation.objects.in_bulk([draft.id for draft in drafts])
    log = _Log(assignment, client, drafts)
    operations, refused = [], list(unreadable)
    for draft in drafts:
        operation = known.get(draft.id)
        try:
            if operation is None:
                operation = known[draft.id] = log.append(draft)
            elif operation.assignment_id != assignment.pk:
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
        withdrawn=tell_withdrawn(assignment) if assignment.withdrawn_at else None,
    )


class _Log:
    """An assignment's log while a batch of one client is appended to it."""

    def __init__(
        self, assignment: Assignment, client: UUID, drafts: Sequence[OperationDraft]
    ) -> None:
        self.assignment = assignment
        self.client = client
        self.appended: list[Operation] = []
        self.changes = LabelChanges(assignment)
        self.notes: list[NoteDraft] = []
        own = Operation.objects.filter(assignment=assignment, client=client)
        self.last_sequence = own.aggregate(last=Max("sequence"))["last"] or 0
        self._read_others(min((draft.made_on_revision for draft in drafts), default=0))
        self._read_standing([draft.undoes for draft in drafts if draft.undoes])

    def _read_others(self, seen: int) -> None:
        """Keep for each frame the last revision by which another client changed it."""
        clip = self.assignment.clip
        self.changed_on = np.zeros(clip.n_frames, dtype=np.int64)
        others = Operation.objects.filter(
            assignment=self.assignment, revision__gt=seen, applied=True
        ).exclude(client=self.client)
        self.others_wrote = False
        self.noted_on: dict[int, int] = {}
        for revision, runs, note in others.order_by("revision").values_list(
            "revision", "runs", "note"
        ):
            self.others_wrote = True
            if note:
                self.noted_on[note["frame"]] = revision
            for start, stop, _ in runs:
                self.changed_on[start - clip.start : stop - clip.start] = revision

    def _read_standing(self, undone: Sequence[UUID]) -> None:
        """Keep which operations of the log can be undone."""
        self.standing: set[UUID] = set()
        if undone:
            log = Operation.objects.filter(assignment=self.assignment)
            gone = Operation.objects.filter(undoes__in=undone, applied=True)
            self.standing |= set(log.filter(pk__in=undone).values_list("pk", flat=True))
            self.standing -= set(gone.values_list("undoes", flat=True))

    def append(self, draft: OperationDraft) -> Operation:
        """Take an operation in, or say why it can never be."""
        check_in_time(self.assignment, draft.made_at)
        _check_runs(self.assignment, draft.runs)
        if draft.note:
            check_note(self.assignment, draft.note)
        self._check_place(draft)
        applied = not self._is_overtaken(draft)
        # A blind annotator saw no suggestion, whatever the client says.
        may_see = self.assignment.sees_scores or self.assignment.saw_scores
        suggestion_shown = draft.suggestion_shown and may_see
        self.last_sequence = draft.sequence
        self.assignment.revision += 1
        operation = Operation(
            id=draft.id,
            client=self.client,
            sequence=draft.sequence,
            assignment=self.assignment,
            made_on_revision=draft.made_on_revision,
            revision=self.assignment.revision,
            applied=applied,
            runs=draft.runs,
            note=draft.note and asdict(draft.note),
            gesture=draft.gesture,
            undoes_id=draft.undoes,
            suggestion_shown=suggestion_shown,
            made_at=draft.made_at,
        )
        self.appended.append(operation)
        self.standing.add(draft.id)
        if applied:
            self.changes.add(draft.runs, suggestion_shown=suggestion_shown)
            if draft.note:
                self.notes.append(draft.note)
            if draft.undoes:
                self.standing.discard(draft.undoes)
        return operation

    def write(self) -> None:
        """Write what was appended, and the labels that it makes."""
        if self.appended:
            append_operations(self.appended)
            self.assignment.save(update_fields=["revision"])
            self.changes.write()
            write_notes(self.assignment, self.notes)

    def _check_place(self, draft: OperationDraft) -> None:
        # What was refused leaves a gap, so only the order counts.
        if draft.sequence <= self.last_sequence:
            raise LabelingError(
                f"Expected an operation after number {self.last_sequence} of this "
                f"page, found {draft.sequence}: label these frames again."
            )
        if draft.made_on_revision > self.assignment.revision:
            raise LabelingError(
                f"Expected an operation on revision {self.assignment.revision} or "
                f"before, found {draft.made_on_revision}: label these frames again."
            )
        if draft.undoes is not None and draft.undoes not in self.standing:
            raise LabelingError(
                f"Expected to undo an operation of this clip that still stands, found "
                f"{draft.undoes}: label these frames again."
            )

    def _is_overtaken(self, draft: OperationDraft) -> bool:
        """Whether another client changed the same frames after this was made."""
        first = self.assignment.clip.start
        noted = self.noted_on.get(draft.note.frame, 0) if draft.note else 0
        return noted > draft.made_on_revision or any(
            (self.changed_on[start - first : stop - first] > draft.made_on_revision)
            .any()
            .item()
            for start, stop, _ in draft.runs
        )


def _check_runs(assignment: Assignment, runs: Sequence[Run]) -> None:
    clip = assignment.clip
    for start, stop, value in runs:
        if not clip.start <= start < stop <= clip.stop:
            raise LabelingError(
                f"Expected frames of [{clip.start}, {clip.stop}), found "
                f"[{start}, {stop}): only frames of the clip can be labelled."
            )
        if value not in KNOWN_VALUES:
            raise LabelingError(
                f"Expected a label of {Label.Value.values} or null, found {value}."
            )
