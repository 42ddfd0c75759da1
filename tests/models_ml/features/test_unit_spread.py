import numpy as np
import pytest

from models_ml.features.unit_spread import mean_spreads, spread_over_units
from models_ml.features.workspace import Workspace


def test_spread_is_the_population_standard_deviation_over_units():
    trial = np.float32([[1, 1, 1], [0, 3, 6], [0, np.nan, 1]])

    spread = spread_over_units(trial)

    np.testing.assert_array_equal(spread, np.float32([0, 6**0.5, np.nan]))


@pytest.mark.parametrize("n_units", [3, 511, 530, 2048])
def test_spreads_of_means_equal_those_of_rounded_means(n_units):
    rng = np.random.default_rng(n_units)
    units = (10 ** rng.uniform(-3, 3, (80, n_units))).astype(np.float32)
    # Equal units, nearly equal units far from 0, one unit that dominates, zeros.
    units[20:30] = 0.1
    units[30:40] = 500 + rng.normal(0, 1e-3, n_units)
    units[40:50, 1:] *= np.float32(1e-6)
    units[50:56] = 0

    spreads = mean_spreads(units, [1, 3, 7, 41, 81], Workspace())

    for width in (1, 3, 7, 41):
        windows = np.lib.stride_tricks.sliding_window_view(units, width, axis=0)
        means = windows.mean(axis=-1, dtype=np.float64).astype(np.float32)
        expected = np.full(80, np.nan, np.float32)
        expected[width // 2 : 80 - width // 2] = spread_over_units(means)
        np.testing.assert_array_max_ulp(spreads[width], expected, 1)
        np.testing.assert_array_equal(spreads[width] == 0, expected == 0)
    assert np.isnan(spreads[81]).all()
