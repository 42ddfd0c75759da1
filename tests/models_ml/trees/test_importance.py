import numpy as np
import pytest

from models_ml.features.feature_set import FeatureBlock, FeatureSet
from models_ml.trees.classifier import LabelledFrames, train_classifier
from models_ml.trees.importance import gain_by_family
from models_ml.trees.parameters import ClassifierParameters

FEATURES = FeatureSet(
    name="three",
    n_units=2,
    blocks=(
        FeatureBlock(transform="original", parameter=0, units=None),
        FeatureBlock(transform="rolling_mean", parameter=3, units=(0, 1)),
    ),
)


@pytest.fixture(scope="module")
def classifier():
    """Return a classifier for touches that only the last column shows."""
    rng = np.random.default_rng(0)
    features = rng.random((400, 3)).astype(np.float32)
    features[:, 0] = 0
    labels = features[:, 2] > 0.5
    frames = LabelledFrames(
        features=features, labels=labels, weights=np.ones(400, np.float32)
    )
    parameters = ClassifierParameters(
        num_iterations=3, feature_fraction=1.0, num_threads=1
    )
    return train_classifier(frames, parameters=parameters)


def test_the_family_with_all_splits_has_all_gain(classifier):
    first, second = gain_by_family(classifier, FEATURES)

    assert (first.family, first.n_columns, first.gain) == ("rolling_mean", 2, 1.0)
    assert first.n_used >= 1
    assert (second.family, second.n_columns, second.n_used, second.gain) == (
        "spread of original",
        1,
        0,
        0.0,
    )


def test_another_number_of_columns_raises(classifier):
    with pytest.raises(
        ValueError, match="The classifier has 3 columns, but feature set three has 2"
    ):
        gain_by_family(classifier, FEATURES.only([0, 1]))
