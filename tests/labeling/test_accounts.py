"""Accounts: the role decides everything that an account may do."""

import pytest
from django.urls import reverse

from labeling.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", User.Role.values)
def test_djangos_flags_follow_the_role(role):
    user = make_user("dora", role)
    user.is_staff = user.is_superuser = True
    user.save()

    user.refresh_from_db()
    assert user.is_staff is user.is_superuser is user.is_admin is (role == "admin")


def test_a_superuser_has_the_role_of_an_admin():
    assert User.objects.create_superuser("root", password="secret").role == "admin"


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_djangos_admin_shows_accounts_but_does_not_change_them(client, page):
    dana = make_user("dana", "admin")
    client.force_login(dana)
    arguments = [] if page == "add" else [dana.pk]
    path = reverse(f"admin:labeling_user_{page}", args=arguments)
    fields = {"username": "dana", "role": "viewer", "post": "yes"}

    looked = client.get(path).status_code
    answer = client.post(path, fields)

    dana.refresh_from_db()
    assert looked == (200 if page == "change" else 403)
    assert answer.status_code == 403
    assert (User.objects.count(), dana.role) == (1, "admin")
    assert client.get(reverse("admin:labeling_user_changelist")).status_code == 200
