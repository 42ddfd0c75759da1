"""Accounts: roles, deactivation and reactivation; one admin always stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session as LoginSession
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling.domain.accounts.administration import (
    account_for,
    account_rows,
    accounts_for,
    change_account,
    deactivate,
    open_clips_of,
    reactivate,
    record_visit,
)
from labeling.domain.accounts.invitations import (
    invite,
    open_invitations,
    renew_password,
)
from labeling.domain.assignments.labelling import (
    assign_subset,
    assignments_for,
)
from labeling.domain.labels.operations import label_values, record_own_operations
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Label, User
from labeling.pages.subset_rows import annotator_rows
from tests.factories import label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana():
    return make_user("dana", "admin")


@pytest.fixture
def alice():
    """Alice, who has labelled one of her two clips of 40 frames."""
    subset = make_subset(make_session(), name="first look")
    alice = make_user("alice")
    assign_subset(user=None, subset=subset, annotators=[alice])
    label(assignments_for(alice).first(), (10, 50, 1))
    return alice


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_only_an_admin_manages_accounts(dana, role):
    bob = make_user("bob", role)
    attempts = [
        lambda: accounts_for(bob),
        lambda: account_for(bob, dana.pk),
        lambda: change_account(user=bob, account=bob, role="admin"),
        lambda: deactivate(user=bob, account=dana),
        lambda: reactivate(user=bob, account=bob),
    ]

    for attempt in attempts:
        with pytest.raises(NotAllowedError, match="Only an admin"):
            attempt()

    assert list(User.objects.values_list("username", "role", "is_active")) == [
        ("dana", "admin", True),
        ("bob", role, True),
    ]


def test_the_list_shows_unfinished_clips_of_each_account(dana, alice):
    rows = {row.account.username: row.n_open for row in account_rows(dana)}

    assert rows == {"alice": 1, "dana": 0}
    (clips,) = open_clips_of(alice)
    assert (clips.subset.name, clips.n_open, clips.n_clips) == ("first look", 1, 2)


def test_a_deactivated_account_keeps_labels_and_clips(dana, alice):
    deactivate(user=dana, account=alice)

    alice.refresh_from_db()
    assignment = alice.assignments.first()
    assert not alice.is_active
    assert label_values(assignment).tolist() == [1] * 40
    assert Label.objects.count() == 40
    # Admins see the unfinished frames, to reassign them.
    assert [row.n_open for row in open_clips_of(alice)] == [1]
    subset = assignment.clip.subset
    (row,) = annotator_rows(dana, subset)
    assert (row.annotator, row.progress.labelled) == (alice, 40)
    with pytest.raises(LabelingError, match="alice may not label"):
        assign_subset(user=dana, subset=subset, annotators=[alice])


def test_deactivation_ends_all_logins_at_once_and_for_good(client, dana, alice):
    client.force_login(alice)
    others = client.session.session_key
    client.cookies.clear()
    client.force_login(alice)
    before = client.get("/subsets/").status_code
    deactivate(user=dana, account=alice)
    shut = client.get("/subsets/").status_code
    alice = reactivate(user=dana, account=alice)
    after = client.get("/subsets/")

    assert (before, shut) == (200, 403)
    assert after.url == "/login/?next=/subsets/"
    assert not LoginSession.objects.filter(session_key=others).exists()
    assert alice.is_active


def test_reactivation_ends_no_login_of_other_accounts(client, dana, alice):
    client.force_login(dana)
    deactivate(user=dana, account=alice)
    reactivate(user=dana, account=alice)

    assert client.get("/accounts/").status_code == 200


def test_a_role_is_changed_and_djangos_flags_with_it(dana, alice):
    change_account(
        user=dana, account=alice, role="admin", name="Alice A", email="a@lab.example"
    )

    alice.refresh_from_db()
    assert (alice.role, alice.is_staff, alice.is_superuser) == ("admin", True, True)
    assert (alice.get_full_name(), alice.email) == ("Alice A", "a@lab.example")


def test_an_annotator_who_becomes_a_viewer_may_not_label(dana, alice):
    pk = assignments_for(alice).first().pk
    alice = change_account(user=dana, account=alice, role="viewer")

    assert not assignments_for(alice).exists()
    with pytest.raises(NotFoundError):
        record_own_operations(user=alice, pk=pk, client=uuid4(), drafts=[])
    assert Label.objects.count() == 40


def test_the_last_active_admin_stays(dana):
    away = make_user("away", "admin")
    deactivate(user=dana, account=away)

    for shut_out in (
        lambda: deactivate(user=dana, account=dana),
        lambda: change_account(user=dana, account=dana, role="viewer"),
    ):
        with pytest.raises(LabelingError, match="dana is the last active admin"):
            shut_out()

    dana.refresh_from_db()
    assert (dana.is_active, dana.role) == (True, "admin")


def test_an_admin_can_be_deactivated_if_another_stays(dana):
    make_user("erin", "admin")

    assert not deactivate(user=dana, account=dana).is_active


def test_rights_are_checked_again_when_the_form_is_sent(dana, alice):
    erin = make_user("erin", "admin")
    change_account(user=dana, account=erin, role="viewer")

    with pytest.raises(NotAllowedError):
        deactivate(user=erin, account=alice)


@pytest.mark.parametrize(
    "shut_out",
    [
        lambda admins: admins.update(is_active=False),
        lambda admins: admins.update(role="annotator"),
        lambda admins: admins._raw_delete("default"),
    ],
    ids=["deactivated", "demoted", "deleted"],
)
def test_the_database_itself_protects_the_last_active_admin(dana, shut_out):
    with pytest.raises(IntegrityError, match="last active admin"), transaction.atomic():
        shut_out(User.objects.filter(pk=dana.pk))

    assert User.objects.filter(role="admin", is_active=True).exists()


@pytest.mark.parametrize("leave", ["deactivate", "demote"])
def test_open_links_of_a_leaving_admin_are_withdrawn(dana, leave):
    erin = make_user("erin", "admin")
    invite(user=erin, role="admin")
    renew_password(user=dana, account=erin)
    own = invite(user=dana, role="viewer").invitation
    if leave == "deactivate":
        deactivate(user=dana, account=erin)
    else:
        change_account(user=dana, account=erin, role="annotator")

    assert list(open_invitations(dana)) == [own]


def test_the_time_of_the_last_visit_is_stored_every_few_minutes(dana):
    assert dana.seen_at is None
    record_visit(dana)
    dana.refresh_from_db()
    first = dana.seen_at
    record_visit(dana)
    dana.refresh_from_db()
    second = dana.seen_at
    User.objects.update(last_seen_at=first - timedelta(minutes=6))
    dana.refresh_from_db()
    record_visit(dana)
    dana.refresh_from_db()

    assert first == second < dana.seen_at < timezone.now()
    dana.last_login = timezone.now() + timedelta(hours=1)
    assert dana.seen_at == dana.last_login
