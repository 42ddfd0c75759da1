"""Measurements of work: time and peak memory.

It imports the standard library only, because WhACC's environment uses it, too.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Shorter work is repeated up to five times, and the fastest repetition counts.
ENOUGH_SECONDS = 1.0


@dataclass
class Measurement:
    """Time and memory of some work, and other results of it."""

    seconds: float = 0.0
    # Of all cores together; it depends less on other processes than wall time.
    cpu_seconds: float = 0.0
    # Largest memory of the process: beyond the memory at the start, and in total.
    peak_mb: float = 0.0
    process_mb: float = 0.0
    found: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Add the time and memory of the enclosed work; it may be used repeatedly."""
        before = memory_mb("VmRSS")
        # Linux resets its peak of memory.
        Path("/proc/self/clear_refs").write_text("5")
        started, cpu_started = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - started
        self.cpu_seconds += time.process_time() - cpu_started
        self.process_mb = max(self.process_mb, memory_mb("VmHWM"))
        self.peak_mb = max(self.peak_mb, memory_mb("VmHWM") - before)


def repeated(work: Callable[[], Any]) -> Measurement:
    """Return the fastest of up to five repetitions of work within about a second."""
    made: list[Measurement] = []
    while len(made) < 5 and sum(one.seconds for one in made) < ENOUGH_SECONDS:
        made.append(Measurement())
        with made[-1].running():
            work()
    fastest = min(made, key=lambda one: one.seconds)
    # A later repetition reuses freed memory, so its peak is too low.
    fastest.peak_mb = max(one.peak_mb for one in made)
    return fastest


def memory_mb(key: str) -> float:
    """Return a memory figure of this process from Linux, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(key)


def run_stage(stages: Mapping[str, Callable[..., Measurement]]) -> None:
    """Run a stage. The command line has its name, a file for the result, arguments."""
    stage, result, *arguments = sys.argv[1:]
    made = stages[stage](*arguments)
    Path(result).write_text(json.dumps(vars(made)))
