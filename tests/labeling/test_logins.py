"""Who is signed in: as Django itself would find out, in fewer steps."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.contrib.sessions.models import Session as LoginSession
from django.forms.models import model_to_dict
from django.urls import reverse
from django.utils import timezone

from labeling.logins import AccountBackend, SessionStore
from labeling.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def is_signed_in(client):
    return client.get(reverse("signed-in")).json()["user"] is not None


def test_the_account_that_a_browser_is_signed_in_with_is_as_django_reads_it():
    alice = make_user("alice", "adjudicator")
    make_user("ben")

    found = AccountBackend().get_user(alice.pk)

    assert model_to_dict(found) == model_to_dict(User.objects.get(pk=alice.pk))
    assert (found, found._state.adding) == (alice, False)
    assert AccountBackend().get_user(10**6) is None


def test_a_login_holds_what_django_has_written(client):
    client.force_login(make_user("alice"))
    key = client.session.session_key

    assert SessionStore(key).load() == DjangosStore(key).load()
    assert SESSION_KEY in SessionStore(key).load()
    assert SessionStore("0" * 32).load() == {}


def test_a_login_ends_when_it_expires_and_with_its_account(client):
    alice = make_user("alice")
    client.force_login(alice)
    assert is_signed_in(client)

    User.objects.update(is_active=False)
    assert not is_signed_in(client)
    User.objects.update(is_active=True)
    assert is_signed_in(client)
    LoginSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_signed_in(client)
