"""Find and end processes that an earlier launcher started and could not stop.

Every child has the folder that it works for in its environment, and its own children
inherit it. A process is ours only if it runs as this user and has that variable.
"""

import contextlib
import os
import signal
from pathlib import Path

import psutil

FOLDER_VARIABLE = "WHACC_STARTED_FOR"
NAME_VARIABLE = "WHACC_STARTED_AS"
END_SECONDS_MAX = 5


def mark(var: Path, name: str) -> dict[str, str]:
    """Return the environment variables that identify a child later."""
    return {FOLDER_VARIABLE: str(var), NAME_VARIABLE: name}


def end_marked(var: Path, name: str | None = None) -> int:
    """End the processes of a folder, or those with one name; return their number."""
    ours = marked_processes(var, name)
    for process in ours:
        _send(process, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(ours, timeout=END_SECONDS_MAX)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=END_SECONDS_MAX)
    return len(ours)


def marked_processes(var: Path, name: str | None = None) -> list[psutil.Process]:
    """Return the live processes of a folder, without this process and its parents."""
    this = psutil.Process()
    spared = {this.pid, *(parent.pid for parent in this.parents())}
    wanted = {FOLDER_VARIABLE: str(var)} | ({NAME_VARIABLE: name} if name else {})
    return [
        process
        for process in psutil.process_iter()
        if process.pid not in spared and wanted.items() <= _environment(process).items()
    ]


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        if process.uids().real != os.getuid():
            return {}
        return dict(process.environ())
    except psutil.Error:
        return {}


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)
