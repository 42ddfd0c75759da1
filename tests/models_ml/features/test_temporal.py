from pathlib import Path

import numpy as np
import pytest

from models_ml.features.feature_set import FeatureBlock, FeatureSet, compact
from models_ml.features.temporal import temporal_features, whacc_feature_set
from models_ml.features.transforms import TRANSFORM_FUNCTIONS

DATA = Path(__file__).parents[2] / "data"
NAN = float("nan")


def column(*values: float) -> np.ndarray:
    return np.float32(values).reshape(-1, 1)


def transformed(transform: str, trial: np.ndarray, frames: int) -> np.ndarray:
    """Return one transform of every unit of a trial."""
    n_frames, n_units = trial.shape
    units = tuple(range(n_units))
    block = FeatureBlock(transform=transform, parameter=frames, units=units)
    feature_set = FeatureSet(name="one", n_units=n_units, blocks=(block,))
    return temporal_features(trial, [n_frames], feature_set)


def test_features_equal_those_of_whacc():
    stored = np.load(DATA / "whacc_features.npz")

    features = temporal_features(
        stored["units"].astype(np.float32),
        stored["n_frames_per_trial"],
        whacc_feature_set(),
    )

    # NaN and exact zeros included; the first ten columns are spreads over all units.
    np.testing.assert_array_equal(features[:, 10:], stored["features"][:, 10:])
    np.testing.assert_array_max_ulp(features[:, :10], stored["features"][:, :10], 1)


@pytest.mark.parametrize(
    ("transform", "frames", "expected"),
    [
        ("shift", 1, [NAN, 1, 2, 4, 8]),
        ("shift", -2, [4, 8, 16, NAN, NAN]),
        ("shift", 5, [NAN] * 5),
        ("shift", -7, [NAN] * 5),
        ("diff", 1, [NAN, 1, 2, 4, 8]),
        ("diff", -2, [-3, -6, -12, NAN, NAN]),
        ("rolling_mean", 3, [NAN, 7 / 3, 14 / 3, 28 / 3, NAN]),
        ("rolling_mean", 5, [NAN, NAN, 31 / 5, NAN, NAN]),
        ("rolling_mean", 7, [NAN] * 5),
        (
            "rolling_std",
            3,
            [NAN, (7 / 3) ** 0.5, (28 / 3) ** 0.5, (112 / 3) ** 0.5, NAN],
        ),
    ],
)
def test_transform_of_one_unit(transform, frames, expected):
    trial = column(1, 2, 4, 8, 16)

    result = transformed(transform, trial, frames)

    np.testing.assert_array_equal(result, column(*expected))
    assert result.dtype == np.float32


@pytest.mark.parametrize("width", [3, 7, 11, 15, 21, 41, 61])
def test_a_window_of_equal_values_has_exactly_no_spread(width):
    # 0.1 is inexact in float32, and 1e8 in the same sum would remove its last bits.
    trial = np.full((300, 3), 0.1, np.float32)
    trial[:, 1] *= 12345.678
    trial[:100] = 1e8

    std = transformed("rolling_std", trial, width)[100 + width // 2 : -(width // 2)]
    mean = transformed("rolling_mean", trial, width)[100 + width // 2 : -(width // 2)]

    assert (std == 0).all()
    assert (mean == trial[-1]).all()


@pytest.mark.parametrize("width", [3, 7, 11, 15, 21, 41, 61])
def test_windows_equal_numpy_for_each_window(width):
    rng = np.random.default_rng(width)
    trial = (rng.normal(100, 1e-3, (150, 4)) ** 3).astype(np.float32)

    windows = np.lib.stride_tricks.sliding_window_view(trial.astype(float), width, 0)
    complete = slice(width // 2, -(width // 2))
    np.testing.assert_allclose(
        transformed("rolling_mean", trial, width)[complete], windows.mean(-1), rtol=6e-8
    )
    np.testing.assert_allclose(
        transformed("rolling_std", trial, width)[complete],
        windows.std(-1, ddof=1),
        rtol=6e-8,
    )


def test_features_follow_the_order_of_blocks_and_units():
    blocks = (
        FeatureBlock(transform="diff", parameter=1, units=(2, 0)),
        FeatureBlock(transform="original", parameter=0, units=None),
        FeatureBlock(transform="original", parameter=0, units=(1,)),
    )
    trial = np.float32([[0, 10, 20], [1, 10, 19]])

    features = temporal_features(
        trial, [2], FeatureSet(name="three", n_units=3, blocks=blocks)
    )

    expected = [[NAN, NAN, (200 / 3) ** 0.5, 10], [-1, 1, 54**0.5, 10]]
    np.testing.assert_array_equal(features, np.float32(expected))


def test_every_transform_can_be_computed():
    trial = np.random.default_rng(1).random((60, 4), np.float32)

    features = temporal_features(trial, [60], compact(4))

    assert features.shape == (60, compact(4).n_columns)
    # The widest window, 41 frames, is complete 20 frames from each end.
    assert np.isnan(features).any(axis=1).tolist() == (
        [True] * 20 + [False] * 20 + [True] * 20
    )
    assert {block.transform for block in compact(4).blocks} == set(TRANSFORM_FUNCTIONS)


@pytest.mark.parametrize("n_frames", [61, 1000, 1001, 4000])
def test_features_in_pieces_equal_transforms_of_the_whole_trial(n_frames):
    rng = np.random.default_rng(n_frames)
    trial = (10 ** rng.uniform(-3, 3, (n_frames, 6))).astype(np.float32)
    trial[n_frames // 3 : n_frames // 2] = trial[0]

    features = temporal_features(trial, [n_frames], compact(6))

    whole = []
    for block in (block for block in compact(6).blocks if block.units):
        whole.append(np.full_like(trial, NAN))
        transform = TRANSFORM_FUNCTIONS[block.transform]
        corner, indices = (block.n_before, 0), np.arange(6)
        transform(trial, indices, block.parameter, whole[-1], corner)
    np.testing.assert_array_equal(features[:, 3:], np.concatenate(whole, axis=1))


@pytest.mark.parametrize("n_units", [40, 600])
def test_features_equal_a_two_pass_reference(n_units):
    rng = np.random.default_rng(n_units)
    lengths = [1300, 61, 60, 2, 1]
    units = (10 ** rng.uniform(-3, 3, (sum(lengths), n_units))).astype(np.float32)
    units[200:420] = units[200]
    units[500:700] += rng.normal(0, 1e-4, (200, n_units)).astype(np.float32)
    units[800:900] = 0
    units[600] = 0.1
    chosen = (0, 7, n_units - 1)
    blocks = tuple(
        FeatureBlock(transform=transform, parameter=width, units=units_of_block)
        for units_of_block in (None, chosen)
        for transform, width in [
            ("original", 0),
            ("shift", -3),
            *(("rolling_mean", width) for width in (3, 7, 11, 15, 21, 41, 61)),
            *(("rolling_std", width) for width in (3, 7, 11, 15, 21, 41, 61)),
            ("diff", 50),
        ]
    )
    feature_set = FeatureSet(name="all", n_units=n_units, blocks=blocks)

    features = temporal_features(units, lengths, feature_set)

    trials = np.split(units, np.cumsum(lengths)[:-1])
    expected = np.concatenate(
        [
            np.concatenate([slow_columns(trial, block) for block in blocks], axis=1)
            for trial in trials
        ]
    )
    np.testing.assert_array_equal(np.isnan(features), np.isnan(expected))
    np.testing.assert_array_equal(features == 0, expected == 0)
    known = ~np.isnan(expected)
    np.testing.assert_array_max_ulp(features[known], expected[known], 1)


def slow_columns(trial: np.ndarray, block: FeatureBlock) -> np.ndarray:
    """Return the columns of a block, in two float64 passes over each window."""
    result = np.full(trial.shape, np.nan, np.float32)
    n_frames = len(trial)
    wide, frames = trial.astype(np.float64), block.parameter
    for t in range(n_frames):
        if block.transform == "original":
            result[t] = trial[t]
        elif block.transform in ("shift", "diff"):
            if 0 <= t - frames < n_frames:
                before = trial[t - frames]
                result[t] = before if block.transform == "shift" else trial[t] - before
        elif frames // 2 <= t < n_frames - frames // 2:
            window = wide[t - frames // 2 : t + frames // 2 + 1]
            is_mean = block.transform == "rolling_mean"
            result[t] = window.mean(axis=0) if is_mean else window.std(axis=0, ddof=1)
    if block.units is None:
        return result.astype(np.float64).std(axis=1).astype(np.float32)[:, np.newaxis]
    return result[:, list(block.units)]


def test_no_trials_have_no_features():
    features = temporal_features(np.zeros((0, 4), np.float32), [], compact(4))

    assert features.shape == (0, compact(4).n_columns)


@pytest.mark.parametrize(
    "units", [np.zeros((9, 5), np.float32), np.zeros((9, 4)), np.zeros(4, np.float32)]
)
def test_units_of_another_backbone_raise(units):
    with pytest.raises(ValueError, match="Expected units as float32 with 4 columns"):
        temporal_features(units, [len(units)], compact(4))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_units_that_are_not_finite_raise(value):
    units = np.zeros((2500, 4), np.float32)
    units[2100, 3] = value

    with pytest.raises(ValueError, match="unit 3 of frame 2100, counted from 0, is"):
        temporal_features(units, [1000, 1500], compact(4))


def test_an_empty_trial_raises():
    with pytest.raises(ValueError, match="trial 0, counted from 0, has 0"):
        temporal_features(np.zeros((9, 4), np.float32), [0, 9], compact(4))


def test_lengths_that_do_not_add_up_raise():
    with pytest.raises(ValueError, match="the trials have together, 8; got 9"):
        temporal_features(np.zeros((9, 4), np.float32), [8], compact(4))
