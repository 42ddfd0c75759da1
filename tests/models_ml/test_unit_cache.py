import subprocess
import sys
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from models_ml.unit_cache import UnitCache

FRAMES = np.random.default_rng(0).integers(0, 256, (7, 4, 6), np.uint8)


@dataclass(frozen=True)
class MeanBackbone:
    """A backbone of one unit, the frame's mean, that counts how often it runs."""

    name: str = "mean"
    kind: str = "mean"
    sha256: str = "a" * 64
    input_px: int = 4
    n_units: int = 1
    preprocessing: str = "none"
    runs: list = field(default_factory=list)

    def units(self, frames):
        self.runs.append(len(frames))
        return frames.mean(axis=(1, 2), dtype=np.float32)[:, np.newaxis]


@pytest.fixture
def cache(tmp_path):
    return UnitCache(tmp_path / "units")


def test_second_time_no_cnn_is_run(cache):
    backbone = MeanBackbone()

    first = cache.cached_units(FRAMES, backbone)
    second = cache.cached_units(FRAMES.copy(order="F"), backbone)

    np.testing.assert_array_equal(first, backbone.units(FRAMES))
    np.testing.assert_array_equal(second, first)
    assert second.dtype == np.float32
    assert backbone.runs == [7, 7]


def test_anything_that_changes_the_units_misses_the_cache(cache):
    backbone = MeanBackbone()
    one_pixel = FRAMES.copy()
    one_pixel[3, 2, 1] ^= 1

    cache.cached_units(FRAMES, backbone)
    cache.cached_units(one_pixel, backbone)
    cache.cached_units(FRAMES[:6], backbone)
    cache.cached_units(FRAMES.reshape(7, 6, 4), backbone)
    cache.cached_units(FRAMES, replace(backbone, sha256="b" * 64))
    cache.cached_units(FRAMES, replace(backbone, preprocessing="other"))

    assert backbone.runs == [7, 7, 6, 7, 7, 7]


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY\x01\x00", b"not an array" * 9])
def test_damaged_file_is_computed_again(cache, damage):
    backbone = MeanBackbone()
    cache.cached_units(FRAMES, backbone)
    (path,) = cache.folder.rglob("*.npy")
    path.write_bytes(damage)

    units = cache.cached_units(FRAMES, backbone)

    np.testing.assert_array_equal(units, np.load(path))
    assert backbone.runs == [7, 7]


def test_pickled_file_is_not_opened(cache):
    backbone = MeanBackbone()
    cache.cached_units(FRAMES, backbone)
    (path,) = cache.folder.rglob("*.npy")
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)

    cache.cached_units(FRAMES, backbone)

    assert np.load(path, allow_pickle=False).shape == (7, 1)


def test_kept_units_need_no_tensorflow(tmp_path):
    script = """
import sys, numpy
from pathlib import Path
from models_ml.backbone import load_backbone
from models_ml.shipped import shipped_model
from models_ml.unit_cache import UnitCache

model = shipped_model()
cache = UnitCache(Path(sys.argv[1]))
frames = numpy.zeros((3, 61, 61), numpy.uint8)
backbone = load_backbone(model.backbone_kind, model.weights_path)
print(cache.cached_units(frames, backbone).shape, "tensorflow" in sys.modules)
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]

    assert said == ["(3, 32) True\n", "(3, 32) False\n"]
