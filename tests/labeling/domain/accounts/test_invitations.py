"""Invitations: links that work once, in time, and unless withdrawn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.domain.accounts.administration import deactivate
from labeling.domain.accounts.invitations import (
    accept_invitation,
    choose_password,
    invitation_by,
    invite,
    mail_link,
    open_invitations,
    renew_password,
    withdraw,
)
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Invitation, User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return make_user("dana", "admin")


def is_good(token):
    try:
        return bool(invitation_by(token))
    except NotFoundError:
        return False


def test_an_invitation_creates_one_account_with_its_role(dana):
    link = invite(user=dana, role="adjudicator", name="Bo", email="bo@lab.example")
    bo = accept_invitation(token=link.token, username="bo", password=PASSWORD)

    bo.refresh_from_db()
    assert (bo.username, bo.role, bo.is_active) == ("bo", "adjudicator", True)
    assert (bo.first_name, bo.email) == ("Bo", "bo@lab.example")
    assert bo.check_password(PASSWORD)
    assert Invitation.objects.get().account == bo
    with pytest.raises(NotFoundError, match="not valid any more"):
        accept_invitation(token=link.token, username="bob", password=PASSWORD)
    assert User.objects.count() == 2


def test_the_token_cannot_be_read_from_the_database(dana):
    link = invite(user=dana, role="admin")

    (row,) = Invitation.objects.values()
    assert link.token not in str(row)
    assert len(link.token) >= 43
    assert not is_good(row["token_sha256"])


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_only_an_admin_creates_or_withdraws_links(dana, role):
    bob = make_user("bob", role)
    link = invite(user=dana, role="viewer")
    attempts = [
        lambda: invite(user=bob, role="admin"),
        lambda: renew_password(user=bob, account=dana),
        lambda: open_invitations(bob),
        lambda: withdraw(user=bob, pk=link.invitation.pk),
    ]

    for attempt in attempts:
        with pytest.raises(NotAllowedError, match="Only an admin"):
            attempt()

    assert list(open_invitations(dana)) == [link.invitation]


def test_a_link_expires(dana):
    link = invite(user=dana, role="viewer")
    left = link.invitation.expires_at - timezone.now()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)
    assert not is_good(link.token)
    assert not open_invitations(dana).exists()
    with pytest.raises(NotFoundError):
        accept_invitation(token=link.token, username="bo", password=PASSWORD)


def test_a_link_is_withdrawn_once(dana):
    link = invite(user=dana, role="viewer")
    withdraw(user=dana, pk=link.invitation.pk)

    assert not is_good(link.token)
    with pytest.raises(NotFoundError, match="no such open link"):
        withdraw(user=dana, pk=link.invitation.pk)
    with pytest.raises(NotFoundError):
        accept_invitation(token=link.token, username="bo", password=PASSWORD)


def test_a_taken_user_name_leaves_the_link_valid(dana):
    link = invite(user=dana, role="viewer")

    with pytest.raises(LabelingError, match="The user name dana is taken"):
        accept_invitation(token=link.token, username="dana", password=PASSWORD)

    assert is_good(link.token)


def test_a_new_password_ends_every_login(client, dana):
    alice = make_user("alice")
    client.force_login(alice)
    link = renew_password(user=dana, account=alice)
    before = client.get("/subsets/").status_code
    choose_password(token=link.token, password="another long pass phrase")
    after = client.get("/subsets/").status_code

    alice.refresh_from_db()
    assert (before, after) == (200, 302)
    assert alice.check_password("another long pass phrase")
    assert not is_good(link.token)
    assert (alice.role, alice.username) == ("annotator", "alice")


def test_of_two_password_links_only_the_later_is_valid(dana):
    alice = make_user("alice")
    first = renew_password(user=dana, account=alice)
    second = renew_password(user=dana, account=alice)

    assert (is_good(first.token), is_good(second.token)) == (False, True)


def test_password_links_and_invitations_cannot_be_exchanged(dana):
    renewal = renew_password(user=dana, account=make_user("alice"))
    invitation = invite(user=dana, role="admin")

    with pytest.raises(NotFoundError):
        accept_invitation(token=renewal.token, username="bo", password=PASSWORD)
    with pytest.raises(NotFoundError):
        choose_password(token=invitation.token, password=PASSWORD)


def test_a_deactivated_account_gets_no_password_link(dana):
    alice = make_user("alice")
    link = renew_password(user=dana, account=alice)
    deactivate(user=dana, account=alice)

    with pytest.raises(LabelingError, match="Reactivate the account first"):
        renew_password(user=dana, account=alice)
    with pytest.raises(NotFoundError):
        choose_password(token=link.token, password="another long pass phrase")

    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_a_link_is_mailed_if_e_mail_is_set_up(dana, settings, mailoutbox):
    link = invite(user=dana, role="viewer", email="bo@lab.example")
    unset = mail_link(link.invitation, "https://lab.example/invitations/x/")
    settings.WHACC_EMAIL_FROM = "whacc@lab.example"
    without_address = mail_link(
        invite(user=dana, role="viewer").invitation, "https://…"
    )
    sent = mail_link(link.invitation, "https://lab.example/invitations/x/")

    assert (unset, without_address, sent) == (False, False, True)
    (mail,) = mailoutbox
    assert (mail.to, mail.from_email) == (["bo@lab.example"], "whacc@lab.example")
    assert "https://lab.example/invitations/x/" in mail.body
