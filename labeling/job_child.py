"""The child process of an attempt at a job, as its worker handles it."""

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
LINES_MAX = 60

# A temporary failure in sysexits.h: a later attempt may succeed.
INTERRUPTED = os.EX_TEMPFAIL


class JobChild:
    """A process `manage.py work_off` for one attempt; it ends with the `with` block.

    The child reads from a pipe that only this worker can write to. If the worker dies
    for any reason, the child reads the end of the pipe and exits.
    """

    def __init__(self, attempt: Job) -> None:
        manage = Path(settings.BASE_DIR) / "manage.py"
        self._process = subprocess.Popen(
            [sys.executable, manage, "work_off", str(attempt.pk), str(attempt.token)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Its own process group: processes that the child starts end with it.
            start_new_session=True,
        )
        self._lines: deque[str] = deque(maxlen=LINES_MAX)
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Return the child, which is already running."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """End the child if it still runs."""
        self.stop()

    def ended(self, *, within_seconds: float) -> bool:
        """Wait some time for the child to end; return whether it has."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within_seconds)
        return self._process.poll() is not None

    def stop(self) -> None:
        """Ask the child to end, then kill it and all processes that it started."""
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
        """Whether the child ended because it could not reach the database."""
        return self._process.returncode == INTERRUPTED

    @property
    def ending(self) -> str:
        """A sentence on how the child ended."""
        code = self._process.returncode
        if code == -signal.SIGKILL:
            return (
                "The job's process was killed, probably because the machine ran out of "
                "memory. Free some memory, or take fewer trials at a time."
            )
        if code < 0:
            name = signal.Signals(-code).name
            return f"The job's process was ended by {name}. Start the job again."
        return f"The job's process ended with exit code {code}."

    @property
    def last_lines(self) -> str:
        """The last lines that the child wrote to stderr."""
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
    """In the child: end this process and its children when the worker is gone."""

    def wait_for_end() -> None:
        os.read(sys.stdin.fileno(), 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_for_end, daemon=True).start()
