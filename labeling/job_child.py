"""The process in which an attempt at a job works, seen from its worker."""

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from labeling.models import Job

STOP_SECONDS_MAX = 4
LINES_KEPT = 60

# What sysexits.h calls a temporary failure: the same attempt may succeed later.
INTERRUPTED = os.EX_TEMPFAIL


class JobChild:
    """`manage.py work_off` for one attempt; leaving the block ends all of it.

    It holds the read end of a pipe whose other end only this process has: when the
    worker dies, however it dies, the child reads the pipe's end and dies as well.
    """

    def __init__(self, attempt: Job) -> None:
        manage = Path(settings.BASE_DIR) / "manage.py"
        self._process = subprocess.Popen(
            [sys.executable, manage, "work_off", str(attempt.pk), str(attempt.token)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own: what the child starts is ended with it.
            start_new_session=True,
        )
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Nothing to do: it runs already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """End whatever still runs."""
        self.stop()

    def ended(self, *, within_seconds: float) -> bool:
        """Wait a while for the child to end by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within_seconds)
        return self._process.poll() is not None

    def stop(self) -> None:
        """Ask the child to end, then kill it and whatever it started."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            self.ended(within_seconds=STOP_SECONDS_MAX)
        self._signal(signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._reader.join(timeout=1)

    @property
    def was_interrupted(self) -> bool:
        """Whether it ended because it could not reach the database."""
        return self._process.returncode == INTERRUPTED

    @property
    def ending(self) -> str:
        """How it ended, in a sentence."""
        code = self._process.returncode
        if code == -signal.SIGKILL:
            return (
                "The job's process was killed, as a machine does that has no memory "
                "left: free some, or take fewer trials at a time."
            )
        if code < 0:
            name = signal.Signals(-code).name
            return f"The job's process was ended by {name}: start it again."
        return f"The job's process ended with {code}."

    @property
    def last_words(self) -> str:
        """The last lines that it wrote to its error stream."""
        return "".join(self._lines)

    def _pass_on(self) -> None:
        stream = self._process.stderr
        for line in iter(stream.readline, b"") if stream else ():
            text = line.decode(errors="replace")
            self._lines.append(text)
            sys.stderr.write(text)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def die_with_worker() -> None:
    """In the child: end this process and its own when the worker is gone."""

    def wait_for_end() -> None:
        os.read(sys.stdin.fileno(), 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_for_end, daemon=True).start()
