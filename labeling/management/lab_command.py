"""What the lab's commands share: sentences for errors, a line for progress."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.recordings.session_files import data_root
from labeling.errors import LabelingError
from labeling.models import Session, Subset

BAR_CHARS = 30

Named = TypeVar("Named", Session, Subset)


class LabCommand(BaseCommand):
    """A command whose errors are sentences, and whose long work shows progress."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Say what is wrong in one sentence; a traceback helps nobody at a rig."""
        with said_in_a_sentence():
            super().run_from_argv(argv)

    @cached_property
    def progress(self) -> JobProgress:
        """What shows the progress of this command."""
        return ScreenProgress(self.stderr)


class ScreenProgress(JobProgress):
    """Shows progress on a terminal as a moving bar, in a log as two lines a stage."""

    def __init__(self, screen: OutputWrapper) -> None:
        self.screen = screen

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw the bar again, or write the first and the last line of a stage."""
        if self.screen.isatty():
            filled = BAR_CHARS * done // max(total, 1)
            bar = "#" * filled + "." * (BAR_CHARS - filled)
            end = "\n" if done >= total else ""
            self.screen.write(f"\r{bar} {done}/{total} {stage}\x1b[K", ending=end)
        elif done in {0, total}:
            self.screen.write(f"{stage}: {done} of {total}")

    def line(self, text: str) -> None:
        """Show a line of its own."""
        self.screen.write(text)


@contextmanager
def said_in_a_sentence() -> Iterator[None]:
    """Turn an error that a user can mend into its sentence and exit status 1."""
    try:
        yield
    except BrokenPipeError:
        # Whoever reads has read enough (`| head`); nothing is left to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (LabelingError, CommandError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error


def file_below_data_root(path: str) -> str:
    """Return a path as typed in a shell, made relative to the data root.

    A path that exists as typed wins; any other is taken to be relative already.
    """
    typed = Path(path).absolute()
    if typed.exists() and typed.is_relative_to(data_root()):
        return str(typed.relative_to(data_root()))
    return path


def sessions_named(names: Iterable[str]) -> list[Session]:
    """Return sessions by name; the order is kept."""
    known = {session.name: session for session in Session.objects.all()}
    return [_named(known, name, "session") for name in names]


def subsets_named(names: Iterable[str]) -> list[Subset]:
    """Return subsets by name; the order is kept."""
    known = {subset.name: subset for subset in Subset.objects.all()}
    return [_named(known, name, "subset") for name in names]


def _named(known: dict[str, Named], name: str, noun: str) -> Named:
    if name not in known:
        raise LabelingError(
            f"Expected a {noun} of {sorted(known)}, found {name!r}: check the name."
        )
    return known[name]
