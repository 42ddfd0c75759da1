"""A batch of operations: check each one, append it to the locked log, write all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from labeling.domain.labels.log import LockedLog, LoggedOperation, OperationDraft
from labeling.domain.labels.notes import NoteDraft, check_note, write_notes
from labeling.domain.labels.runs import Run
from labeling.domain.labels.statements import Statement, at_once
from labeling.domain.labels.table import LabelChanges
from labeling.domain.labels.withdrawn import check_made_before_notice
from labeling.errors import LabelingError
from labeling.models import Label

KNOWN_VALUES = {None, *Label.Value.values}

# Django's own insert took a third of the time of a batch.
APPEND = """INSERT INTO labeling_operation (assignment_id, client, id, sequence,
made_on_revision, revision, applied, runs, note, gesture, undoes_id,
suggestion_shown, made_at, recorded_at)
SELECT %s, %s, made.*, CURRENT_TIMESTAMP FROM jsonb_to_recordset(%s::jsonb) AS made
(id uuid, sequence int, made_on_revision int, revision int, applied bool, runs jsonb,
note jsonb, gesture int, undoes_id uuid, suggestion_shown bool, made_at timestamptz)"""
ADVANCE = "UPDATE labeling_assignment SET revision = %s WHERE id = %s"


class OperationBatch:
    """The operations of one client that are appended to a locked log in one go."""

    def __init__(self, log: LockedLog) -> None:
        self.log = log
        self.assignment, self.clip = log.assignment, log.assignment.clip
        self.known = dict(log.known)
        # A blind annotator saw no suggestion, even if the client claims it.
        self._may_see = self.assignment.sees_scores or self.assignment.saw_scores
        self._last_sequence = log.last_sequence
        self._logged, self._undoable = set(log.logged), set(log.undoable)
        self._changes = LabelChanges(self.assignment)
        self._appended: list[Mapping[str, Any]] = []
        self._notes: list[NoteDraft] = []

    def append(self, draft: OperationDraft) -> LoggedOperation:
        """Append an operation, or refuse it with the reason."""
        check_made_before_notice(self.assignment, draft.made_at)
        self._check_runs(draft.runs)
        if draft.note:
            check_note(self.assignment, draft.note)
        applied = not self.log.others.overtake(draft, self.clip)
        self._check_order(draft)
        self._check_undoes(draft, applied=applied)
        suggestion_shown = draft.suggestion_shown and self._may_see
        self._last_sequence = draft.sequence
        self.assignment.revision += 1
        revision = self.assignment.revision
        self._appended.append(
            {
                "id": str(draft.id),
                "sequence": draft.sequence,
                "made_on_revision": draft.made_on_revision,
                "revision": revision,
                "applied": applied,
                "runs": draft.runs,
                "note": draft.note and asdict(draft.note),
                "gesture": draft.gesture,
                "undoes_id": draft.undoes and str(draft.undoes),
                "suggestion_shown": suggestion_shown,
                "made_at": draft.made_at.isoformat(),
            }
        )
        if applied:
            self._apply(draft, suggestion_shown=suggestion_shown)
        self._logged.add(draft.id)
        self._undoable.add(draft.id)
        operation = LoggedOperation(draft.id, revision, applied, self.assignment.pk)
        self.known[draft.id] = operation
        return operation

    def write(self) -> None:
        """Write the appended operations, and the labels and notes that they make."""
        if not self._appended:
            return
        pk = self.assignment.pk
        log: list[Statement] = [
            (APPEND, [pk, self.log.client, json.dumps(self._appended)]),
            (ADVANCE, [self.assignment.revision, pk]),
        ]
        done = at_once([*log, *self._changes.statements()])
        self._changes.check([n_rows for _, n_rows in done[len(log) :]])
        write_notes(self.assignment, self._notes)

    def _apply(self, draft: OperationDraft, *, suggestion_shown: bool) -> None:
        self._changes.add(draft.runs, suggestion_shown=suggestion_shown)
        if draft.note:
            self._notes.append(draft.note)
        if draft.undoes:
            self._undoable.discard(draft.undoes)

    def _check_runs(self, runs: Sequence[Run]) -> None:
        first, end = self.clip.start, self.clip.stop
        for start, stop, value in runs:
            if not first <= start < stop <= end:
                raise LabelingError(
                    f"Frames [{start}, {stop}) are not in this clip. Label frames of "
                    f"[{first}, {end})."
                )
            if value not in KNOWN_VALUES:
                raise LabelingError(
                    f"There is no label {value}. Use one of {Label.Value.values}, or "
                    "null to remove a label."
                )

    def _check_order(self, draft: OperationDraft) -> None:
        # Refused operations leave gaps in the sequence, so only the order counts.
        if draft.sequence <= self._last_sequence:
            raise LabelingError(
                f"Operation {draft.sequence} of this page arrived after operation "
                f"{self._last_sequence}. Label these frames again."
            )
        if draft.made_on_revision > self.assignment.revision:
            raise LabelingError(
                f"This operation was made on revision {draft.made_on_revision}, but "
                f"the log ends at revision {self.assignment.revision}. Label these "
                "frames again."
            )

    def _check_undoes(self, draft: OperationDraft, *, applied: bool) -> None:
        # If another device has undone the same operation, this one is recorded but not
        # applied, and the annotator chooses between both.
        undoable = self._undoable if applied else self._logged
        if draft.undoes is not None and draft.undoes not in undoable:
            raise LabelingError(
                f"Operation {draft.undoes} cannot be undone: it is not in this clip, "
                "or already undone. Label these frames again."
            )
