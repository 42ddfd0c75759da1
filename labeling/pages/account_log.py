"""The log of accounts as pages and the CSV file show it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labeling.domain.accounts.log import Kind, account_events
from labeling.models import AccountEvent, User

COLUMNS = ("done_at", "done_by", "account", "what", "role_before", "role_after")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event of the log, and the words for it."""

    event: AccountEvent
    says: str


def event_rows(events: Iterable[AccountEvent]) -> list[EventRow]:
    """Return events with their words."""
    return [EventRow(event=event, says=event_sentence(event)) for event in events]


def event_sentence(event: AccountEvent) -> str:
    """Return a few words for an event, to follow the name of the user."""
    sentences = {
        Kind.INVITED: f"invited {_invited(event)} as {event.role_after}",
        Kind.JOINED: f"created the account with a link, as {event.role_after}",
        Kind.ROLE: f"changed the role from {event.role_before} to {event.role_after}",
        Kind.DETAILS: "changed name or e-mail",
        Kind.DEACTIVATED: "deactivated the account",
        Kind.REACTIVATED: "reactivated the account",
        Kind.PASSWORD_LINK: "created a link for a new password",
        Kind.PASSWORD: "chose a new password with a link",
        Kind.WITHDRAWN: f"withdrew {_link(event)}",
    }
    return sentences[Kind(event.kind)]


def account_log_table(user: User) -> Iterator[list[object]]:
    """Yield the log as rows of a CSV file, the header first."""
    yield list(COLUMNS)
    for event in account_events(user).iterator(chunk_size=2000):
        yield [
            event.done_at.isoformat(),
            event.done_by.username,
            event.account.username if event.account else None,
            event_sentence(event),
            event.role_before,
            event.role_after,
        ]


def _invited(event: AccountEvent) -> str:
    link = event.invitation
    return (link.name or link.email if link else "") or "the recipient of a link"


def _link(event: AccountEvent) -> str:
    if event.account is not None:
        return "a link for a new password"
    return f"the invitation of {_invited(event)}"
