"""What the launcher does before it serves: tables, static files, the demo."""

import os

import django
import psycopg
from django.conf import settings
from django.core.management import call_command

from whacc_web.children import Children, say
from whacc_web.entry import BASE_DIR
from whacc_web.env import SettingError

MANAGE = str(BASE_DIR / "manage.py")
OLDEST_POSTGRES = 15


def prepare() -> None:
    """Bring the database and the static files up to date."""
    check_database(os.environ["DATABASE_URL"])
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def check_database(url: str) -> None:
    """Refuse a database that does not answer, or is too old."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise SettingError(
            f"The database of DATABASE_URL cannot be used: {str(error).strip()}"
        ) from None
    if version < OLDEST_POSTGRES:
        raise SettingError(
            f"Expected PostgreSQL {OLDEST_POSTGRES} or newer behind DATABASE_URL; "
            f"found {version}."
        )


def seed_if_empty(children: Children) -> None:
    """Fill an installation without any user with the demo."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    is_empty = not get_user_model().objects.exists()
    connection.close()
    if not is_empty:
        return
    say("Making the demo: recordings, people, a subset. This takes a minute.")
    # In a process of its own, which takes the memory of what it imports with it.
    if children.run_to_end("demo", [MANAGE, "seed_demo"]) != 0:
        raise SettingError("The demo could not be made. DEMO=0 starts without it.")


def show_logins() -> None:
    """Print the demo's logins again, for as long as their file is kept."""
    if settings.WHACC_DEMO_LOGINS.exists():
        say(settings.WHACC_DEMO_LOGINS.read_text().rstrip())
        say(f"(kept in {settings.WHACC_DEMO_LOGINS})")
