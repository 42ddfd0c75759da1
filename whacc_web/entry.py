"""What every process started by hand does before Django: database, plain errors."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from whacc_web.embedded_postgres import EmbeddedPostgresError, embedded_postgres
from whacc_web.env import SettingError, env_path

BASE_DIR = Path(__file__).resolve().parent.parent


def var_root() -> Path:
    """Return the folder below which the product writes everything."""
    return env_path("WHACC_VAR", BASE_DIR / "var").resolve()


@contextlib.contextmanager
def database_running() -> Iterator[None]:
    """Start the embedded database unless DATABASE_URL names another one.

    The URL is exported, so that child processes use the same database and never
    start one themselves.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with embedded_postgres(var_root() / "pg") as url:
        os.environ["DATABASE_URL"] = url
        yield


@contextlib.contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """End the process with the sentence alone when the set-up is what is wrong."""
    try:
        yield
    except (SettingError, EmbeddedPostgresError) as error:
        sys.exit(str(error))
