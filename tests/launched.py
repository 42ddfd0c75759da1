"""Start the whole product in its own folder, and find its remaining processes."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from whacc_web.entry import BASE_DIR
from whacc_web.launcher.leftovers import marked_processes

START_SECONDS_MAX = 90
STOP_SECONDS_MAX = 30


class Launched:
    """`make run` in its own folder and on its own port, for any number of starts."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.var = var
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables of an empty shell, and those of this product."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("WHACC_", "DATABASE_URL", "DJANGO_"))
        }
        ours = {"WHACC_VAR": str(self.var), "PORT": str(self.port), "DEMO": "0"}
        return inherited | ours | self.settings

    @property
    def printed(self) -> str:
        """Return everything that was printed since the last start."""
        return (self.var.parent / "launcher.log").read_text()

    def start(self) -> None:
        """Start the launcher, and wait until it prints the product's address."""
        self.var.parent.mkdir(parents=True, exist_ok=True)
        with (self.var.parent / "launcher.log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "whacc_web.launch"],
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._is_announced, START_SECONDS_MAX, "the address")
        assert self.answers(), self.printed

    def _is_announced(self) -> bool:
        assert self.process.poll() is None, self.printed
        return f"WhACC Web: {self.url}" in self.printed

    def second_start(self, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run another launcher, which should refuse to start."""
        return subprocess.run(
            [sys.executable, "-m", "whacc_web.launch"],
            cwd=BASE_DIR,
            env=self.environment | settings,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def answers(self) -> bool:
        """Return whether the server and its database answer."""
        health = f"{self.url}/health/"
        try:
            return urllib.request.urlopen(health, timeout=5).status == 200  # noqa: S310
        except OSError:
            return False

    def wait_until_it_answers(self) -> None:
        """Wait for a server that is restarting."""
        wait_until(self.answers, START_SECONDS_MAX, "an answer")

    def wait_until_it_prints(self, sentence: str) -> None:
        """Wait until the launcher prints a sentence."""
        wait_until(lambda: sentence in self.printed, START_SECONDS_MAX, repr(sentence))

    def children(self, name: str) -> list[psutil.Process]:
        """Return the processes of the "web server" or of the "worker"."""
        return marked_processes(self.var, name)

    def postgres(self) -> list[psutil.Process]:
        """Return the processes of the embedded PostgreSQL."""
        return [p for p in psutil.process_iter() if works_in(p, self.var / "pg")]

    def leftovers(self) -> list[psutil.Process]:
        """Return every live process of this folder."""
        return marked_processes(self.var) + self.postgres()

    def kill(self, *processes: psutil.Process) -> None:
        """End processes as a power cut would."""
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(processes, timeout=STOP_SECONDS_MAX)

    def kill_launcher(self) -> None:
        """Kill only the launcher; its children remain."""
        self.process.kill()
        self.process.wait()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask the launcher to stop; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=STOP_SECONDS_MAX)


def free_port() -> int:
    """Return a port that no program listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(claim: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until a claim is true; fail after a time."""
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def works_in(process: psutil.Process, folder: Path) -> bool:
    """Return whether a process is alive and has a folder as its working directory."""
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and process.cwd() == str(folder)
    except psutil.Error:
        return False
