from pathlib import Path

import pytest

from whacc_web.environment.database_url import database_from_url, socket_url
from whacc_web.environment.variables import SettingError


def test_database_from_url_reads_a_network_address():
    database = database_from_url(
        "postgresql://ada:p%40ss@db.lab.org:5433/whacc?sslmode=require"
    )

    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "whacc",
        "USER": "ada",
        "PASSWORD": "p@ss",
        "HOST": "db.lab.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_from_url_reads_a_socket_url():
    url = socket_url(Path("/var/my lab/pg"), "whacc")

    database = database_from_url(url)

    assert url == "postgresql://postgres@/whacc?host=/var/my%20lab/pg"
    assert database["HOST"] == "/var/my lab/pg"
    assert database["NAME"] == "whacc"
    assert database["USER"] == "postgres"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "mysql://host/whacc",
            "its scheme is 'mysql', not postgresql",
        ),
        ("postgresql://host", "it names no database"),
        (
            "postgresql://host:many/whacc",
            "Port could not be cast to integer value as 'many'",
        ),
        ("postgresql://host/whacc?sslmode", "bad query field: 'sslmode'"),
    ],
)
def test_database_from_url_refuses_an_unusable_url(url, reason):
    with pytest.raises(SettingError) as refused:
        database_from_url(url)

    assert str(refused.value) == (
        f"DATABASE_URL cannot be used: {reason}. "
        "Write it like postgresql://user:password@host:5432/name."
    )
