"""The role says all that an account may do."""

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


def test_an_admin_makes_another_admin_by_the_role_alone(client):
    client.force_login(make_user("dana", "admin"))
    password = "whiskers touch poles"

    client.post(
        reverse("admin:labeling_user_add"),
        {
            "username": "dora",
            "role": "admin",
            "password1": password,
            "password2": password,
        },
    )

    assert client.login(username="dora", password=password)
    assert client.get(reverse("admin:index")).status_code == 200
