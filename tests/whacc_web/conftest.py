"""A folder for the whole product, and what is left of it is ended."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launched import Launched


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Launched]:
    """Hand out a launcher that is not started yet, and end it whatever happens."""
    launcher = Launched(tmp_path / "run" / "var")
    yield launcher
    if launcher.process and launcher.process.poll() is None:
        launcher.kill_launcher()
    launcher.kill(*launcher.leftovers())
