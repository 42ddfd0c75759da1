import numpy as np
import pytest

from models_ml.features.feature_set import FeatureBlock, FeatureSet, compact
from models_ml.features.temporal import temporal_features, whacc_feature_set
from models_ml.features.unit_set import unit_set_of


def random_units(n_frames, n_units):
    rng = np.random.default_rng(n_frames)
    return rng.gamma(0.5, size=(n_frames, n_units)).astype(np.float32)


def feature_set_of(*blocks, n_units=300):
    blocks = tuple(
        FeatureBlock(transform=transform, parameter=frames, units=units)
        for transform, frames, units in blocks
    )
    return FeatureSet(name="some", n_units=n_units, blocks=blocks)


def test_the_set_of_whacc_has_the_units_that_its_features_use():
    unit_set = unit_set_of(whacc_feature_set())

    assert (len(unit_set.units), len(unit_set.spreads)) == (782, 10)
    assert unit_set.n_columns == 792
    assert list(unit_set.units) == sorted(set(unit_set.units))


@pytest.mark.parametrize("n_frames", [1, 2, 40, 1200])
def test_features_of_stored_columns_equal_those_of_all_units(n_frames):
    feature_set = whacc_feature_set()
    unit_set = unit_set_of(feature_set)
    units = random_units(n_frames, 2048)

    features = unit_set.features(unit_set.select(units), feature_set)

    expected = temporal_features(units, [n_frames], feature_set)
    is_spread = [block.units is None for block in feature_set.blocks]
    n_spreads = sum(is_spread)
    # WhACC's spreads come first. Their last bit depends on the number of frames in a
    # sum.
    assert is_spread == [True] * n_spreads + [False] * (len(is_spread) - n_spreads)
    np.testing.assert_array_equal(features[:, n_spreads:], expected[:, n_spreads:])
    np.testing.assert_array_max_ulp(features[:, :n_spreads], expected[:, :n_spreads])


def test_spreads_are_in_the_columns_of_the_feature_set():
    feature_set = feature_set_of(
        ("shift", 1, (7, 3)),
        ("rolling_mean", 3, None),
        ("original", 0, (299,)),
        ("original", 0, None),
    )
    unit_set = unit_set_of(feature_set)
    units = random_units(20, 300)

    features = unit_set.features(unit_set.select(units), feature_set)

    assert unit_set.units == (3, 7, 299)
    np.testing.assert_array_equal(features, temporal_features(units, [20], feature_set))


def test_all_units_of_a_small_backbone_are_selected():
    unit_set = unit_set_of(compact(32))
    units = random_units(9, 32)

    assert (unit_set.n_columns, unit_set.spreads) == (32, ())
    np.testing.assert_array_equal(unit_set.select(units), units)
    only_one = feature_set_of(("diff", 1, (4,)), ("original", 0, None), n_units=32)
    assert unit_set_of(only_one) == unit_set
    np.testing.assert_array_equal(
        unit_set.features(units, only_one), temporal_features(units, [9], only_one)
    )


def test_sets_with_other_columns_have_another_sha256():
    sets = [
        unit_set_of(feature_set_of(("original", 0, (1,)))),
        unit_set_of(feature_set_of(("original", 0, (1, 2)))),
        unit_set_of(feature_set_of(("original", 0, (1,)), ("original", 0, None))),
        unit_set_of(feature_set_of(("original", 0, (1,)), ("diff", 2, None))),
        unit_set_of(feature_set_of(("original", 0, (1,)), n_units=400)),
    ]

    assert len({unit_set.sha256 for unit_set in sets}) == 5
    # Other features of the same units have the same set.
    same = unit_set_of(feature_set_of(("diff", 3, (2, 1)), ("diff", 1, (2,))))
    assert same.sha256 == sets[1].sha256


def test_features_of_units_that_are_not_stored_raise():
    unit_set = unit_set_of(feature_set_of(("original", 0, (1, 2))))
    columns = unit_set.select(random_units(4, 300))

    with pytest.raises(ValueError, match=r"Unit 3 is not stored\. Run the CNN again"):
        unit_set.features(columns, feature_set_of(("original", 0, (1, 3))))
    with pytest.raises(ValueError, match="The spread of original 0 is not stored"):
        unit_set.features(columns, feature_set_of(("original", 0, None)))
    with pytest.raises(ValueError, match=r"Expected 2 stored columns; got shape"):
        unit_set.features(np.zeros((4, 3), np.float32), compact(300))
    with pytest.raises(ValueError, match="Expected units as float32 with 300 columns"):
        unit_set.select(np.zeros((4, 3), np.float32))
