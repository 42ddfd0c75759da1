"""Ten rounds of `make chaos`, with new seeds each time; failures are printed."""

import subprocess
import sys

import pytest

from tests.chaos.rounds import EVENTS
from tests.chaos.world import ROOT, clean_environment

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_no_stored_label_is_lost_or_recorded_twice_after_faults():
    # In its own process: Playwright runs one event loop per process.
    played = subprocess.run(
        [sys.executable, "-m", "tests.chaos"],
        cwd=ROOT,
        env={**clean_environment(), "ROUNDS": "10", "STEPS": "2", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 0, played.stdout + played.stderr
    summary = played.stdout.splitlines()[-1]
    assert [name for name in (*EVENTS, "two devices") if name not in summary] == []
    assert "10 of 10 rounds" in played.stdout
