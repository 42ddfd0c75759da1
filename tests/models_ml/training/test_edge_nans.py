import numpy as np

from models_ml.features.feature_set import FeatureBlock, FeatureSet, compact
from models_ml.features.temporal import temporal_features, whacc_feature_set
from models_ml.training.edge_nans import EdgeCopies, edge_masks


def missing_at_ends(feature_set: FeatureSet) -> np.ndarray:
    margin = feature_set.margin
    units = np.random.default_rng(0).random((2 * margin + 5, feature_set.n_units))
    n_frames = len(units)
    features = temporal_features(units.astype(np.float32), [n_frames], feature_set)
    return np.isnan(np.concatenate([features[:margin], features[-margin:]]))


def test_masks_equal_the_missing_features_at_the_ends_of_a_trial():
    for feature_set in (whacc_feature_set(), compact(8)):
        masks = edge_masks(feature_set)

        np.testing.assert_array_equal(masks, missing_at_ends(feature_set))


def test_the_masks_of_whacc_have_its_number_of_distinct_rows():
    masks = edge_masks(whacc_feature_set())

    assert masks.shape == (100, 2105)
    assert len(np.unique(masks, axis=0)) == 20
    assert round(masks.sum(axis=1).mean()) == 352


def test_a_copy_has_the_missing_values_of_a_frame_near_an_end():
    blocks = (
        FeatureBlock(transform="original", parameter=0, units=(0,)),
        FeatureBlock(transform="diff", parameter=2, units=(0,)),
    )
    masks = edge_masks(FeatureSet(name="two", n_units=1, blocks=blocks))
    features = np.arange(400, dtype=np.float32).reshape(200, 2)

    copies = EdgeCopies(features, masks, seed=3)

    rows = copies.rows(slice(0, 200))
    missing = np.isnan(rows)
    # A difference to two frames before is missing in the first two frames only.
    np.testing.assert_array_equal(masks[:, 1], [True, True, False, False])
    np.testing.assert_array_equal(rows[~missing], features[~missing])
    assert (missing[:, 0].sum(), 60 < missing[:, 1].sum() < 140) == (0, True)
    np.testing.assert_array_equal(copies.rows(7), rows[7])
    np.testing.assert_array_equal(
        EdgeCopies(features, masks, seed=3).rows(slice(50, 60)), rows[50:60]
    )
