"""Give Django a database and folders of its own, before it reads its settings.

All test runs of a checkout share one cluster in var/test. Runs that happen at the
same time take different slots: each has its own databases and its own folder.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from whacc_web.environment.variables import env_str
from whacc_web.postgres.embedded import embedded_postgres

VAR = Path(__file__).resolve().parent.parent / "var" / "test"
SLOT = "WHACC_TEST_SLOT"
RELEASED_AT_EXIT = contextlib.ExitStack()


def set_up_environment() -> None:
    """Export what whacc_web.settings reads; xdist's workers inherit it."""
    slot = take_slot()
    var = VAR / f"slot-{slot}"
    shutil.rmtree(var, ignore_errors=True)
    # WhiteNoise warns of a folder for collected files that is not there.
    (var / "static").mkdir(parents=True)
    server = env_str("WHACC_TEST_DATABASE_URL", "") or start_cluster()
    for name in ("WHACC_DATA_ROOT", "WHACC_MODELS_ROOT", "WHACC_CACHE_ROOT"):
        os.environ.pop(name, None)
    os.environ |= {
        SLOT: str(slot),
        "DATABASE_URL": with_database_name(server, f"whacc_slot{slot}"),
        "WHACC_VAR": str(var),
        "WHACC_HASHED_STATIC": "0",
        "WHACC_HTTPS": "0",
        "WHACC_DEBUG": "0",
        "WHACC_ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "DJANGO_SETTINGS_MODULE": "whacc_web.settings",
        # Threads that wait by spinning take the cores from the other workers.
        "OMP_WAIT_POLICY": "passive",
    }


def take_slot() -> int:
    """Return the first number that no other running test process holds."""
    VAR.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        file = (VAR / f".slot-{number}.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            number += 1
        else:
            RELEASED_AT_EXIT.enter_context(file)
            return number


def start_cluster() -> str:
    """Start the tests' PostgreSQL; the last test run that ends stops it.

    It does not wait for the disk. After a power cut, `rm -rf var/test`.
    """
    url = RELEASED_AT_EXIT.enter_context(embedded_postgres(VAR / "pg"))
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def with_database_name(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take one worker more than there are cores: many tests wait for processes."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Let each worker begin with its part of the slow tests and end with short ones."""
    n_workers = getattr(config, "workerinput", {}).get("workercount", 1)
    slow = [each for each in items if each.get_closest_marker("slow")]
    short = [each for each in items if not each.get_closest_marker("slow")]
    n_left, ordered = len(items), []
    for worker in range(n_workers):
        # As many as xdist gives to each: what is left, shared with those to come.
        n_own = n_left // (n_workers - worker)
        own = slow[worker::n_workers][:n_own]
        n_short = n_own - len(own)
        ordered += own + short[:n_short]
        short = short[n_short:]
        n_left -= n_own
    seen = {each.nodeid for each in ordered}
    items[:] = ordered + [each for each in items if each.nodeid not in seen]


def pytest_configure() -> None:
    """Make passwords cheap: no test is about how hard they are to guess."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let child processes, such as a job's, use the tests' database too."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    os.environ["DATABASE_URL"] = with_database_name(os.environ["DATABASE_URL"], name)


@pytest.fixture
def workers(settings, monkeypatch):
    """Start `manage.py run_worker`, as often as asked; all end with the test."""
    started = []

    def start(*options: str) -> subprocess.Popen[bytes]:
        monkeypatch.setenv("WHACC_DATA_ROOT", str(settings.WHACC_DATA_ROOT))
        command = [sys.executable, "manage.py", "run_worker", *options]
        started.append(subprocess.Popen(command, cwd=settings.BASE_DIR))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


if SLOT not in os.environ:
    atexit.register(RELEASED_AT_EXIT.close)
    set_up_environment()


@pytest.fixture(autouse=True)
def _nothing_left_in_the_queue(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the queue after real transactions, as Django empties its own tables."""
    marker = request.node.get_closest_marker("django_db")
    is_real = bool(marker and marker.kwargs.get("transaction"))
    if not is_real and "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
