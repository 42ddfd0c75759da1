import numpy as np
import pytest

from models_ml.cnn import compact as compact_cnn
from models_ml.cnn.backbone import Backbone, load_backbone
from models_ml.cnn.frames import cnn_input, lag_images, padded_frames
from models_ml.cnn.runner import cnn_runner
from models_ml.shipped import shipped_model
from models_ml.simulator.rigs import rig_named
from models_ml.simulator.trial import simulate_trial


@pytest.fixture(scope="module")
def compact() -> Backbone:
    return load_backbone("compact", shipped_model().weights_path)


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    return simulate_trial(rig_named("thick_fast"), seed=1, n_frames=60).frames


def test_compact_backbone_has_its_attributes(compact: Backbone) -> None:
    assert (compact.kind, compact.input_px, compact.n_units) == ("compact", 61, 32)
    assert compact.sha256 == shipped_model().sha256["compact.weights.h5"]


def test_compact_backbone_has_the_units_of_keras(
    compact: Backbone, frames: np.ndarray
) -> None:
    model = compact_cnn.build_model()
    model.load_weights(shipped_model().weights_path)
    images = cnn_input(lag_images(frames, [60], padding="repeat"), 61)

    units = compact.units(frames)

    expected = model.predict(images, verbose=0)
    assert (np.abs(units - expected) <= 1e-5 * np.maximum(1, np.abs(expected))).all()


def test_the_shipped_graph_has_the_units_of_the_shipped_weights(
    compact: Backbone, frames: np.ndarray
) -> None:
    model = compact_cnn.build_model()
    model.load_weights(shipped_model().weights_path)
    run = cnn_runner(model, compact_cnn.INPUT_PX)

    units = run(padded_frames(frames, padding="repeat"))

    np.testing.assert_array_equal(compact.units(frames), units)


def test_compact_backbone_accepts_crops_of_any_size(
    compact: Backbone, frames: np.ndarray
) -> None:
    for crops in (frames, frames[:, 5:66, 5:66]):
        units = compact.units(crops)

        assert (units.shape, units.dtype) == ((60, 32), np.float32)
        assert units.min() >= 0
        assert units.max() > 0


def test_units_depend_on_a_frame_and_the_two_before(
    compact: Backbone, frames: np.ndarray
) -> None:
    changed = frames.copy()
    changed[20] = 255 - changed[20]

    differs = np.any(compact.units(changed) != compact.units(frames), axis=1)

    assert np.flatnonzero(differs).tolist() == [20, 21, 22]


def test_units_of_a_dim_rig_are_similar_to_those_of_a_bright_one(
    compact: Backbone, frames: np.ndarray
) -> None:
    bright = compact.units(frames)

    dim = compact.units(frames // 2)

    # Halving rounds, which changes up to one grey level in a hundred.
    assert np.abs(dim - bright).mean() < 0.1 * bright.mean()
