import contextlib
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from whacc_web.postgres.embedded import (
    EmbeddedPostgresError,
    embedded_postgres,
    embedded_url,
    ensure_running,
    server_process,
    stop,
)

INSERT_UNTIL_KILLED = """
import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    for number in range(1_000_000):
        connection.execute("INSERT INTO label VALUES (%s)", [number])
        print(number, flush=True)
"""
USE_FOR_A_MOMENT = """
import pathlib, sys, time, psycopg
from whacc_web.postgres.embedded import embedded_postgres, server_process
data = pathlib.Path(sys.argv[1])
with embedded_postgres(data) as url:
    print(server_process(data).pid, flush=True)
    time.sleep(float(sys.argv[2]))
    psycopg.connect(url).close()
"""


@pytest.fixture
def data(tmp_path):
    """The path of a cluster that does not exist yet; its server stops at the end."""
    yield tmp_path / "pg"
    if (tmp_path / "pg").exists():
        stop(tmp_path / "pg")


def start_python(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )


def processes_of(data):
    return [p for p in psutil.process_iter() if cwd_of(p) == str(data)]


def cwd_of(process):
    try:
        return process.cwd()
    except psutil.Error:
        return ""


def kill_all(data):
    for process in processes_of(data):
        # Backends end by themselves when their postmaster is gone.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    while any(p.status() != psutil.STATUS_ZOMBIE for p in processes_of(data)):
        time.sleep(0.01)


def test_embedded_postgres_has_its_own_database_and_stops(data):
    with embedded_postgres(data) as url, psycopg.connect(url) as connection:
        name, version = connection.execute(
            "SELECT current_database(), current_setting('server_version_num')::int"
        ).fetchone()
        addresses = connection.execute("SHOW listen_addresses").fetchone()
        owner = server_process(data).uids().real

    assert name == "whacc"
    assert version >= 150000
    assert addresses == ("",)
    assert owner != 0
    assert stat.filemode(data.stat().st_mode) == "drwx------"
    assert processes_of(data) == []


def test_embedded_postgres_keeps_every_acknowledged_row_after_kill(data):
    ensure_running(data)
    with psycopg.connect(embedded_url(data)) as connection:
        connection.execute("CREATE TABLE label (number integer)")
    writer = start_python(INSERT_UNTIL_KILLED, embedded_url(data))
    acknowledged = [int(writer.stdout.readline()) for _ in range(50)]

    kill_all(data)
    acknowledged += [int(line) for line in writer.communicate()[0].splitlines()]
    ensure_running(data)

    with psycopg.connect(embedded_url(data)) as connection:
        rows = connection.execute("SELECT number FROM label ORDER BY number")
        stored = [number for (number,) in rows]
    assert stored[: len(acknowledged)] == acknowledged
    # The last row may have been committed although its answer was lost.
    assert len(stored) - len(acknowledged) in (0, 1)


def test_embedded_postgres_started_by_several_at_once_is_one_server(data):
    users = [start_python(USE_FOR_A_MOMENT, data, 0.2 * n) for n in range(5)]

    pids = {user.communicate()[0] for user in users}

    assert [user.returncode for user in users] == [0] * 5
    assert len(pids) == 1
    assert processes_of(data) == []


def test_embedded_postgres_runs_until_its_last_user_leaves(data):
    with embedded_postgres(data):
        short_user = start_python(USE_FOR_A_MOMENT, data, 0)
        assert short_user.wait() == 0
        running_with_one_user_left = len(processes_of(data))

    assert running_with_one_user_left > 0
    assert processes_of(data) == []


def test_embedded_postgres_ignores_a_reused_process_id(data):
    ensure_running(data)
    lines = (data / "postmaster.pid").read_text().splitlines()
    kill_all(data)
    with (data / "postmaster.pid").open("w") as file:
        file.write("\n".join([str(os.getpid()), *lines[1:]]))

    ensure_running(data)

    assert server_process(data).pid != os.getpid()
    with psycopg.connect(embedded_url(data)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_embedded_postgres_replaces_an_unfinished_cluster(data):
    unfinished = data.with_name("pg.unfinished")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    ensure_running(data)

    assert not unfinished.exists()
    assert server_process(data).is_running()


def test_embedded_postgres_with_a_long_path_has_its_socket_elsewhere(tmp_path):
    data = tmp_path / ("long-" * 20) / "pg"

    with embedded_postgres(data) as url, psycopg.connect(url) as connection:
        socket_dir = Path(connection.info.host)

    assert socket_dir != data
    assert stat.filemode(socket_dir.stat().st_mode) == "drwx------"
    socket_dir.chmod(0o755)
    with pytest.raises(EmbeddedPostgresError) as refused:
        ensure_running(data)
    assert str(refused.value) == (
        f"{socket_dir} must be a folder that only you can open; it is drwxr-xr-x "
        f"and belongs to user {socket_dir.stat().st_uid}. "
        "Run this as that user, or move the folder away."
    )
    socket_dir.rmdir()


def test_embedded_postgres_refuses_a_cluster_of_another_version(data):
    with embedded_postgres(data):
        pass
    (data / "PG_VERSION").write_text("15\n")

    with pytest.raises(EmbeddedPostgresError) as refused:
        ensure_running(data)

    expected = f"PostgreSQL 15 created the database in {data}; the binaries in "
    assert str(refused.value).startswith(expected)
    assert str(refused.value).endswith(
        "Set PG_BINDIR to the bin folder of PostgreSQL 15, "
        "or dump it with that version and restore it here."
    )
