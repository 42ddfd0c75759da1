"""What tests of the app need around them."""

import shutil
from pathlib import Path

import pytest

REAL_SESSION = Path(__file__).parents[1] / "data" / "whacc_session_small.h5"


@pytest.fixture
def data_root(tmp_path, settings):
    """An empty data root."""
    root = tmp_path / "data"
    root.mkdir()
    settings.WHACC_DATA_ROOT = root
    return root


@pytest.fixture
def real_file(data_root):
    """A small file that WhACC itself wrote, below the data root."""
    shutil.copy(REAL_SESSION, data_root / "real.h5")
    return "real.h5"
