"""Start the embedded PostgreSQL again when it dies under a running product."""

from pathlib import Path

import psutil

from whacc_web.embedded_postgres import ensure_running, server_process


class ServerWatch:
    """Remember the server's process, and look whether it still lives."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = server_process(data)

    def start_again_if_dead(self) -> bool:
        """Start a new server unless the one we know lives; say if that was needed."""
        if self.process and lives(self.process):
            return False
        ensure_running(self.data)
        self.process = server_process(self.data)
        return True


def lives(process: psutil.Process) -> bool:
    """Say whether a process runs: neither ended, nor another one with its number."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
