"""The log of an assignment: lock it, and read what a batch of operations needs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import Model

from labeling.domain.labels.notes import NoteDraft
from labeling.domain.labels.runs import Run
from labeling.domain.labels.statements import Rows, array, at_once
from labeling.errors import NotFoundError
from labeling.models import Assignment, Clip
from models_ml.arrays import Int64s

M = TypeVar("M", bound=Model)

# The lock orders the writers of an assignment, so that revisions have no gaps.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationDraft:
    """An operation as its client sent it."""

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
    """An operation in a log: its revision there, and whether it changed labels."""

    id: UUID
    revision: int
    applied: bool
    assignment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersChanges:
    """What other clients changed since the oldest operation of a batch was made.

    `changed_on` has for each frame of the clip the last revision that changed its label
    (0: none did), `noted_on` that of its note.
    """

    changed_on: Int64s
    noted_on: Mapping[int, int]
    any_changes: bool

    def overtake(self, draft: OperationDraft, clip: Clip) -> bool:
        """Whether another client changed the same frames after the draft was made."""
        if not self.any_changes:
            return False
        first, made_on = clip.start, draft.made_on_revision
        noted = self.noted_on.get(draft.note.frame, 0) if draft.note else 0
        return noted > made_on or any(
            self.changed_on[start - first : stop - first].max() > made_on
            for start, stop, _ in draft.runs
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedLog:
    """An assignment, locked until the transaction ends, and what its log holds.

    `known` has those operations of the batch that are already in a log. Of the
    operations that the batch undoes, `logged` are in this log, and `undoable` are not
    undone yet.
    """

    assignment: Assignment
    client: UUID
    known: Mapping[UUID, LoggedOperation]
    last_sequence: int
    others: OthersChanges
    logged: frozenset[UUID]
    undoable: frozenset[UUID]


def locked_log(
    pk: int, annotator: int, client: UUID, drafts: Sequence[OperationDraft]
) -> LockedLog:
    """Lock an annotator's assignment, and read its log for a batch of operations.

    All statements go to the database in one message. An assignment of another
    annotator is not found.
    """
    ids = array([draft.id for draft in drafts])
    undone = array([draft.undoes for draft in drafts if draft.undoes])
    oldest = min((draft.made_on_revision for draft in drafts), default=0)
    (locked, _), (known, _), ((last,), _), (others, _), (to_undo, _) = at_once(
        [
            (LOCK, [pk, annotator]),
            # A client that received no answer sends its operations again.
            (KNOWN, [ids]),
            (LAST, [pk, client]),
            (OTHERS, [pk, oldest, client]),
            (UNDONE, [pk, undone]),
        ]
    )
    if not locked:
        raise NotFoundError(f"There is no assignment {pk} of yours.")
    assignment = _assignment(*locked)
    return LockedLog(
        assignment=assignment,
        client=client,
        known={row[0]: LoggedOperation(*row) for row in known},
        last_sequence=last[0],
        others=_others_changes(assignment.clip, others),
        logged=frozenset(pk for pk, _ in to_undo),
        undoable=frozenset(pk for pk, is_undone in to_undo if not is_undone),
    )


def _others_changes(clip: Clip, rows: Rows) -> OthersChanges:
    changed_on = np.zeros(clip.n_frames, dtype=np.int64)
    noted_on: dict[int, int] = {}
    for revision, runs, note in rows:
        if note and (noted := json.loads(note)):
            noted_on[noted["frame"]] = revision
        for start, stop, _ in json.loads(runs):
            changed_on[start - clip.start : stop - clip.start] = revision
    return OthersChanges(
        changed_on=changed_on, noted_on=noted_on, any_changes=bool(rows)
    )


def _assignment(row: Sequence[Any]) -> Assignment:
    """Return the assignment with its clip, with the columns that the lock has read."""
    split = len(ASSIGNMENT)
    assignment = _loaded(Assignment, ASSIGNMENT, row[:split])
    assignment.clip = _loaded(Clip, CLIP, row[split:])
    return assignment


def _loaded(model: type[M], names: Sequence[str], row: Sequence[Any]) -> M:
    """Return a row as a model instance; Django reads missing columns when needed."""
    named = dict(zip(names, row, strict=True))
    columns = [each.attname for each in model._meta.concrete_fields]
    in_order = [each for each in columns if each in named]
    return model.from_db("default", in_order, [named[each] for each in in_order])
