"""Operations as the labelling page sends them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from labeling.domain.labels.log import OperationDraft
from labeling.domain.labels.notes import NoteDraft
from labeling.domain.labels.operations import Refusal
from labeling.domain.labels.runs import Run
from labeling.errors import LabelingError

OPERATIONS_MAX = 1_000
RUNS_MAX = 1_000
# A clock may be wrong; what it says must still be a date that the database can hold.
FIRST_YEAR, LAST_YEAR = 1970, 2999


WRONG = (
    ArithmeticError,
    AttributeError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)


def operations_from(body: bytes) -> tuple[UUID, list[OperationDraft], list[Refusal]]:
    """Return the client, its operations, and those that are none.

    An operation that says who it is holds up no other, whatever else it says.
    """
    client, items = batch_from(body)
    drafts, refused = [], []
    for pk, item in items:
        try:
            drafts.append(_draft(pk, item))
        except WRONG as error:
            refused.append(Refusal(id=pk, error=no_sense("an operation", error)))
    return client, drafts, refused


def batch_from(body: bytes) -> tuple[UUID, list[tuple[UUID, Any]]]:
    """Return the client of a batch, and what it sent with the id of each."""
    try:
        batch = json.loads(body)
        client = UUID(batch["client"])
        items = list(batch["operations"])
        ids = [UUID(item["id"]) for item in items]
    except WRONG as error:
        raise LabelingError(no_sense("a client and a list of operations", error)) from (
            error
        )
    if len(items) > OPERATIONS_MAX:
        raise LabelingError(
            f"Expected at most {OPERATIONS_MAX} operations at once, found "
            f"{len(items)}: send them in parts."
        )
    return client, list(zip(ids, items, strict=True))


def no_sense(expected: str, error: Exception) -> str:
    """Return the sentence for what cannot be read."""
    return (
        f"Expected {expected} as JSON, found something else "
        f"({type(error).__name__}: {error}): reload the page."
    )


def _draft(pk: UUID, item: Mapping[str, Any]) -> OperationDraft:
    runs = [_run(run) for run in item["runs"]]
    note = _note(item["note"]) if item.get("note") else None
    if not (note or runs) or len(runs) > RUNS_MAX:
        raise ValueError(f"{len(runs)} runs in an operation")
    return OperationDraft(
        id=pk,
        sequence=count_of(item["sequence"]),
        made_on_revision=count_of(item["revision"]),
        runs=runs,
        undoes=UUID(item["undoes"]) if item.get("undoes") else None,
        suggestion_shown=bool(item.get("suggestion_shown", False)),
        made_at=moment_of(item["made_at"]),
        note=note,
        gesture=count_of(item["gesture"]) if item.get("gesture") else None,
    )


def _run(run: Any) -> Run:
    start, stop, value = run
    return count_of(start), count_of(stop), None if value is None else count_of(value)


def _note(item: Mapping[str, Any]) -> NoteDraft:
    text = item["text"]
    # The database holds neither, and would refuse the whole batch.
    if not isinstance(text, str) or "\0" in text:
        raise ValueError(f"{text!r} is no text")
    text.encode()
    return NoteDraft(frame=count_of(item["frame"]), text=text)


def moment_of(text: str) -> datetime:
    """Return when a client says that something was made."""
    made_at = datetime.fromisoformat(text)
    if timezone.is_naive(made_at):
        raise ValueError("made_at has no time zone")
    made_at = made_at.astimezone(UTC)
    if not FIRST_YEAR <= made_at.year <= LAST_YEAR:
        raise ValueError(f"made_at is in the year {made_at.year}")
    return made_at


def count_of(value: Any) -> int:
    """Return a number of frames, or of anything else that is counted."""
    # A bool is an int in Python, but no count; numbers beyond the column are no frames.
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(f"{value!r} is no count")
    return value
