"""The log of accounts: who invited whom, who changed which role, and when."""

from django.db.models import QuerySet

from labeling.domain.permissions import require_admin
from labeling.models import AccountEvent, Invitation, User

Kind = AccountEvent.Kind


def record_event(
    kind: AccountEvent.Kind,
    *,
    by: User,
    account: User | None = None,
    invitation: Invitation | None = None,
    before: str = "",
    after: str = "",
) -> None:
    """Append an event to the log, in the transaction of the change itself."""
    AccountEvent.objects.create(
        kind=kind,
        account=account,
        invitation=invitation,
        done_by=by,
        role_before=before,
        role_after=after,
    )


def account_events(user: User, account: User | None = None) -> QuerySet[AccountEvent]:
    """Return the events of one account or of all, the latest first, to admins."""
    require_admin(user, "manage accounts")
    events = AccountEvent.objects.select_related("account", "invitation", "done_by")
    return events if account is None else events.filter(account=account)
