"""Accounts: who there is, what each may do, and that an admin is always left."""

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
from labeling.domain.accounts.log import Kind, note_event
from labeling.domain.labels.progress import QUEUE
from labeling.domain.permissions import admin_only, require_admin
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Subset, User

SEEN_EVERY = timedelta(minutes=5)
DEACTIVATED = (
    "This account is deactivated. Its labels are kept, those too that wait in this "
    "browser: ask an admin to reactivate it, then log in again."
)


def accounts_for(user: User) -> QuerySet[User]:
    """Return everybody's account, to admins alone."""
    require_admin(user, "manage accounts")
    return User.objects.order_by("-is_active", "username")


def account_for(user: User, pk: int) -> User:
    """Return an account, to admins alone."""
    account = accounts_for(user).filter(pk=pk).first()
    if account is None:
        raise NotFoundError(f"There is no account {pk}.")
    return account


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as the list shows it."""

    account: User
    n_open: int


def account_rows(user: User) -> list[AccountRow]:
    """Return every account with how many clips it has still to label."""
    n_open = Counter(_open_assignments().values_list("annotator", flat=True))
    return [
        AccountRow(account=account, n_open=n_open[account.pk])
        for account in accounts_for(user)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClips:
    """How many clips of a subset an account has still to label."""

    subset: Subset
    n_open: int
    n_clips: int


def open_clips_of(account: User) -> list[OpenClips]:
    """Return the subsets in which an account has clips, active or not."""
    of_account = Assignment.objects.active().filter(annotator=account).order_by()
    n_clips = Counter(of_account.values_list(QUEUE, flat=True))
    left = _open_assignments().filter(annotator=account)
    n_open = Counter(left.values_list(QUEUE, flat=True))
    return [
        OpenClips(subset=subset, n_open=n_open[subset.pk], n_clips=n_clips[subset.pk])
        for subset in Subset.objects.filter(pk__in=n_clips)
    ]


def _open_assignments() -> QuerySet[Assignment]:
    n_frames = F("clip__stop") - F("clip__start")
    standing = Assignment.objects.active().order_by()
    counted = standing.annotate(n_labelled=Count("labels"))
    return counted.filter(n_labelled__lt=n_frames)


@transaction.atomic
def change_account(
    *, user: User, account: User, role: str, name: str = "", email: str = ""
) -> User:
    """Say what a person is here for, and who it is."""
    account = _locked(user, account)
    if account.is_admin and role != User.Role.ADMIN:
        _check_another_admin(account)
        withdraw_links_of(account, by=user)
    if account.role != role:
        before = account.role
        note_event(Kind.ROLE, by=user, account=account, before=before, after=role)
    if (account.get_full_name(), account.email) != (name, email):
        note_event(Kind.DETAILS, by=user, account=account)
    account.role, account.first_name, account.last_name = role, name, ""
    account.email = email
    account.save()
    return account


@transaction.atomic
def deactivate(*, user: User, account: User) -> User:
    """Shut an account: nobody is signed in with it any more, its labels stay.

    What is left of its clips stays its own until somebody gives them to others.
    """
    account = _locked(user, account)
    if account.is_admin:
        _check_another_admin(account)
    withdraw_links_of(account, by=user)
    if account.is_active:
        note_event(Kind.DEACTIVATED, by=user, account=account)
    account.is_active = False
    account.save()
    return account


@transaction.atomic
def reactivate(*, user: User, account: User) -> User:
    """Open an account again; its owner has to log in anew."""
    account = _locked(user, account)
    if not account.is_active:
        # Dead until here, but kept: by them a browser is told why (`is_deactivated`).
        _delete_login_sessions(account)
        account.is_active = True
        account.save()
        note_event(Kind.REACTIVATED, by=user, account=account)
    return account


def is_deactivated(session: SessionBase) -> bool:
    """Whether a browser was signed in with an account that is now deactivated."""
    pk = session.get(SESSION_KEY)
    return pk is not None and User.objects.filter(pk=pk, is_active=False).exists()


def note_seen(user: User) -> None:
    """Keep that somebody was here, not more often than every few minutes."""
    now = timezone.now()
    if user.seen_at is None or user.seen_at < now - SEEN_EVERY:
        User.objects.filter(pk=user.pk).update(last_seen_at=now)


def _locked(user: User, account: User) -> User:
    """Return the account, locked along with all admins, for an admin to change.

    Of two admins who shut out each other at the same moment one is first.
    """
    admins = Q(role=User.Role.ADMIN, is_active=True)
    rows = User.objects.filter(admins | Q(pk=account.pk)).order_by("pk")
    held = {each.pk: each for each in rows.select_for_update(no_key=True)}
    if user.pk not in held or not (held[user.pk].is_admin and held[user.pk].is_active):
        raise admin_only("manage accounts")
    return held[account.pk]


def _check_another_admin(account: User) -> None:
    others = User.objects.filter(role=User.Role.ADMIN, is_active=True)
    if not others.exclude(pk=account.pk).exists():
        raise LabelingError(
            f"Expected another active admin, found that {account} is the last one: "
            "make somebody else an admin first."
        )


def _delete_login_sessions(account: User) -> None:
    for session in LoginSession.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get(SESSION_KEY) == str(account.pk):
            session.delete()
