"""Start, check and stop the server process of the embedded PostgreSQL."""

import shlex
import shutil
import sys
import time
from pathlib import Path

import psutil

from whacc_web.postgres.files import (
    SOCKET_NAME,
    EmbeddedPostgresError,
    make_private,
    owner_of,
    run_as_owner,
    socket_dir,
)

START_SECONDS_MAX = 60


def initialize(data: Path) -> None:
    """Create an empty cluster; replace one whose creation was interrupted."""
    unfinished = data.with_name(data.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished, owner_of(data))
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    created = run_as_owner(
        data,
        "initdb",
        *("-D", unfinished, "-U", "postgres", "--auth=trust"),
        *("--encoding=UTF8", f"--locale={locale}"),
    )
    if created.returncode != 0:
        raise EmbeddedPostgresError(
            f"initdb could not create {data}:\n{created.stdout}"
        )
    unfinished.rename(data)


def wait_ready_or_dead(data: Path) -> bool:
    """Return whether a server answers; wait for one that is starting.

    A killed postmaster can remain as a zombie, and after a reboot of a container
    another process often has its number. `pg_ctl status` and PostgreSQL's own check of
    its lock file then report a running server. So the lock files of a server without a
    process are removed here.
    """
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if accepts_connections(data):
            return True
        if not _has_process(data):
            (data / "postmaster.pid").unlink(missing_ok=True)
            (socket_dir(data) / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
            return False
        time.sleep(0.05)
    raise EmbeddedPostgresError(
        f"PostgreSQL runs in {data} but does not answer; see {data / 'server.log'}."
    )


def accepts_connections(data: Path) -> bool:
    """Return whether a server answers on the cluster's socket."""
    answer = run_as_owner(data, "pg_isready", "-q", "-h", socket_dir(data))
    return answer.returncode == 0


def start(data: Path) -> None:
    """Start the server in its own session, so that Ctrl-C does not reach it."""
    # pg_ctl passes the options to a shell, and the setting is a list of quoted paths.
    socket_setting = 'unix_socket_directories="{}"'.format(
        str(socket_dir(data)).replace('"', '""')
    )
    options = shlex.join(["-c", "listen_addresses=", "-c", socket_setting])
    # The log must be a file: the server would hold a pipe of ours open.
    started = run_as_owner(
        data,
        "pg_ctl",
        *("-D", data, "-l", data / "server.log", "-o", options),
        *("-w", "-t", str(START_SECONDS_MAX), "start"),
    )
    if started.returncode != 0:
        log = (data / "server.log").read_text(errors="replace").splitlines()[-5:]
        raise EmbeddedPostgresError(
            f"PostgreSQL could not be started in {data}:\n"
            + "\n".join([started.stdout.strip(), *log])
        )


def stop(data: Path) -> None:
    """Stop the server if it runs; open connections are closed."""
    for mode in ("fast", "immediate"):
        if not _has_process(data):
            return
        run_as_owner(data, "pg_ctl", "-D", data, "-w", "-t", "20", "-m", mode, "stop")


def _has_process(data: Path) -> bool:
    """Return whether a live process works in the cluster's folder.

    All processes of a server do.
    """
    owner = owner_of(data)[0]
    for process in psutil.process_iter(["name", "status", "uids"]):
        name, uids = process.info["name"], process.info["uids"]
        if not name.startswith("postgres") or (uids and uids.real != owner):
            continue
        if process.info["status"] in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            continue
        try:
            if process.cwd() == str(data):
                return True
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied:
            # It may be ours: starting a second server on its files would ruin them.
            return True
    return False
