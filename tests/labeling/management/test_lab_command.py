"""Progress of long commands, in a terminal and in a log."""

import os
import sys
from io import StringIO

from django.core.management.base import OutputWrapper

from labeling.management.lab_command import LogProgress, TerminalProgress


def test_log_report_writes_the_start_and_the_end_of_a_stage():
    log = StringIO()
    report = LogProgress(OutputWrapper(log))

    for done in range(4):
        report("scoring monday", done, 3)
    report.line("done")

    assert log.getvalue() == (
        "scoring monday: 0 of 3\nscoring monday: 3 of 3\ndone\n"
    )  # fmt: skip


def test_terminal_report_draws_one_bar_for_each_stage():
    terminal = StringIO()
    report = TerminalProgress(terminal)

    for stage in ("computing features", "training"):
        for done in range(4):
            report(stage, done, 3)
    report.line("Best so far: training 2")

    lines = terminal.getvalue().split("\n")
    assert [line.count("3/3") for line in lines] == [1, 1, 0, 0]
    assert "computing features: 100%" in lines[0]
    assert "training: 100%" in lines[1]
    assert lines[2] == "Best so far: training 2"


def test_terminal_report_ends_a_bar_that_stays_unfinished():
    terminal = StringIO()
    report = TerminalProgress(terminal)

    report("gathering labels", 0, 1)
    report("comparing", 1, 1)

    first, second, _ = terminal.getvalue().split("\n")
    assert "gathering labels:   0%" in first
    assert "comparing: 100%" in second


def test_a_terminal_without_a_size_shows_the_bar_too(monkeypatch):
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as terminal:
        # tqdm measures the size of standard error only.
        monkeypatch.setattr(sys, "stderr", terminal)
        TerminalProgress(terminal)("training", 1, 2)
        terminal.flush()
        shown = os.read(master, 10_000).decode()
    os.close(master)

    assert "training:   0%" in shown
