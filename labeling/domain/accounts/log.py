"""The log of accounts: who invited whom, who changed which role, and when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from labeling.domain.permissions import require_admin
from labeling.models import AccountEvent, Invitation, User

Kind = AccountEvent.Kind
COLUMNS = ("done_at", "done_by", "account", "what", "role_before", "role_after")


def note_event(
    kind: AccountEvent.Kind,
    *,
    by: User,
    account: User | None = None,
    invitation: Invitation | None = None,
    before: str = "",
    after: str = "",
) -> None:
    """Append to the log, within the transaction of what is noted."""
    AccountEvent.objects.create(
        kind=kind,
        account=account,
        invitation=invitation,
        done_by=by,
        role_before=before,
        role_after=after,
    )


def account_events(user: User, account: User | None = None) -> QuerySet[AccountEvent]:
    """Return what happened, of one account or of all, the latest first, to admins."""
    require_admin(user, "manage accounts")
    events = AccountEvent.objects.select_related("account", "invitation", "done_by")
    return events if account is None else events.filter(account=account)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An entry of the log in words."""

    event: AccountEvent
    says: str


def event_rows(events: Iterable[AccountEvent]) -> list[EventRow]:
    """Return entries of the log as a page lists them."""
    return [EventRow(event=event, says=event_sentence(event)) for event in events]


def event_sentence(event: AccountEvent) -> str:
    """Say what was done, in a few words."""
    said = {
        Kind.INVITED: f"invited {_invited(event)} as {event.role_after}",
        Kind.JOINED: f"made the account by a link, as {event.role_after}",
        Kind.ROLE: f"changed the role from {event.role_before} to {event.role_after}",
        Kind.DETAILS: "changed name or e-mail",
        Kind.DEACTIVATED: "deactivated the account",
        Kind.REACTIVATED: "reactivated the account",
        Kind.PASSWORD_LINK: "made a link to a new password",
        Kind.PASSWORD: "chose a new password by a link",
        Kind.WITHDRAWN: f"withdrew {_link(event)}",
    }
    return said[Kind(event.kind)]


def account_log_table(user: User) -> Iterator[list[object]]:
    """Yield the log as rows of a CSV, its head first."""
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
    return (link.name or link.email if link else "") or "whoever has the link"


def _link(event: AccountEvent) -> str:
    if event.account is not None:
        return "a link to a new password"
    return f"the invitation of {_invited(event)}"
