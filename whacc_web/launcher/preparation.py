"""Prepare what is served: the database, the static files and the demo."""

import os

import django
import psycopg
from django.conf import settings
from django.core.management import call_command

from whacc_web.entry import BASE_DIR
from whacc_web.environment.variables import SettingError
from whacc_web.launcher.children import Children, announce

MANAGE = str(BASE_DIR / "manage.py")
OLDEST_POSTGRES = 15


def prepare() -> None:
    """Update the database's tables and the static files."""
    check_database(os.environ["DATABASE_URL"])
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def check_database(url: str) -> None:
    """Refuse a database that does not answer or is too old."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise SettingError(
            f"The database of DATABASE_URL cannot be used: {str(error).strip()}"
        ) from None
    if version < OLDEST_POSTGRES:
        raise SettingError(
            f"The server of DATABASE_URL runs PostgreSQL {version}. "
            f"Use version {OLDEST_POSTGRES} or newer."
        )


def seed_if_empty(children: Children) -> None:
    """Create the demo in an installation without users."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    is_empty = not get_user_model().objects.exists()
    connection.close()
    if not is_empty:
        return
    announce("Creating the demo: recordings, users and a subset. This takes a minute.")
    # In a child process, so that the memory of its imports is freed at its end.
    if children.run_to_end("demo", [MANAGE, "seed_demo"]) != 0:
        raise SettingError(
            "The demo could not be created. Set DEMO=0 to start without it."
        )


def show_logins() -> None:
    """Print the demo's logins while their file exists."""
    if settings.WHACC_DEMO_LOGINS.exists():
        announce(settings.WHACC_DEMO_LOGINS.read_text().rstrip())
        announce(f"(stored in {settings.WHACC_DEMO_LOGINS})")
