"""The processes that the launcher starts, restarts and stops."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from whacc_web.entry import BASE_DIR
from whacc_web.environment.variables import SettingError
from whacc_web.launcher.interruption import Interruption
from whacc_web.launcher.leftovers import end_marked, mark

STOP_SECONDS_MAX = 15
DEATHS_MAX = 3
DEATHS_WITHIN_SECONDS = 60
PAUSE_SECONDS = 1


@dataclasses.dataclass(kw_only=True)
class Child:
    """One process and the times at which it ended unexpectedly."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    deaths: list[float] = dataclasses.field(default_factory=list)


class Children:
    """The launcher's child processes; leaving the `with` block stops them in order."""

    def __init__(
        self,
        var: Path,
        interruption: Interruption,
        *,
        stop_seconds_max: float = STOP_SECONDS_MAX,
    ) -> None:
        self.var = var
        self.interruption = interruption
        self.stop_seconds_max = stop_seconds_max
        self.running: list[Child] = []

    def __enter__(self) -> "Children":
        """Begin without any child."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop the children in the order of their start, then their own children."""
        for child in self.running:
            self._stop(child)
        end_marked(self.var)

    def start(self, name: str, command: list[str]) -> None:
        """Start a Python process that should run until the launcher stops it."""
        process = self._spawn(name, command)
        self.running.append(Child(name=name, command=command, process=process))

    def run_to_end(self, name: str, command: list[str]) -> int:
        """Run a Python process and wait for its end; return its exit code."""
        return self._spawn(name, command).wait()

    def watch(self) -> None:
        """Restart children that ended unexpectedly, up to `DEATHS_MAX` times."""
        for child in self.running:
            if child.process.poll() is not None:
                self._restart(child)

    def _restart(self, child: Child) -> None:
        now = time.monotonic()
        child.deaths.append(now)
        child.deaths = [t for t in child.deaths if now - t < DEATHS_WITHIN_SECONDS]
        how = exit_description(child.process.returncode)
        if len(child.deaths) > DEATHS_MAX:
            raise SettingError(
                f"The {child.name} ended {len(child.deaths)} times within a minute, "
                f"the last time {how}. Its own messages are above."
            )
        announce(f"The {child.name} ended unexpectedly, {how}: starting it again.")
        # A killed gunicorn leaves processes that still listen on its port.
        end_marked(self.var, child.name)
        time.sleep(PAUSE_SECONDS)
        child.process = self._spawn(child.name, child.command)

    def _stop(self, child: Child) -> None:
        if child.process.poll() is None:
            child.process.terminate()
        deadline = time.monotonic() + self.stop_seconds_max
        while child.process.poll() is None:
            if self.interruption.must_hurry or time.monotonic() > deadline:
                child.process.kill()
            time.sleep(0.05)

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=BASE_DIR,
            env=os.environ | mark(self.var, name) | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            # In its own session, so that Ctrl-C reaches only the launcher, which then
            # stops the children one after the other.
            start_new_session=True,
        )


def exit_description(returncode: int) -> str:
    """Describe in words how a process ended."""
    if returncode < 0:
        return f"killed by {signal.Signals(-returncode).name}"
    return f"with exit code {returncode}"


def announce(sentence: str) -> None:
    """Print a sentence for the person who started the product."""
    print(sentence, flush=True)  # noqa: T201
