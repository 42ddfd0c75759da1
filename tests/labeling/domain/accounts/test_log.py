"""The log of accounts: every change is recorded, and only admins read it."""

import pytest

from labeling.domain.accounts.administration import (
    change_account,
    deactivate,
    reactivate,
)
from labeling.domain.accounts.invitations import (
    accept_invitation,
    choose_password,
    invite,
    renew_password,
    withdraw,
)
from labeling.domain.accounts.log import account_events
from labeling.errors import LabelingError, NotAllowedError
from labeling.pages.account_log import account_log_table, event_rows
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return make_user("dana", "admin")


def logged(user, account=None):
    """Return user, action and account of each event, the earliest first."""
    rows = event_rows(account_events(user, account))
    return [
        (
            row.event.done_by.username,
            row.says,
            row.event.account and str(row.event.account),
        )
        for row in reversed(rows)
    ]


def test_changes_of_roles_are_logged_with_their_admin(dana):
    ada, erin = make_user("ada"), make_user("erin", "admin")

    change_account(user=dana, account=ada, role="adjudicator")
    change_account(user=erin, account=ada, role="viewer", name="Ada L.")
    change_account(user=erin, account=ada, role="viewer", name="Ada L.")

    assert logged(dana) == [
        ("dana", "changed the role from annotator to adjudicator", "ada"),
        ("erin", "changed the role from adjudicator to viewer", "ada"),
        ("erin", "changed name or e-mail", "ada"),
    ]


def test_invitations_passwords_and_deactivations_are_logged(dana):
    link = invite(user=dana, role="annotator", name="Bo")
    bo = accept_invitation(token=link.token, username="bo", password=PASSWORD)
    renewed = renew_password(user=dana, account=bo)
    choose_password(token=renewed.token, password=PASSWORD)
    renew_password(user=dana, account=bo)
    deactivate(user=dana, account=bo)
    deactivate(user=dana, account=bo)
    reactivate(user=dana, account=bo)
    withdrawn = invite(user=dana, role="viewer", email="v@lab.example").invitation
    withdraw(user=dana, pk=withdrawn.pk)

    assert logged(dana) == [
        ("dana", "invited Bo as annotator", None),
        ("bo", "created the account with a link, as annotator", "bo"),
        ("dana", "created a link for a new password", "bo"),
        ("bo", "chose a new password with a link", "bo"),
        ("dana", "created a link for a new password", "bo"),
        ("dana", "withdrew a link for a new password", "bo"),
        ("dana", "deactivated the account", "bo"),
        ("dana", "reactivated the account", "bo"),
        ("dana", "invited v@lab.example as viewer", None),
        ("dana", "withdrew the invitation of v@lab.example", None),
    ]
    assert logged(dana, bo) == [each for each in logged(dana) if each[2]]


def test_invitations_of_a_demoted_admin_are_withdrawn(dana):
    erin = make_user("erin", "admin")
    invite(user=erin, role="admin", name="Friend")

    change_account(user=dana, account=erin, role="viewer")

    assert logged(dana)[1:] == [
        ("dana", "withdrew the invitation of Friend", None),
        ("dana", "changed the role from admin to viewer", "erin"),
    ]


def test_refused_changes_are_not_logged(dana):
    with pytest.raises(LabelingError):
        change_account(user=dana, account=dana, role="viewer")
    with pytest.raises(NotAllowedError):
        invite(user=make_user("ada"), role="admin")

    assert logged(dana) == []


def test_the_csv_has_columns_for_roles(dana):
    ada = make_user("ada")
    change_account(user=dana, account=ada, role="adjudicator")

    head, row = account_log_table(dana)

    assert dict(zip(head, row, strict=True))["role_after"] == "adjudicator"
    assert row[1:] == [
        "dana", "ada", "changed the role from annotator to adjudicator",
        "annotator", "adjudicator",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_only_admins_read_it(role):
    with pytest.raises(NotAllowedError):
        account_events(make_user("ada", role))
