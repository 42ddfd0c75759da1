"""Allow one launcher for each folder, and one server for each port."""

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from whacc_web.environment.variables import SettingError


@contextlib.contextmanager
def only_launcher(var: Path, address: str) -> Iterator[None]:
    """Hold the folder's lock; refuse to start while another launcher holds it."""
    # The kernel releases the lock when its process ends, killed or not.
    with _opened(var / ".launcher") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise SettingError(
                f"WhACC Web is already running in {var}: {file.read().strip()}. "
                "Stop it there with Ctrl-C, or set WHACC_VAR to another folder."
            ) from None
        file.truncate(0)
        file.write(f"{address}, process {os.getpid()}\n")
        file.flush()
        yield


def _opened(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+")
    except OSError as error:
        raise SettingError(
            f"Cannot write {path}: {error.strerror}. Run this as the owner of "
            f"{path.parent}, or set WHACC_VAR to another folder."
        ) from None


def check_port(host: str, port: int) -> None:
    """Refuse a port that another program uses, and suggest a free one."""
    if port_is_free(host, port):
        return
    others = (other for other in range(port + 1, 65536) if port_is_free(host, other))
    raise SettingError(
        f"Port {port} of {host} is used by another program. "
        f"Choose another one: make run PORT={next(others, 8000)}"
    )


def port_is_free(host: str, port: int) -> bool:
    """Return whether a server could listen on a port."""
    with socket.socket() as probe:
        # gunicorn sets this too: connections that are closing do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
