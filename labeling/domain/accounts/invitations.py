"""Invitations: links that work once, for a new account or a new password."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from labeling.domain.accounts.log import Kind, record_event
from labeling.domain.permissions import require_admin
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Invitation, User

INVITATION_LIFETIME = timedelta(days=14)
TOKEN_BYTES = 32
NOT_VALID = (
    "This link is not valid any more: it was used, withdrawn, or has expired. Ask an "
    "admin for a new one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A new invitation and its token, which is not stored anywhere."""

    invitation: Invitation
    token: str


@transaction.atomic
def invite(*, user: User, role: str, name: str = "", email: str = "") -> Link:
    """Create a link with which one person creates an account with this role."""
    require_admin(user, "invite people")
    link = _new_link(
        lifetime=INVITATION_LIFETIME,
        role=role,
        name=name,
        email=email,
        created_by=user,
    )
    record_event(Kind.INVITED, by=user, invitation=link.invitation, after=role)
    return link


@transaction.atomic
def renew_password(*, user: User, account: User) -> Link:
    """Create a link with which the owner of an account chooses a new password.

    The old password works until then. Earlier links for this account do not.
    """
    require_admin(user, "invite people")
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not account.is_active:
        raise LabelingError(f"{account} is deactivated. Reactivate the account first.")
    _withdraw(Invitation.objects.filter(account=account), by=user)
    link = _new_link(
        lifetime=timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        account=account,
        role=account.role,
        name=account.first_name,
        email=account.email,
        created_by=user,
    )
    record_event(
        Kind.PASSWORD_LINK, by=user, account=account, invitation=link.invitation
    )
    return link


def open_invitations(user: User) -> QuerySet[Invitation]:
    """Return the valid links, to admins only."""
    require_admin(user, "invite people")
    links = Invitation.objects.still_open()
    return links.select_related("account", "created_by")


@transaction.atomic
def withdraw(*, user: User, pk: int) -> None:
    """Withdraw a link."""
    require_admin(user, "invite people")
    if not _withdraw(Invitation.objects.filter(pk=pk), by=user):
        raise NotFoundError("There is no such open link. It was used, or has expired.")


def withdraw_links_of(account: User, *, by: User) -> None:
    """Withdraw the password links of an account, and the links that it created."""
    links = Invitation.objects.filter(Q(account=account) | Q(created_by=account))
    _withdraw(links, by=by)


def invitation_by(token: str) -> Invitation:
    """Return the invitation of a valid link."""
    links = Invitation.objects.still_open().select_related("account")
    invitation = links.filter(token_sha256=_hash(token)).first()
    if invitation is None:
        raise NotFoundError(NOT_VALID)
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, username: str, password: str) -> User:
    """Create the account that a link is for."""
    invitation = _locked(token)
    if invitation.account is not None:
        raise NotFoundError(NOT_VALID)
    try:
        with transaction.atomic():
            account = User.objects.create_user(
                username,
                email=invitation.email,
                password=password,
                role=invitation.role,
                first_name=invitation.name,
            )
    except IntegrityError as error:
        raise LabelingError(
            f"The user name {username} is taken. Choose another one."
        ) from error
    _use(invitation, account)
    record_event(
        Kind.JOINED,
        by=account,
        account=account,
        invitation=invitation,
        after=account.role,
    )
    return account


@transaction.atomic
def choose_password(*, token: str, password: str) -> User:
    """Set the password that the owner of an account chose; log out everywhere."""
    # Lock the account before the invitation: deactivation locks in the same order.
    accounts = User.objects.select_for_update(no_key=True).filter(is_active=True)
    account = accounts.filter(invitations=invitation_by(token)).first()
    if account is None:
        raise NotFoundError(NOT_VALID)
    invitation = _locked(token)
    account.set_password(password)
    account.save(update_fields=["password"])
    _use(invitation, account)
    record_event(Kind.PASSWORD, by=account, account=account, invitation=invitation)
    return account


def mail_link(invitation: Invitation, url: str) -> bool:
    """Send a link by e-mail, if e-mail is set up; return whether it was sent."""
    if not (settings.WHACC_EMAIL_FROM and invitation.email):
        return False
    what = "choose a new password" if invitation.account else "create your account"
    try:
        send_mail(
            subject="WhACC Web: your link",
            message=f"With this link, which works once, you {what}:\n\n{url}\n",
            from_email=settings.WHACC_EMAIL_FROM,
            recipient_list=[invitation.email],
        )
    except (OSError, SMTPException):
        # The link is on the admin's page: nothing is lost.
        return False
    return True


def _new_link(*, lifetime: timedelta, **fields: object) -> Link:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        token_sha256=_hash(token), expires_at=timezone.now() + lifetime, **fields
    )
    return Link(invitation=invitation, token=token)


def _withdraw(links: QuerySet[Invitation], *, by: User) -> int:
    """Withdraw the valid ones of these links; return how many."""
    still_open = (links & Invitation.objects.still_open()).select_for_update(
        of=("self",), no_key=True
    )
    valid = list(still_open.select_related("account"))
    now = timezone.now()
    Invitation.objects.filter(pk__in=[link.pk for link in valid]).update(
        withdrawn_at=now
    )
    for link in valid:
        record_event(Kind.WITHDRAWN, by=by, account=link.account, invitation=link)
    return len(valid)


def _locked(token: str) -> Invitation:
    """Return the invitation of a link, locked: of two people, only one uses it."""
    rows = Invitation.objects.filter(token_sha256=_hash(token))
    rows.select_for_update().first()
    return invitation_by(token)


def _use(invitation: Invitation, account: User) -> None:
    invitation.used_at, invitation.account = timezone.now(), account
    invitation.save(update_fields=["used_at", "account"])


def _hash(token: str) -> str:
    # The token is random and long, so a fast hash is enough.
    return hashlib.sha256(token.encode()).hexdigest()
