"""A folder for the whole product; its remaining processes end with the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launched import Launched


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Launched]:
    """A launcher that is not started yet; it ends with the test."""
    launcher = Launched(tmp_path / "run" / "var")
    yield launcher
    if launcher.process and launcher.process.poll() is None:
        launcher.kill_launcher()
    launcher.kill(*launcher.leftovers())
