"""Pages of accounts, and the messages for users of deactivated accounts."""

import json
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from labeling.domain.accounts.administration import deactivate, reactivate
from labeling.domain.accounts.invitations import invite
from labeling.models import Invitation, Operation, User
from tests.factories import PASSWORD, make_assignment, make_user
from tests.page_markup import compact

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "another long pass phrase"


@pytest.fixture
def dana():
    return make_user("dana", "admin")


@pytest.fixture
def admin(client, dana):
    client.force_login(dana)
    return client


def link_on(page):
    (path,) = re.findall(
        r'value="http://testserver(/invitations/[^"]+)"', page.content.decode()
    )
    return path


def operations(assignment):
    draft = {
        "id": str(uuid4()),
        "sequence": 1,
        "revision": 0,
        "runs": [[10, 12, 1]],
        "undoes": None,
        "suggestion_shown": False,
        "made_at": "2026-11-22T12:00:00Z",
    }
    return {
        "path": reverse("assignment-operations", args=[assignment.pk]),
        "data": json.dumps({"client": str(uuid4()), "operations": [draft]}),
        "content_type": "application/json",
    }


def test_an_invited_person_creates_an_account_by_the_link(admin):
    fields = {"role": "viewer", "name": "Vera", "email": ""}
    page = admin.post(reverse("invitation-new"), fields)
    listed = admin.get(reverse("account-list")).content.decode()
    admin.logout()
    path = link_on(page)
    asked = compact(admin.get(path))
    account = {"username": "vera", "password1": PASSWORD, "password2": PASSWORD}
    answer = admin.post(path, account)
    start = admin.get("/", follow=True)

    assert page.headers["Cache-Control"].count("no-store") == 1
    assert "Vera" in listed
    assert path not in listed
    assert "Hello Vera. You are invited as viewer." in asked
    assert answer.url == "/"
    assert start.context["user"].username == "vera"
    assert start.context["user"].role == "viewer"
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"username": "dana"}, "already exists"),
        ({"username": "DANA"}, "already exists"),
        ({"password1": "12345", "password2": "12345"}, "too short"),
        ({"password2": "something else"}, "match"),
        ({"username": "", "password1": ""}, "required"),
    ],
    ids=["taken", "taken in capitals", "weak", "mistyped", "empty"],
)
def test_djangos_refusals_are_shown_and_the_link_stays_valid(
    client, dana, typed, error
):
    link = invite(user=dana, role="annotator")
    path = reverse("invitation", args=[link.token])
    account = {"username": "bo", "password1": PASSWORD, "password2": PASSWORD}

    answer = client.post(path, account | typed)

    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert User.objects.count() == 1
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("token", ["new-or-old", "x" * 43, "' OR 1=1"])
def test_a_made_up_link_leads_nowhere(client, token):
    answer = client.get(reverse("invitation", args=[token]))

    assert answer.status_code == 404
    assert b"This link is not valid any more" in answer.content


def test_an_admin_creates_a_link_to_a_new_password(admin):
    alice = make_user("alice")
    page = admin.post(reverse("account-password-link", args=[alice.pk]))
    path = link_on(page)
    admin.logout()
    chosen = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    weak = admin.post(path, {"new_password1": "alice", "new_password2": "alice"})
    answer = admin.post(path, chosen)

    assert "<h1>New password for alice</h1>" in compact(page)
    assert weak.status_code == 422
    assert answer.url == "/"
    assert admin.get("/", follow=True).context["user"] == alice
    assert admin.login(username="alice", password=NEW_PASSWORD)


def test_an_open_link_is_withdrawn_from_the_list(admin, dana):
    link = invite(user=dana, role="admin")
    path = reverse("invitation-withdraw", args=[link.invitation.pk])

    answer = admin.post(path)

    assert answer.url == reverse("account-list")
    assert admin.get(reverse("invitation", args=[link.token])).status_code == 404
    assert not Invitation.objects.still_open().exists()


def test_an_admin_changes_role_name_and_e_mail(admin):
    bob = make_user("bob")
    path = reverse("account-detail", args=[bob.pk])

    answer = admin.post(path, {"role": "adjudicator", "name": "Bob B", "email": ""})
    wrong = admin.post(path, {"role": "king", "name": "", "email": ""})

    bob.refresh_from_db()
    assert answer.url == path
    assert wrong.status_code == 422
    assert (bob.role, bob.get_full_name()) == ("adjudicator", "Bob B")


@pytest.mark.parametrize("how", ["role", "deactivate"])
def test_the_page_shows_why_the_last_admin_stays(admin, dana, how):
    page = reverse("account-detail", args=[dana.pk])
    if how == "role":
        answer = admin.post(page, {"role": "viewer"})
    else:
        answer = admin.post(reverse("account-deactivate", args=[dana.pk]))

    dana.refresh_from_db()
    assert answer.status_code == 422
    assert b"dana is the last active admin" in answer.content
    assert (dana.role, dana.is_active) == ("admin", True)


def test_an_account_is_deactivated_and_reactivated_on_its_page(admin):
    bob = make_user("bob")
    page = reverse("account-detail", args=[bob.pk])

    deactivated = admin.post(reverse("account-deactivate", args=[bob.pk]))
    while_shut = admin.get(page).content.decode()
    reactivated = admin.post(reverse("account-reactivate", args=[bob.pk]))

    bob.refresh_from_db()
    assert (deactivated.url, reactivated.url) == (page, page)
    assert "Reactivate" in while_shut
    assert "Make a link" not in while_shut
    assert bob.is_active


def test_users_change_their_own_password_and_stay_logged_in(client):
    alice = make_user("alice")
    client.force_login(alice)
    typed = {
        "old_password": PASSWORD,
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }

    wrong = client.post(reverse("account-password"), typed | {"old_password": "no"})
    answer = client.post(reverse("account-password"), typed, follow=True)

    alice.refresh_from_db()
    assert b"incorrect" in wrong.content
    assert answer.status_code == 200
    assert answer.context["user"] == alice
    assert alice.check_password(NEW_PASSWORD)


def test_only_the_right_password_reveals_that_an_account_is_deactivated(client, dana):
    deactivate(user=dana, account=make_user("alice"))

    def answer(password):
        typed = {"username": "alice", "password": password}
        return client.post(reverse("login"), typed).content.decode()

    assert "This account is deactivated" in answer(PASSWORD)
    assert "This account is deactivated" not in answer("wrong")
    assert "The user name or the password is wrong" in answer("wrong")


def test_operations_of_a_deactivated_account_are_refused_and_accepted_later(
    client, dana
):
    assignment = make_assignment(make_user("alice"))
    client.force_login(assignment.annotator)
    deactivate(user=dana, account=assignment.annotator)
    sent = operations(assignment)
    page = client.get(reverse("assignment-detail", args=[assignment.pk]))
    refused = client.post(**sent)
    reactivate(user=dana, account=assignment.annotator)
    logged_out = client.post(**sent)
    client.login(username="alice", password=PASSWORD)
    accepted = client.post(**sent)

    assert page.status_code == refused.status_code == 403
    assert b"Ask an admin to reactivate the account" in page.content
    assert refused.json()["code"] == "deactivated"
    assert "This account is deactivated" in refused.json()["error"]
    assert logged_out.url.startswith("/login/")
    assert accepted.json()["acknowledged"][0]["applied"] is True
    assert Operation.objects.get().assignment == assignment


def test_every_page_names_the_user_and_the_role(admin):
    mine = compact(admin.get("/sessions/"))
    admin.force_login(make_user("alice"))
    hers = compact(admin.get("/subsets/"))

    assert re.search(r'dana<span class="chip" data-role="admin">admin<', mine)
    assert 'href="/accounts/"' in mine
    assert re.search(r'alice<span class="chip" data-role="annotator">annotator<', hers)
    assert 'href="/accounts/"' not in hers


def test_an_admin_reads_who_changed_which_role(admin, dana):
    ada = make_user("ada")
    fields = {"role": "adjudicator", "name": "", "email": ""}
    admin.post(reverse("account-detail", args=[ada.pk]), fields)

    pages = [
        admin.get(reverse("account-log")),
        admin.get(reverse("account-detail", args=[ada.pk])),
    ]
    log = admin.get(reverse("account-log-file"))

    sentence = "changed the role from annotator to adjudicator"
    assert all(sentence in page.content.decode() for page in pages)
    assert reverse("account-log") in admin.get(reverse("account-list")).content.decode()
    lines = b"".join(log.streaming_content).decode().splitlines()
    assert lines[1].endswith(f",dana,ada,{sentence},annotator,adjudicator")
