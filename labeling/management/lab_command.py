"""The base of the lab's commands: errors in one sentence, progress, names."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TextIO, TypeVar

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from tqdm import tqdm

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.recordings.session_files import data_root
from labeling.errors import LabelingError
from labeling.models import Session, Subset

DEFAULT_SIZE = {"ncols": 80, "nrows": 24}

Named = TypeVar("Named", Session, Subset)


class LabCommand(BaseCommand):
    """A command with errors in one sentence and progress of long work."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Run the command; print its errors as one sentence, without a traceback."""
        with errors_in_one_sentence():
            super().run_from_argv(argv)

    @cached_property
    def progress(self) -> JobProgress:
        """The progress of this command: a bar in a terminal, lines in a log."""
        if self.stderr.isatty():
            return TerminalProgress(sys.stderr)
        return LogProgress(self.stderr)


class LogProgress(JobProgress):
    """Progress as lines of text: one at the start and one at the end of a stage."""

    def __init__(self, log: OutputWrapper) -> None:
        self.log = log

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Write a line at the start and at the end of a stage."""
        if done in {0, total}:
            self.log.write(f"{stage}: {done} of {total}")

    def line(self, text: str) -> None:
        """Write a line."""
        self.log.write(text)


class TerminalProgress(JobProgress):
    """Progress as a moving bar with the remaining time, one bar for each stage."""

    def __init__(self, terminal: TextIO) -> None:
        self.terminal = terminal
        self.bar: tqdm | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Move the bar of a stage."""
        if self.bar is None or self.bar.desc != stage:
            self._close()
            size = _size_if_unknown(self.terminal)
            self.bar = tqdm(desc=stage, total=total, file=self.terminal, **size)
        self.bar.total = total
        self.bar.update(done - self.bar.n)
        if done >= total:
            self._close()

    def line(self, text: str) -> None:
        """Write a line above the bar."""
        tqdm.write(text, file=self.terminal)

    def _close(self) -> None:
        if self.bar is not None:
            self.bar.close()
        self.bar = None


# tqdm's monitor is a thread, and some commands fork.
tqdm.monitor_interval = 0


def _size_if_unknown(terminal: TextIO) -> dict[str, int]:
    """Return a size for tqdm if the terminal has none; otherwise tqdm measures it.

    A terminal in a container may report 0 columns and lines. tqdm would show nothing.
    """
    try:
        is_known = 0 not in os.get_terminal_size(terminal.fileno())
    except OSError:
        is_known = True
    return {} if is_known else DEFAULT_SIZE


@contextmanager
def errors_in_one_sentence() -> Iterator[None]:
    """Print an error that the user can correct as one sentence; exit with status 1."""
    try:
        yield
    except BrokenPipeError:
        # The reader has closed the pipe (`| head`); nothing must be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (LabelingError, CommandError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error


def file_below_data_root(path: str) -> str:
    """Return a path from the shell relative to the data root.

    A path that does not exist as typed is already relative to the data root.
    """
    typed = Path(path).absolute()
    if typed.exists() and typed.is_relative_to(data_root()):
        return str(typed.relative_to(data_root()))
    return path


def sessions_named(names: Iterable[str]) -> list[Session]:
    """Return sessions by name, in the order of the names."""
    known = {session.name: session for session in Session.objects.all()}
    return [_named(known, name, "session") for name in names]


def session_named(name: str) -> Session:
    """Return a session by name."""
    return sessions_named([name])[0]


def subsets_named(names: Iterable[str]) -> list[Subset]:
    """Return subsets by name, in the order of the names."""
    known = {subset.name: subset for subset in Subset.objects.all()}
    return [_named(known, name, "subset") for name in names]


def _named(known: dict[str, Named], name: str, noun: str) -> Named:
    if name not in known:
        raise LabelingError(
            f"There is no {noun} {name!r}. Choose one of {sorted(known)}."
        )
    return known[name]
