"""The log of operations in words and numbers: rows of the page and of its CSV file."""

from collections.abc import Iterator
from dataclasses import dataclass

from labeling.domain.agreement.access import sees_all_annotators
from labeling.domain.agreement.operation_log import Filters, operations_for
from labeling.models import Label, Operation, Subset, User

COLUMNS = (
    "made_at",
    "recorded_at",
    "annotator",
    "pass",
    "subset",
    "test_of",
    "session",
    "trial",
    "start",
    "stop",
    "touch_frames",
    "not_touch_frames",
    "unsure_frames",
    "cleared_frames",
    "note",
    "undoes",
    "applied",
    "saw_others",
)
# They would disclose to an annotator that a clip is a repeat or a quality check.
NOT_FOR_ANNOTATORS = ("annotator", "pass", "test_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """An operation with its frames `[start, stop)` of the trial, counted by label."""

    operation: Operation
    start: int | None
    stop: int | None
    frames: dict[str, int]

    @property
    def queue(self) -> Subset:
        """The subset in whose queue the clip was labelled."""
        assignment = self.operation.assignment
        return assignment.mixed_into or assignment.clip.subset

    @property
    def test_of(self) -> Subset | None:
        """The subset that a quality-check clip was taken from; None for other clips."""
        assignment = self.operation.assignment
        return assignment.clip.subset if assignment.mixed_into else None

    @property
    def saw_others(self) -> bool:
        """Whether the annotator had seen others' labels, by the server's clock."""
        seen_at = self.operation.assignment.saw_others_at
        return seen_at is not None and seen_at <= self.operation.recorded_at

    @property
    def summary(self) -> str:
        """The operation in a few words."""
        done = [f"{n} {name}" for name, n in self.frames.items() if n]
        if self.operation.note:
            done.append("note" if self.operation.note["text"] else "note removed")
        return ", ".join(done) or "nothing"


def operation_row(operation: Operation) -> OperationRow:
    """Return an operation with its frames counted by label."""
    frames = {"touch": 0, "not touch": 0, "unsure": 0, "cleared": 0}
    for start, stop, value in operation.runs:
        name = "cleared" if value is None else Label.Value(value).label
        frames[name] += stop - start
    runs = operation.runs
    return OperationRow(
        operation=operation,
        start=min(run[0] for run in runs) if runs else None,
        stop=max(run[1] for run in runs) if runs else None,
        frames=frames,
    )


def log_table(user: User, filters: Filters) -> Iterator[list[object]]:
    """Yield the log as rows of a CSV file, the header first."""
    hidden = () if sees_all_annotators(user) else NOT_FOR_ANNOTATORS
    columns = [name for name in COLUMNS if name not in hidden]
    yield list(columns)
    operations = operations_for(user, filters).iterator(chunk_size=2000)
    for operation in operations:
        cells = _cells(operation_row(operation))
        yield [cells[name] for name in columns]


def _cells(row: OperationRow) -> dict[str, object]:
    operation, frames = row.operation, row.frames
    assignment = operation.assignment
    trial = assignment.clip.trial
    return {
        "made_at": operation.made_at.isoformat(),
        "recorded_at": operation.recorded_at.isoformat(),
        "annotator": assignment.annotator.username,
        "pass": assignment.pass_number,
        "subset": row.queue.name,
        "test_of": row.test_of.name if row.test_of else None,
        "session": trial.session.name,
        "trial": trial.number,
        "start": row.start,
        "stop": row.stop,
        "touch_frames": frames["touch"],
        "not_touch_frames": frames["not touch"],
        "unsure_frames": frames["unsure"],
        "cleared_frames": frames["cleared"],
        "note": operation.note["text"] if operation.note else None,
        "undoes": operation.undoes_id is not None,
        "applied": operation.applied,
        "saw_others": row.saw_others,
    }
