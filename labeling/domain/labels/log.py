"""The log of an assignment while a batch of one client's operations enters it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import Model

from labeling.domain.labels.notes import NoteDraft, check_note, write_notes
from labeling.domain.labels.runs import Run
from labeling.domain.labels.statements import Rows, Statement, array, at_once
from labeling.domain.labels.table import LabelChanges
from labeling.domain.labels.withdrawn import check_made_before_notice
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Clip, Label

M = TypeVar("M", bound=Model)

KNOWN_VALUES = {None, *Label.Value.values}

# The lock orders the writers of an assignment, so revisions have no gaps.
ASSIGNMENT = ("id", "annotator_id", "revision", "sees_scores", "saw_scores",
              "withdrawn_at", "told_at", "clip_id")  # fmt: skip
CLIP = ("id", "trial_id", "start", "stop")
LOCK = """SELECT a.id, annotator_id, revision, sees_scores, saw_scores, withdrawn_at,
told_at, clip_id, clip.id, clip.trial_id, clip.start, clip.stop
FROM labeling_assignment a JOIN labeling_clip clip ON clip.id = clip_id
WHERE a.id = %s AND annotator_id = %s FOR UPDATE OF a"""
KNOWN = """SELECT id, revision, applied, assignment_id FROM labeling_operation
WHERE id = ANY (%s::uuid[])"""
LAST = """SELECT coalesce(max(sequence), 0) FROM labeling_operation
WHERE assignment_id = %s AND client = %s"""
OTHERS = """SELECT revision, runs, note FROM labeling_operation
WHERE assignment_id = %s AND revision > %s AND applied AND client <> %s
ORDER BY revision"""
UNDONE = """SELECT id, EXISTS
(SELECT FROM labeling_operation WHERE undoes_id = made.id AND applied)
FROM labeling_operation made WHERE assignment_id = %s AND id = ANY (%s::uuid[])"""
# With Django's own insert, this was a third of a batch's work.
APPEND = """INSERT INTO labeling_operation (assignment_id, client, id, sequence,
made_on_revision, revision, applied, runs, note, gesture, undoes_id,
suggestion_shown, made_at, recorded_at)
SELECT %s, %s, made.*, CURRENT_TIMESTAMP FROM jsonb_to_recordset(%s::jsonb) AS made
(id uuid, sequence int, made_on_revision int, revision int, applied bool, runs jsonb,
note jsonb, gesture int, undoes_id uuid, suggestion_shown bool, made_at timestamptz)"""
ADVANCE = "UPDATE labeling_assignment SET revision = %s WHERE id = %s"


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


class LoggedOperation(NamedTuple):
    """An operation in a log: its place there, and whether it became labels."""

    id: UUID
    revision: int
    applied: bool
    assignment: int


class Log:
    """An assignment's log; making one locks the assignment until the transaction ends.

    The lock finds it only where it is the annotator's.
    """

    def __init__(
        self, pk: int, annotator: int, client: UUID, drafts: Sequence[OperationDraft]
    ) -> None:
        self.client = client
        self.appended: list[Mapping[str, Any]] = []
        self.notes: list[NoteDraft] = []
        ids = array([draft.id for draft in drafts])
        undone = array([draft.undoes for draft in drafts if draft.undoes])
        seen = min((draft.made_on_revision for draft in drafts), default=0)
        (held, _), (known, _), ((last,), _), (others, _), (to_undo, _) = at_once(
            [
                (LOCK, [pk, annotator]),
                # The client sends what it already sent when no answer came back.
                (KNOWN, [ids]),
                (LAST, [pk, client]),
                (OTHERS, [pk, seen, client]),
                (UNDONE, [pk, undone]),
            ]
        )
        if not held:
            raise NotFoundError(f"There is no assignment {pk} of yours.")
        self.assignment, self.clip = _held(*held)
        self.changes = LabelChanges(self.assignment)
        # A blind annotator saw no suggestion, whatever the client says.
        self.may_see = self.assignment.sees_scores or self.assignment.saw_scores
        self.known = {row[0]: LoggedOperation(*row) for row in known}
        self.last_sequence: int = last[0]
        self.logged = {pk for pk, _ in to_undo}
        self.standing = {pk for pk, is_undone in to_undo if not is_undone}
        self._note_others(others)

    def _note_others(self, rows: Rows) -> None:
        """Keep for each frame the last revision by which another client changed it."""
        self.others_wrote = bool(rows)
        self.changed_on = np.zeros(self.clip.n_frames, dtype=np.int64)
        self.noted_on: dict[int, int] = {}
        for revision, runs, note in rows:
            if note and (noted := json.loads(note)):
                self.noted_on[noted["frame"]] = revision
            for start, stop, _ in json.loads(runs):
                first = self.clip.start
                self.changed_on[start - first : stop - first] = revision

    def append(self, draft: OperationDraft) -> LoggedOperation:
        """Take an operation in, or say why it can never be."""
        check_made_before_notice(self.assignment, draft.made_at)
        self._check_runs(draft.runs)
        if draft.note:
            check_note(self.assignment, draft.note)
        applied = not (self.others_wrote and self._is_overtaken(draft))
        self._check_place(draft, applied=applied)
        suggestion_shown = draft.suggestion_shown and self.may_see
        self.last_sequence = draft.sequence
        self.assignment.revision += 1
        revision = self.assignment.revision
        self.appended.append(
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
        self.logged.add(draft.id)
        self.standing.add(draft.id)
        if applied:
            self.changes.add(draft.runs, suggestion_shown=suggestion_shown)
            if draft.note:
                self.notes.append(draft.note)
            if draft.undoes:
                self.standing.discard(draft.undoes)
        return LoggedOperation(draft.id, revision, applied, self.assignment.pk)

    def write(self) -> None:
        """Write what was appended, and the labels that it makes."""
        if not self.appended:
            return
        pk = self.assignment.pk
        log: list[Statement] = [
            (APPEND, [pk, self.client, json.dumps(self.appended)]),
            (ADVANCE, [self.assignment.revision, pk]),
        ]
        done = at_once([*log, *self.changes.statements()])
        self.changes.check([n_rows for _, n_rows in done[len(log) :]])
        write_notes(self.assignment, self.notes)

    def _check_runs(self, runs: Sequence[Run]) -> None:
        first, end = self.clip.start, self.clip.stop
        for start, stop, value in runs:
            if not first <= start < stop <= end:
                raise LabelingError(
                    f"Expected frames of [{first}, {end}), found "
                    f"[{start}, {stop}): only frames of the clip can be labelled."
                )
            if value not in KNOWN_VALUES:
                raise LabelingError(
                    f"Expected a label of {Label.Value.values} or null, found {value}."
                )

    def _check_place(self, draft: OperationDraft, *, applied: bool) -> None:
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
        # Another device may have undone the same: then both are shown, and one chooses.
        undoable = self.standing if applied else self.logged
        if draft.undoes is not None and draft.undoes not in undoable:
            raise LabelingError(
                f"Expected to undo an operation of this clip that still stands, found "
                f"{draft.undoes}: label these frames again."
            )

    def _is_overtaken(self, draft: OperationDraft) -> bool:
        """Whether another client changed the same frames after this was made."""
        first, made_on = self.clip.start, draft.made_on_revision
        noted = self.noted_on.get(draft.note.frame, 0) if draft.note else 0
        return noted > made_on or any(
            self.changed_on[start - first : stop - first].max() > made_on
            for start, stop, _ in draft.runs
        )


def _held(row: Sequence[Any]) -> tuple[Assignment, Clip]:
    """Return an assignment and its clip, as far as the lock has read them."""
    split = len(ASSIGNMENT)
    assignment = _loaded(Assignment, ASSIGNMENT, row[:split])
    assignment.clip = _loaded(Clip, CLIP, row[split:])
    return assignment, assignment.clip


def _loaded(model: type[M], names: Sequence[str], row: Sequence[Any]) -> M:
    """Return a row as Django would; a column that was not read is read when needed."""
    named = dict(zip(names, row, strict=True))
    columns = [each.attname for each in model._meta.concrete_fields]
    in_order = [each for each in columns if each in named]
    return model.from_db("default", in_order, [named[each] for each in in_order])
