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
class Described:
    """What the cache asks of a backbone."""

    name: str = "mean"
    kind: str = "mean"
    sha256: str = "a" * 64
    input_px: int = 4
    n_units: int = 2
    preprocessing: str = "none"


@pytest.fixture
def trial(tmp_path):
    """Return where a trial is kept; called without arguments, always the same."""
    cache = UnitCache(tmp_path / "units")

    def where(frames=FRAMES, unit_set=UNIT_SET, **other):
        return cache.trial(frames, replace(Described(), **other), unit_set)

    return where


def test_what_is_written_is_read(trial):
    assert trial().read() is None

    trial().write(UNITS)

    kept = trial(np.asfortranarray(FRAMES)).read()
    np.testing.assert_array_equal(kept, UNITS)
    assert kept.dtype == np.float32


def test_anything_that_changes_what_is_kept_is_another_trial(trial):
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
def test_damaged_file_is_as_none(trial, damage):
    trial().write(UNITS)
    trial().path.write_bytes(damage)

    assert trial().read() is None


@pytest.mark.parametrize(
    "other", [UNITS[:6], UNITS[:, :1], UNITS.astype(float), np.array([{}], object)]
)
def test_another_array_is_as_none_and_no_pickle_is_opened(trial, other):
    trial().write(UNITS)
    np.save(trial().path, other, allow_pickle=True)

    assert trial().read() is None


def test_what_a_killed_process_left_is_removed_but_no_file_that_is_being_written(trial):
    trial().write(UNITS)
    being_written = trial().path.with_name(f".{'0' * 64}.npy.new")
    left = trial().path.with_name(f".{'0' * 64}.npy.old")
    being_written.write_bytes(b"half")
    left.write_bytes(b"half")
    an_hour_ago = time.time() - 3600
    os.utime(left, (an_hour_ago, an_hour_ago))

    trial().write(UNITS)

    names = {path.name for path in trial().path.parent.iterdir()}
    assert names == {trial().path.name, being_written.name}
