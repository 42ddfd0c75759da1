"""Accounts: list, change, deactivate and reactivate them; one admin always stays."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session as LoginSession
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from labeling.domain.accounts.invitations import withdraw_links_of
from labeling.domain.accounts.log import Kind, record_event
from labeling.domain.labels.progress import QUEUE
from labeling.domain.permissions import admin_only, require_admin
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Subset, User

SEEN_EVERY = timedelta(minutes=5)
DEACTIVATED = (
    "This account is deactivated. Its labels are saved, also those that wait in this "
    "browser. Ask an admin to reactivate the account, then log in again."
)


def accounts_for(user: User) -> QuerySet[User]:
    """Return all accounts, to admins only."""
    require_admin(user, "manage accounts")
    return User.objects.order_by("-is_active", "username")


def account_for(user: User, pk: int) -> User:
    """Return an account, to admins only."""
    account = accounts_for(user).filter(pk=pk).first()
    if account is None:
        raise NotFoundError(f"There is no account {pk}.")
    return account


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account, and the number of its unfinished clips."""

    account: User
    n_open: int


def account_rows(user: User) -> list[AccountRow]:
    """Return every account with the number of its unfinished clips."""
    n_open = Counter(_open_assignments().values_list("annotator", flat=True))
    return [
        AccountRow(account=account, n_open=n_open[account.pk])
        for account in accounts_for(user)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClips:
    """How many clips an account has in a subset, and how many are unfinished."""

    subset: Subset
    n_open: int
    n_clips: int


def open_clips_of(account: User) -> list[OpenClips]:
    """Return the subsets in which an account has clips."""
    of_account = Assignment.objects.active().filter(annotator=account).order_by()
    n_clips = Counter(of_account.values_list(QUEUE, flat=True))
    unfinished = _open_assignments().filter(annotator=account)
    n_open = Counter(unfinished.values_list(QUEUE, flat=True))
    return [
        OpenClips(subset=subset, n_open=n_open[subset.pk], n_clips=n_clips[subset.pk])
        for subset in Subset.objects.filter(pk__in=n_clips)
    ]


def _open_assignments() -> QuerySet[Assignment]:
    n_frames = F("clip__stop") - F("clip__start")
    active = Assignment.objects.active().order_by()
    return active.annotate(n_labelled=Count("labels")).filter(n_labelled__lt=n_frames)


@transaction.atomic
def change_account(
    *, user: User, account: User, role: str, name: str = "", email: str = ""
) -> User:
    """Change the role, the name and the e-mail address of an account."""
    account = _locked(user, account)
    if account.is_admin and role != User.Role.ADMIN:
        _check_another_admin(account)
        withdraw_links_of(account, by=user)
    if account.role != role:
        before = account.role
        record_event(Kind.ROLE, by=user, account=account, before=before, after=role)
    if (account.get_full_name(), account.email) != (name, email):
        record_event(Kind.DETAILS, by=user, account=account)
    account.role, account.first_name, account.last_name = role, name, ""
    account.email = email
    account.save()
    return account


@transaction.atomic
def deactivate(*, user: User, account: User) -> User:
    """Deactivate an account: it is logged out everywhere, and its labels stay.

    Its unfinished clips stay assigned to it until an admin reassigns them.
    """
    account = _locked(user, account)
    if account.is_admin:
        _check_another_admin(account)
    withdraw_links_of(account, by=user)
    if account.is_active:
        record_event(Kind.DEACTIVATED, by=user, account=account)
    account.is_active = False
    account.save()
    return account


@transaction.atomic
def reactivate(*, user: User, account: User) -> User:
    """Reactivate an account; its owner must log in again."""
    account = _locked(user, account)
    if not account.is_active:
        # Until now these were needed to explain the refusal (`is_deactivated`).
        _delete_login_sessions(account)
        account.is_active = True
        account.save()
        record_event(Kind.REACTIVATED, by=user, account=account)
    return account


def is_deactivated(session: SessionBase) -> bool:
    """Whether a browser was logged in with an account that is now deactivated."""
    pk = session.get(SESSION_KEY)
    return pk is not None and User.objects.filter(pk=pk, is_active=False).exists()


def record_visit(user: User) -> None:
    """Store the time of a visit, but at most every few minutes."""
    now = timezone.now()
    if user.seen_at is None or user.seen_at < now - SEEN_EVERY:
        User.objects.filter(pk=user.pk).update(last_seen_at=now)


def _locked(user: User, account: User) -> User:
    """Return the account, locked together with all admins, for an admin to change.

    If two admins deactivate each other at the same moment, the lock makes one first.
    """
    admins = Q(role=User.Role.ADMIN, is_active=True)
    rows = User.objects.filter(admins | Q(pk=account.pk)).order_by("pk")
    locked = {each.pk: each for each in rows.select_for_update(no_key=True)}
    current = locked.get(user.pk)
    if current is None or not (current.is_admin and current.is_active):
        raise admin_only("manage accounts")
    return locked[account.pk]


def _check_another_admin(account: User) -> None:
    others = User.objects.filter(role=User.Role.ADMIN, is_active=True)
    if not others.exclude(pk=account.pk).exists():
        raise LabelingError(
            f"{account} is the last active admin. Give another account the role of an "
            "admin first."
        )


def _delete_login_sessions(account: User) -> None:
    for session in LoginSession.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get(SESSION_KEY) == str(account.pk):
            session.delete()
