"""Batches of JSON objects that a page sends, each with its own id."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec

from labeling.errors import LabelingError

OPERATIONS_MAX = 1_000
# A client's clock may be wrong, but the database must be able to store its times.
FIRST_YEAR, LAST_YEAR = 1970, 2999
# A ValueError is raised for wrong JSON, wrong UTF-8 and a wrong form.
UNREADABLE = (ValueError, RecursionError)

# The range of an integer column.
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

SentObject = TypeVar("SentObject", bound=msgspec.Struct)


class Batch(msgspec.Struct):
    """The objects of one client, not yet checked."""

    client: UUID
    operations: list[dict[str, Any]]


class Identified(msgspec.Struct):
    """The part of an object that a refusal needs."""

    id: UUID


def batch_from(
    body: bytes, sent_type: type[SentObject], noun: str
) -> tuple[UUID, list[SentObject], dict[UUID, str]]:
    """Return the client, the valid objects, and the errors of the others by id.

    An invalid object with an id does not affect the other objects.
    """
    try:
        # The decoder of msgspec refuses the whole batch for half of a surrogate pair,
        # which a note cut within an emoji ends with.
        batch = msgspec.convert(json.loads(body), Batch)
        ids = [msgspec.convert(item, Identified).id for item in batch.operations]
    except UNREADABLE as error:
        expected = "a client and a list of operations"
        raise LabelingError(unreadable(expected, error)) from error
    if len(ids) > OPERATIONS_MAX:
        raise LabelingError(
            f"The request has {len(ids)} operations; the maximum is "
            f"{OPERATIONS_MAX}. Send them in parts."
        )
    valid, errors = [], {}
    for pk, item in zip(ids, batch.operations, strict=True):
        try:
            valid.append(msgspec.convert(item, sent_type))
        except UNREADABLE as error:
            errors[pk] = unreadable(noun, error)
    return batch.client, valid, errors


def unreadable(expected: str, error: Exception) -> str:
    """Return the sentence for JSON that does not have the expected form."""
    return f"This is not {expected} as JSON: {error}. Reload the page."


def check_text(text: str) -> None:
    """Refuse text that the database cannot store."""
    if "\0" in text:
        raise ValueError(f"{text!r} contains a zero character")
    # Raises UnicodeEncodeError, a ValueError, for half of a surrogate pair.
    text.encode()


def in_utc(made_at: datetime) -> datetime:
    """Return a client's time in UTC; refuse one that the database cannot store."""
    if not FIRST_YEAR <= made_at.year <= LAST_YEAR:
        raise ValueError(f"made_at is in the year {made_at.year}")
    return made_at.astimezone(UTC)
