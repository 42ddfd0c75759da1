"""Restart the embedded PostgreSQL when it dies while the product runs."""

from pathlib import Path

import psutil

from whacc_web.postgres.embedded import ensure_running, server_process


class ServerWatch:
    """The server's process, and whether it is still alive."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = server_process(data)

    def restart_if_dead(self) -> bool:
        """Start a new server if the known one is dead; return whether it was."""
        if self.process and is_alive(self.process):
            return False
        ensure_running(self.data)
        self.process = server_process(self.data)
        return True


def is_alive(process: psutil.Process) -> bool:
    """Return whether a process runs: not ended, and its number not reused."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
