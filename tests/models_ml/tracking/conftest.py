"""Videos for tests: one that WhACC tracked, and generated ones."""

from pathlib import Path

import numpy as np
import pytest

from tests import factories_videos

DATA = Path(__file__).parents[2] / "data" / "whacc_tracking"


@pytest.fixture(scope="session")
def oracle():
    """Return a video and what WhACC computed from it."""
    with np.load(DATA / "whacc.npz") as file:
        return DATA / "AH0407x160609-9.mp4", dict(file)


@pytest.fixture
def write_video():
    return factories_videos.write_video


@pytest.fixture
def spots():
    return factories_videos.spots
