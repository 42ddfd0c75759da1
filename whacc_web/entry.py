"""Steps of every command before Django starts: the database and its errors."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from whacc_web.environment.variables import SettingError, env_path
from whacc_web.postgres.embedded import EmbeddedPostgresError, embedded_postgres

BASE_DIR = Path(__file__).resolve().parent.parent


def var_root() -> Path:
    """Return the folder in which the product writes all its files."""
    return env_path("WHACC_VAR", BASE_DIR / "var").resolve()


@contextlib.contextmanager
def database_running() -> Iterator[None]:
    """Run the embedded database unless DATABASE_URL names another one.

    The URL is exported, so that child processes use the same database and do not
    start one themselves.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with embedded_postgres(var_root() / "pg") as url:
        os.environ["DATABASE_URL"] = url
        yield


@contextlib.contextmanager
def errors_in_one_sentence() -> Iterator[None]:
    """Exit with the sentence alone, without a traceback, on an error of the set-up."""
    try:
        yield
    except (SettingError, EmbeddedPostgresError) as error:
        sys.exit(str(error))
