"""The log of all operations, filtered and read page by page."""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from typing import Self

from django.db.models import Q, QuerySet, Sum

from labeling.domain.agreement.access import sees_all_annotators
from labeling.domain.labels.progress import QUEUE
from labeling.models import Assignment, Operation, Session, Subset, User
from labeling.models.assignment import AssignmentQuerySet

NAMED_MAX = 5_000
_POSITION = re.compile(r"([\dT:.+-]{19,40})~(\d{1,18})~(\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The operations that a user asks for; None filters nothing."""

    annotator: str | None = None
    subset: int | None = None
    session: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """The position of an operation in the log.

    In URLs it is written `moment~assignment~revision`.
    """

    made_at: datetime
    assignment: int
    revision: int

    def __str__(self) -> str:
        return f"{self.made_at.isoformat()}~{self.assignment}~{self.revision}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the position with this spelling; raise ValueError if there is none."""
        found = _POSITION.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} names no position in the log")
        made_at = datetime.fromisoformat(found[1])
        if made_at.tzinfo is None:
            raise ValueError(f"{found[1]!r} has no time zone")
        # In these years, a moment may have no counterpart in UTC.
        if made_at.year in (MINYEAR, MAXYEAR):
            raise ValueError(f"{found[1]!r} is out of range")
        return cls(
            made_at=made_at.astimezone(UTC),
            assignment=int(found[2]),
            revision=int(found[3]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some operations; `earlier` is the position after which the next page begins."""

    operations: list[Operation]
    n_operations: int
    earlier: LogPosition | None


def log_page(
    user: User, filters: Filters, *, n_rows: int, after: LogPosition | None = None
) -> LogPage:
    """Return the operations that follow a position, the latest first.

    None stands for the beginning. A page is read from an index, however long the log
    is: no rows are read and skipped.
    """
    operations = operations_for(user, filters)
    if after is not None:
        operations = operations.filter(_follows(after))
    found = list(operations[: n_rows + 1])
    has_more = len(found) > n_rows
    return LogPage(
        operations=found[:n_rows],
        n_operations=_n_operations(user, filters),
        earlier=_position_of(found[n_rows - 1]) if has_more else None,
    )


def _position_of(operation: Operation) -> LogPosition:
    return LogPosition(
        made_at=operation.made_at,
        assignment=operation.assignment_id,
        revision=operation.revision,
    )


def _follows(position: LogPosition) -> Q:
    at_the_same_time = Q(made_at=position.made_at) & (
        Q(assignment__gt=position.assignment)
        | Q(assignment=position.assignment, revision__lt=position.revision)
    )
    # The first condition follows from the second; PostgreSQL needs it to use the index.
    return Q(made_at__lte=position.made_at) & (
        Q(made_at__lt=position.made_at) | at_the_same_time
    )


def _n_operations(user: User, filters: Filters) -> int:
    if filters.first or filters.last:
        return operations_for(user, filters).order_by().count()
    # The revision of an assignment is the number of its operations.
    counted = _assignments(user, filters).aggregate(n=Sum("revision"))
    return counted["n"] or 0


def operations_for(user: User, filters: Filters) -> QuerySet[Operation]:
    """Return the operations that this user may see, the latest first.

    Annotators see their own; so does a user who still labels blind.
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
    """Return the assignments with operations by primary key, unless there are many.

    PostgreSQL then knows how few operations they have and does not scan the whole log.
    """
    labelled = assignments.filter(revision__gt=0)
    few = list(labelled.values_list("pk", flat=True)[: NAMED_MAX + 1])
    return few if len(few) <= NAMED_MAX else labelled


def _assignments(user: User, filters: Filters) -> AssignmentQuerySet:
    """Return the assignments whose operations are asked for, from any time."""
    found = Assignment.objects.order_by()
    if not sees_all_annotators(user):
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
    """Return the choices of each filter, from the operations that a user may see."""
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
