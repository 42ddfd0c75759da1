"""Session files to try things on."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from models_ml.session_files.writer import write_session_file

DATA = Path(__file__).parents[1] / "data"
REAL = DATA / "whacc_session_small.h5"


@pytest.fixture
def copy(tmp_path):
    return shutil.copy(REAL, tmp_path / "session.h5")


@pytest.fixture
def grey(tmp_path):
    """Return the path and frames of a session of trials of 3, 1 and 5 frames."""
    frames = np.random.default_rng(1).integers(0, 256, (9, 5, 7), np.uint8)
    path = tmp_path / "grey.h5"
    write_session_file(
        path,
        trials=[(4, "a-4.mp4"), (2, "a-2.mp4"), (30, "a-30.mp4")],
        frames=np.split(frames, [3, 4]),
    )
    return path, frames
