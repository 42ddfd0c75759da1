"""Changed keys are stored with the account."""

import json

import pytest
from django.urls import reverse

from labeling.domain.accounts.key_maps import key_map_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def send(client, body):
    return client.post(
        reverse("key-map"), json.dumps(body), content_type="application/json"
    )


def test_a_key_map_is_stored_with_its_account_and_replaced(client):
    alice, bob = make_user("alice"), make_user("bob")
    client.force_login(alice)
    send(client, {"preset": "jabs", "keys": {"mark": ["u"]}})

    answer = send(
        client, {"preset": "left-hand", "keys": {"move -10": ["Ctrl+ö[Semi]"]}}
    )

    stored = {"preset": "left-hand", "keys": {"move -10": ["Ctrl+ö[Semi]"]}}
    assert answer.json() == stored
    assert key_map_of(alice) == stored
    assert key_map_of(bob) == {}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"preset": "whacc"},
        {"preset": 7, "keys": {}},
        {"preset": "whacc", "keys": {"mark": "u"}},
        {"preset": "whacc", "keys": {"mark": ["u"] * 5}},
        {"preset": "whacc", "keys": {"mark": ["u" * 61]}},
        {"preset": "whacc", "keys": {"mark": ["\u0000"]}},
        {"preset": "whacc", "keys": {"<b>": ["u"]}},
        {
            "preset": "whacc",
            "keys": {f"a{chr(97 + n // 26)}{chr(97 + n % 26)}": [] for n in range(101)},
        },
    ],
)
def test_an_invalid_key_map_is_refused_in_a_sentence(client, body):
    alice = make_user("alice")
    client.force_login(alice)

    answer = send(client, body)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("This is not a key map as JSON: ")
    assert key_map_of(alice) == {}
