"""The JSON form of operations from the labelling page."""

from typing import Annotated
from uuid import UUID

import msgspec

from labeling.domain.labels.log import OperationDraft
from labeling.domain.labels.notes import NoteDraft
from labeling.domain.labels.operations import Refusal
from labeling.forms.batches import Count, Moment, batch_from, check_text, in_utc

RUNS_MAX = 1_000

SentRun = tuple[Count, Count, Count | None]


class SentNote(msgspec.Struct):
    """A note on a frame."""

    frame: Count
    text: str

    def __post_init__(self) -> None:
        """Refuse a text that the database cannot store."""
        check_text(self.text)


class SentOperation(msgspec.Struct):
    """An operation with runs of labels, a note, or both."""

    id: UUID
    sequence: Count
    revision: Count
    runs: Annotated[list[SentRun], msgspec.Meta(max_length=RUNS_MAX)]
    made_at: Moment
    undoes: UUID | None = None
    suggestion_shown: bool = False
    note: SentNote | None = None
    gesture: Count | None = None

    def __post_init__(self) -> None:
        """Refuse an operation without content, and convert its time to UTC."""
        if not (self.runs or self.note):
            raise ValueError("an operation has neither runs nor a note")
        self.made_at = in_utc(self.made_at)


def operations_from(body: bytes) -> tuple[UUID, list[OperationDraft], list[Refusal]]:
    """Return the client, its valid operations and the refusals of the others."""
    client, sent, errors = batch_from(body, SentOperation, "an operation")
    refused = [Refusal(id=pk, error=error) for pk, error in errors.items()]
    return client, [_draft(operation) for operation in sent], refused


def _draft(sent: SentOperation) -> OperationDraft:
    note = sent.note
    return OperationDraft(
        id=sent.id,
        sequence=sent.sequence,
        made_on_revision=sent.revision,
        runs=sent.runs,
        undoes=sent.undoes,
        suggestion_shown=sent.suggestion_shown,
        made_at=sent.made_at,
        note=NoteDraft(frame=note.frame, text=note.text) if note else None,
        # Pages count gestures from 1.
        gesture=sent.gesture or None,
    )
