"""The processes that the launcher starts, keeps alive and stops."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from whacc_web.entry import BASE_DIR
from whacc_web.env import SettingError
from whacc_web.interruption import Interruption
from whacc_web.leftovers import end_marked, mark

STOP_SECONDS_MAX = 15
DEATHS_MAX = 3
DEATHS_WITHIN_SECONDS = 60
PAUSE_SECONDS = 1


@dataclasses.dataclass(kw_only=True)
class Child:
    """One process and the times at which it ended unasked."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    deaths: list[float] = dataclasses.field(default_factory=list)


class Children:
    """The launcher's children; leaving the `with` block stops them in order."""

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
        """Start with no child."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop every child, first started first, and whatever they left behind."""
        for child in self.running:
            self._stop(child)
        end_marked(self.var)

    def start(self, name: str, command: list[str]) -> None:
        """Start a Python process that is meant to run until it is stopped."""
        process = self._spawn(name, command)
        self.running.append(Child(name=name, command=command, process=process))

    def run_to_end(self, name: str, command: list[str]) -> int:
        """Run a child that ends by itself; return its exit code."""
        return self._spawn(name, command).wait()

    def watch(self) -> None:
        """Start again the children that ended unasked, a few times."""
        for child in self.running:
            if child.process.poll() is not None:
                self._start_again(child)

    def _start_again(self, child: Child) -> None:
        now = time.monotonic()
        child.deaths.append(now)
        child.deaths = [t for t in child.deaths if now - t < DEATHS_WITHIN_SECONDS]
        how = ending(child.process.returncode)
        if len(child.deaths) > DEATHS_MAX:
            raise SettingError(
                f"The {child.name} ended {len(child.deaths)} times within a minute, "
                f"at last {how}: giving up. Its own messages stand above."
            )
        say(f"The {child.name} ended unexpectedly, {how}: starting it again.")
        # A killed gunicorn leaves processes that still hold its port.
        end_marked(self.var, child.name)
        time.sleep(PAUSE_SECONDS)
        child.process = self._spawn(child.name, child.command)

    def _stop(self, child: Child) -> None:
        if child.process.poll() is None:
            child.process.terminate()
        deadline = time.monotonic() + self.stop_seconds_max
        while child.process.poll() is None:
            if self.interruption.hurry or time.monotonic() > deadline:
                child.process.kill()
            time.sleep(0.05)

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=BASE_DIR,
            env=os.environ | mark(self.var, name) | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            # In a session of its own: Ctrl-C reaches the launcher alone, which
            # then stops the children one after the other.
            start_new_session=True,
        )


def ending(returncode: int) -> str:
    """Say in words how a process ended."""
    if returncode < 0:
        return f"killed by {signal.Signals(-returncode).name}"
    return f"with exit code {returncode}"


def say(sentence: str) -> None:
    """Tell the person at the screen something."""
    print(sentence, flush=True)  # noqa: T201
