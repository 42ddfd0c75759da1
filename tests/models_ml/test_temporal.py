from pathlib import Path

import numpy as np
import pytest

from models_ml.feature_set import FeatureBlock, FeatureSet, compact, whacc_2105
from models_ml.temporal import (
    OPERATION,
    diff,
    rolling_mean,
    rolling_std,
    shift,
    spread_over_units,
    temporal_features,
)

DATA = Path(__file__).parents[1] / "data"
NAN = float("nan")


def column(*values: float) -> np.ndarray:
    return np.float32(values).reshape(-1, 1)


def test_features_equal_the_ones_that_whacc_computes():
    stored = np.load(DATA / "whacc_features.npz")
    ends = np.cumsum(stored["n_frames_per_trial"])[:-1]
    trials = np.split(stored["units"].astype(np.float32), ends)

    features = np.concatenate([temporal_features(t, whacc_2105()) for t in trials])

    # To the last bit, NaN and exact zeros included.
    np.testing.assert_array_equal(features, stored["features"])


@pytest.mark.parametrize(
    ("operation", "frames", "expected"),
    [
        (shift, 1, [NAN, 1, 2, 4, 8]),
        (shift, -2, [4, 8, 16, NAN, NAN]),
        (shift, 5, [NAN] * 5),
        (shift, -7, [NAN] * 5),
        (diff, 1, [NAN, 1, 2, 4, 8]),
        (diff, -2, [-3, -6, -12, NAN, NAN]),
        (rolling_mean, 3, [NAN, 7 / 3, 14 / 3, 28 / 3, NAN]),
        (rolling_mean, 5, [NAN, NAN, 31 / 5, NAN, NAN]),
        (rolling_mean, 7, [NAN] * 5),
        (rolling_std, 3, [NAN, (7 / 3) ** 0.5, (28 / 3) ** 0.5, (112 / 3) ** 0.5, NAN]),
    ],
)
def test_operation_on_one_unit(operation, frames, expected):
    trial = column(1, 2, 4, 8, 16)

    result = operation(trial, frames)

    np.testing.assert_array_equal(result, column(*expected))
    assert result.dtype == np.float32


@pytest.mark.parametrize("width", [3, 7, 11, 15, 21, 41, 61])
def test_window_of_equal_values_has_no_spread_at_all(width):
    # 0.1 has no exact float32, and 1e8 beside it would poison a running sum.
    trial = np.full((300, 3), 0.1, np.float32)
    trial[:, 1] *= 12345.678
    trial[:100] = 1e8

    std = rolling_std(trial, width)[100 + width // 2 : -(width // 2)]
    mean = rolling_mean(trial, width)[100 + width // 2 : -(width // 2)]

    assert (std == 0).all()
    assert (mean == trial[-1]).all()


@pytest.mark.parametrize("width", [3, 7, 11, 15, 21, 41, 61])
def test_windows_equal_numpy_on_each_window(width):
    rng = np.random.default_rng(width)
    trial = (rng.normal(100, 1e-3, (150, 4)) ** 3).astype(np.float32)

    windows = np.lib.stride_tricks.sliding_window_view(trial.astype(float), width, 0)
    inside = slice(width // 2, -(width // 2))
    np.testing.assert_allclose(
        rolling_mean(trial, width)[inside], windows.mean(-1), rtol=6e-8
    )
    np.testing.assert_allclose(
        rolling_std(trial, width)[inside], windows.std(-1, ddof=1), rtol=6e-8
    )


def test_spread_is_the_population_standard_deviation_over_units():
    trial = np.float32([[1, 1, 1], [0, 3, 6], [0, np.nan, 1]])

    spread = spread_over_units(trial)

    np.testing.assert_array_equal(spread, column(0, 6**0.5, NAN))


def test_features_follow_the_order_of_blocks_and_units():
    blocks = (
        FeatureBlock(operation="diff", parameter=1, units=(2, 0)),
        FeatureBlock(operation="original", parameter=0, units=None),
        FeatureBlock(operation="original", parameter=0, units=(1,)),
    )
    trial = np.float32([[0, 10, 20], [1, 10, 19]])

    features = temporal_features(
        trial, FeatureSet(name="three", n_units=3, blocks=blocks)
    )

    expected = [[NAN, NAN, (200 / 3) ** 0.5, 10], [-1, 1, 54**0.5, 10]]
    np.testing.assert_array_equal(features, np.float32(expected))


def test_every_operation_of_a_feature_set_can_be_computed():
    trial = np.random.default_rng(1).random((60, 4), np.float32)

    features = temporal_features(trial, compact(4))

    assert features.shape == (60, compact(4).n_columns)
    # 20 frames off each end the widest window, 41, fits.
    assert np.isnan(features).any(axis=1).tolist() == (
        [True] * 20 + [False] * 20 + [True] * 20
    )
    assert {block.operation for block in compact(4).blocks} == set(OPERATION)


def test_large_trials_are_computed_in_chunks_with_the_same_result():
    rng = np.random.default_rng(2)
    trial = rng.random((4000, 70), np.float32)

    together = temporal_features(trial, compact(70))

    assert 4000 * 70 > 2**17
    alone = np.stack([rolling_std(trial[:, [u]], 21)[:, 0] for u in range(70)], axis=1)
    first = 3 + 7 * 70 + 70
    np.testing.assert_array_equal(together[:, first : first + 70], alone)


def test_empty_trial_has_no_features():
    features = temporal_features(np.zeros((0, 4), np.float32), compact(4))

    assert features.shape == (0, compact(4).n_columns)


@pytest.mark.parametrize(
    "units", [np.zeros((9, 5), np.float32), np.zeros((9, 4)), np.zeros(4, np.float32)]
)
def test_units_of_another_backbone_are_refused(units):
    with pytest.raises(ValueError, match="Expected units as float32 with 4 columns"):
        temporal_features(units, compact(4))
