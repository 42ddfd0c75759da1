import os
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from models_ml.features.feature_set import compact
from models_ml.features.unit_cache import UnitCache
from models_ml.features.unit_set import unit_set_of

FRAMES = np.random.default_rng(0).integers(0, 256, (7, 4, 6), np.uint8)


UNIT_SET = unit_set_of(compact(2))
UNITS = np.random.default_rng(1).normal(size=(7, 2)).astype(np.float32)


@dataclass(frozen=True)
class FakeBackbone:
    """The attributes of a backbone, without a CNN."""

    name: str = "mean"
    kind: str = "mean"
    sha256: str = "a" * 64
    input_px: int = 4
    n_units: int = 2
    preprocessing: str = "none"


@pytest.fixture
def trial(tmp_path):
    """Return a function to a cache file; without arguments always the same file."""
    cache = UnitCache(tmp_path / "units")

    def cached_trial(frames=FRAMES, unit_set=UNIT_SET, **other):
        return cache.trial(frames, replace(FakeBackbone(), **other), unit_set)

    return cached_trial


def test_written_units_are_read(trial):
    assert trial().read() is None

    trial().write(UNITS)

    read = trial(np.asfortranarray(FRAMES)).read()
    np.testing.assert_array_equal(read, UNITS)
    assert read.dtype == np.float32


def test_every_input_changes_the_cache_file(trial):
    one_pixel = FRAMES.copy()
    one_pixel[3, 2, 1] ^= 1

    others = [
        trial(one_pixel),
        trial(FRAMES[:6]),
        trial(FRAMES.reshape(7, 6, 4)),
        trial(sha256="b" * 64),
        trial(preprocessing="other"),
        trial(unit_set=unit_set_of(compact(3))),
    ]

    assert len({trial().path, *(other.path for other in others)}) == 7


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY\x01\x00", b"not an array" * 9])
def test_a_damaged_file_reads_as_none(trial, damage):
    trial().write(UNITS)
    trial().path.write_bytes(damage)

    assert trial().read() is None


@pytest.mark.parametrize(
    "other", [UNITS[:6], UNITS[:, :1], UNITS.astype(float), np.array([{}], object)]
)
def test_another_array_reads_as_none_and_no_pickle_is_loaded(trial, other):
    trial().write(UNITS)
    np.save(trial().path, other, allow_pickle=True)

    assert trial().read() is None


def test_old_unfinished_files_are_removed_and_recent_ones_are_not(trial):
    trial().write(UNITS)
    recent = trial().path.with_name(f".{'0' * 64}.npy.new")
    old = trial().path.with_name(f".{'0' * 64}.npy.old")
    recent.write_bytes(b"half")
    old.write_bytes(b"half")
    an_hour_ago = time.time() - 3600
    os.utime(old, (an_hour_ago, an_hour_ago))

    trial().write(UNITS)

    names = {path.name for path in trial().path.parent.iterdir()}
    assert names == {trial().path.name, recent.name}
