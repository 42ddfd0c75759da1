"""The embedded PostgreSQL's server process: is it alive, start it, stop it."""

import shlex
import shutil
import sys
import time
from pathlib import Path

import psutil

from whacc_web.postgres_files import (
    SOCKET_NAME,
    EmbeddedPostgresError,
    make_private,
    owner_of,
    run_as_owner,
    socket_dir,
)

START_SECONDS_MAX = 60


def initialize(data: Path) -> None:
    """Make an empty cluster; one that was begun and never finished is made anew."""
    unfinished = data.with_name(data.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished, owner_of(data))
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    made = run_as_owner(
        data,
        "initdb",
        *("-D", unfinished, "-U", "postgres", "--auth=trust"),
        *("--encoding=UTF8", f"--locale={locale}"),
    )
    if made.returncode != 0:
        raise EmbeddedPostgresError(f"initdb could not make {data}:\n{made.stdout}")
    unfinished.rename(data)


def wait_ready_or_dead(data: Path) -> bool:
    """Return whether a server answers, waiting for one that is starting.

    A killed postmaster can linger as a zombie, and after a reboot of a container its
    process id is often another process's. Both fool `pg_ctl status` and PostgreSQL's
    own check of its lock file, so a server that is surely gone has its lock files
    removed here.
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
        f"PostgreSQL runs in {data} and does not answer; see {data / 'server.log'}."
    )


def accepts_connections(data: Path) -> bool:
    """Say whether a server answers on the cluster's socket."""
    answer = run_as_owner(data, "pg_isready", "-q", "-h", socket_dir(data))
    return answer.returncode == 0


def start(data: Path) -> None:
    """Start the server in a session of its own, so that no Ctrl-C reaches it."""
    # pg_ctl hands the options to a shell, and the setting is a list of quoted paths.
    socket_setting = 'unix_socket_directories="{}"'.format(
        str(socket_dir(data)).replace('"', '""')
    )
    options = shlex.join(["-c", "listen_addresses=", "-c", socket_setting])
    # The log must be a file: the server would keep a pipe of ours open.
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
    """Stop the server if it runs; whoever is still connected is cut off."""
    for mode in ("fast", "immediate"):
        if not _has_process(data):
            return
        run_as_owner(data, "pg_ctl", "-D", data, "-w", "-t", "20", "-m", mode, "stop")


def _has_process(data: Path) -> bool:
    """Say whether a live process works in the cluster's folder, as all of them do."""
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
