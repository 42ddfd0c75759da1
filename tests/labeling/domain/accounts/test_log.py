"""The log of accounts: all that is done to them, in words, for admins alone."""

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
from labeling.domain.accounts.log import (
    account_events,
    account_log_table,
    event_rows,
)
from labeling.errors import LabelingError, NotAllowedError
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return make_user("dana", "admin")


def said(user, account=None):
    """Return who did what to whom, the earliest first."""
    rows = event_rows(account_events(user, account))
    return [
        (
            row.event.done_by.username,
            row.says,
            row.event.account and str(row.event.account),
        )
        for row in reversed(rows)
    ]


def test_it_says_who_gave_whom_which_role(dana):
    ada, erin = make_user("ada"), make_user("erin", "admin")

    change_account(user=dana, account=ada, role="adjudicator")
    change_account(user=erin, account=ada, role="viewer", name="Ada L.")
    change_account(user=erin, account=ada, role="viewer", name="Ada L.")

    assert said(dana) == [
        ("dana", "changed the role from annotator to adjudicator", "ada"),
        ("erin", "changed the role from adjudicator to viewer", "ada"),
        ("erin", "changed name or e-mail", "ada"),
    ]


def test_it_says_who_came_and_who_went(dana):
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

    assert said(dana) == [
        ("dana", "invited Bo as annotator", None),
        ("bo", "made the account by a link, as annotator", "bo"),
        ("dana", "made a link to a new password", "bo"),
        ("bo", "chose a new password by a link", "bo"),
        ("dana", "made a link to a new password", "bo"),
        ("dana", "withdrew a link to a new password", "bo"),
        ("dana", "deactivated the account", "bo"),
        ("dana", "reactivated the account", "bo"),
        ("dana", "invited v@lab.example as viewer", None),
        ("dana", "withdrew the invitation of v@lab.example", None),
    ]
    assert said(dana, bo) == [each for each in said(dana) if each[2]]


def test_what_a_demoted_admin_gave_out_is_withdrawn_by_who_demoted(dana):
    erin = make_user("erin", "admin")
    invite(user=erin, role="admin", name="Friend")

    change_account(user=dana, account=erin, role="viewer")

    assert said(dana)[1:] == [
        ("dana", "withdrew the invitation of Friend", None),
        ("dana", "changed the role from admin to viewer", "erin"),
    ]


def test_what_was_refused_is_not_logged(dana):
    with pytest.raises(LabelingError):
        change_account(user=dana, account=dana, role="viewer")
    with pytest.raises(NotAllowedError):
        invite(user=make_user("ada"), role="admin")

    assert said(dana) == []


def test_the_csv_holds_the_roles_in_columns(dana):
    ada = make_user("ada")
    change_account(user=dana, account=ada, role="adjudicator")

    head, row = account_log_table(dana)

    assert dict(zip(head, row, strict=True))["role_after"] == "adjudicator"
    assert row[1:] == [
        "dana", "ada", "changed the role from annotator to adjudicator",
        "annotator", "adjudicator",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_admins_alone_read_it(role):
    with pytest.raises(NotAllowedError):
        account_events(make_user("ada", role))
