"""Who labelled what when: the log of operations, as a table that can be filtered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet, Sum

from labeling.domain.agreement.weekly_comparison import sees_everybodys_weeks
from labeling.domain.labels.progress import QUEUE
from labeling.models import Assignment, Label, Operation, Session, Subset, User
from labeling.models.assignment import AssignmentQuerySet

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
NAMED_MAX = 5_000
# What would tell an annotator that a clip is a second pass, or settled before.
NOT_FOR_ANNOTATORS = ("annotator", "pass", "test_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which operations are wanted; None: whatever it is."""

    annotator: str | None = None
    subset: int | None = None
    session: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """An operation in words and numbers; frames of its trial, `[start, stop)`."""

    operation: Operation
    start: int | None
    stop: int | None
    frames: dict[str, int]

    @property
    def queue(self) -> Subset:
        """The subset in whose queue it was labelled."""
        assignment = self.operation.assignment
        return assignment.mixed_into or assignment.clip.subset

    @property
    def test_of(self) -> Subset | None:
        """The subset whose settled clip tested the annotator, if it was a test."""
        assignment = self.operation.assignment
        return assignment.clip.subset if assignment.mixed_into else None

    @property
    def saw_others(self) -> bool:
        """Whether what others say of the clip had been shown, by the server's clock."""
        seen_at = self.operation.assignment.saw_others_at
        return seen_at is not None and seen_at <= self.operation.recorded_at

    @property
    def says(self) -> str:
        """What it did, in a few words."""
        done = [f"{n} {name}" for name, n in self.frames.items() if n]
        if self.operation.note:
            done.append("note" if self.operation.note["text"] else "note removed")
        return ", ".join(done) or "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of the log ends: at an operation, in the order of the log."""

    made_at: datetime
    assignment: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some rows of the log, and where those before them in time begin."""

    rows: list[OperationRow]
    n_operations: int
    earlier: Place | None


def log_page(
    user: User, filters: Filters, *, n_rows: int, after: Place | None = None
) -> LogPage:
    """Return the rows that follow a place, the latest first; None: the first ones.

    However long the log is, a page is read from its index: nothing is skipped.
    """
    operations = operations_for(user, filters)
    if after is not None:
        operations = operations.filter(_follows(after))
    found = list(operations[: n_rows + 1])
    has_more = len(found) > n_rows
    return LogPage(
        rows=[operation_row(each) for each in found[:n_rows]],
        n_operations=_n_operations(user, filters),
        earlier=_place_of(found[n_rows - 1]) if has_more else None,
    )


def _place_of(operation: Operation) -> Place:
    return Place(
        made_at=operation.made_at,
        assignment=operation.assignment_id,
        revision=operation.revision,
    )


def _follows(place: Place) -> Q:
    at_once = Q(made_at=place.made_at) & (
        Q(assignment__gt=place.assignment)
        | Q(assignment=place.assignment, revision__lt=place.revision)
    )
    # The first condition follows from the second; the index needs it.
    return Q(made_at__lte=place.made_at) & (Q(made_at__lt=place.made_at) | at_once)


def _n_operations(user: User, filters: Filters) -> int:
    if filters.first or filters.last:
        return operations_for(user, filters).order_by().count()
    # An assignment knows how many operations its log holds.
    counted = _assignments(user, filters).aggregate(n=Sum("revision"))
    return counted["n"] or 0


def operations_for(user: User, filters: Filters) -> QuerySet[Operation]:
    """Return the operations that this user may see, the latest first.

    An annotator sees the own ones; so does whoever still labels without seeing others.
    """
    operations = Operation.objects.select_related(
        "assignment__annotator",
        "assignment__mixed_into",
        "assignment__clip__subset",
        "assignment__clip__trial__session",
    ).order_by("-made_at", "assignment", "-revision")
    assignments = _assignments(user, filters)
    if assignments.query.has_filters():
        operations = operations.filter(assignment__in=_named(assignments))
    if filters.first:
        operations = operations.filter(made_at__gte=_midnight(filters.first))
    if filters.last:
        after = _midnight(filters.last) + timedelta(days=1)
        operations = operations.filter(made_at__lt=after)
    return operations


def _named(assignments: AssignmentQuerySet) -> AssignmentQuerySet | list[int]:
    """Return those with operations one by one, unless there are very many.

    The database then knows how few operations are theirs, and does not go through the
    whole log to find them.
    """
    labelled = assignments.filter(revision__gt=0)
    few = list(labelled.values_list("pk", flat=True)[: NAMED_MAX + 1])
    return few if len(few) <= NAMED_MAX else labelled


def _assignments(user: User, filters: Filters) -> AssignmentQuerySet:
    """Return whose operations are wanted, whenever they were made."""
    found = Assignment.objects.order_by()
    if not sees_everybodys_weeks(user):
        found = found.filter(annotator=user)
    if filters.annotator:
        found = found.filter(annotator__username=filters.annotator)
    if filters.subset:
        found = found.queued_in(filters.subset)
    if filters.session:
        found = found.filter(clip__trial__session=filters.session)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def choices_for(user: User) -> dict[str, list[tuple[str | int, str]]]:
    """Return what there is to filter by for this user: nothing that others did."""
    seen = _assignments(user, Filters()).filter(revision__gt=0)
    subsets = Subset.objects.filter(pk__in=seen.values(queue=QUEUE)).order_by("name")
    clips = seen.values("clip")
    sessions = Session.objects.filter(trials__clips__in=clips).distinct()
    annotators = User.objects.filter(pk__in=seen.values("annotator"))
    names = annotators.order_by("username").values_list("username", flat=True)
    return {
        "annotator": [(name, name) for name in names],
        "subset": [(subset.pk, subset.name) for subset in subsets],
        "session": [(session.pk, session.name) for session in sessions],
    }


def operation_row(operation: Operation) -> OperationRow:
    """Return an operation in words and numbers."""
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
    """Yield the log as rows of a CSV, its head first."""
    hidden = () if sees_everybodys_weeks(user) else NOT_FOR_ANNOTATORS
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
