"""How long a piece of work takes, and how much memory it needs at most.

Standard library only: the processes that run other software's code use it too.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Work that is over sooner is repeated, up to five times, and the fastest counts.
ENOUGH_SECONDS = 1.0


@dataclass
class Measurement:
    seconds: float = 0.0
    # Of all cores together; less at the mercy of what else runs on the machine.
    cpu_seconds: float = 0.0
    # Beside what the process held when the work began, and all of it.
    peak_mb: float = 0.0
    process_mb: float = 0.0
    found: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time and the memory of what is done inside; may be used again."""
        before = memory_mb("VmRSS")
        # Linux then counts the largest memory from here on.
        Path("/proc/self/clear_refs").write_text("5")
        started, cpu_started = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - started
        self.cpu_seconds += time.process_time() - cpu_started
        self.process_mb = max(self.process_mb, memory_mb("VmHWM"))
        self.peak_mb = max(self.peak_mb, memory_mb("VmHWM") - before)


def repeated(work: Callable[[], Any]) -> Measurement:
    """Return the fastest of up to five times of doing some work, within a second."""
    made: list[Measurement] = []
    while len(made) < 5 and sum(one.seconds for one in made) < ENOUGH_SECONDS:
        made.append(Measurement())
        with made[-1].running():
            work()
    fastest = min(made, key=lambda one: one.seconds)
    # What was freed is taken again without growing the process.
    fastest.peak_mb = max(one.peak_mb for one in made)
    return fastest


def memory_mb(key: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(key)


def run_stage(stages: Mapping[str, Callable[..., Measurement]]) -> None:
    """Do what the command line names: a stage, a file for the result, arguments."""
    stage, result, *arguments = sys.argv[1:]
    made = stages[stage](*arguments)
    Path(result).write_text(json.dumps(vars(made)))
