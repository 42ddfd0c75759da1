import numpy as np
import pytest

from models_ml.features.feature_set import FeatureBlock, FeatureSet, compact
from models_ml.features.temporal import temporal_features
from models_ml.features.unit_set import unit_set_of
from models_ml.trees.classifier import (
    ClassifierParameters,
    LabelledFrames,
    train_classifier,
)
from models_ml.trees.rescoring import Scorer

LENGTHS = [300, 61, 2, 1, 236]
# Of 300 units, the used ones are stored, and the spreads over all units.
LARGE = FeatureSet(
    name="large",
    n_units=300,
    blocks=(
        FeatureBlock(transform="shift", parameter=1, units=None),
        FeatureBlock(transform="rolling_mean", parameter=7, units=(9, 0, 250)),
        FeatureBlock(transform="original", parameter=0, units=None),
        FeatureBlock(transform="rolling_std", parameter=41, units=(3, 9)),
        FeatureBlock(transform="diff", parameter=-2, units=tuple(range(40))),
    ),
)


def random_trials(n_units):
    rng = np.random.default_rng(n_units)
    return [rng.random((length, n_units), np.float32) for length in LENGTHS]


def trained(feature_set, n_trees):
    """Return a classifier trained on random labels, and its scores of all features."""
    trials = random_trials(feature_set.n_units)
    features = temporal_features(np.concatenate(trials), LENGTHS, feature_set)
    labels = np.random.default_rng(0).random(len(features)) > 0.5
    frames = LabelledFrames(
        features=features, labels=labels, weights=np.ones(len(labels), np.float32)
    )
    parameters = ClassifierParameters(num_iterations=n_trees, num_threads=1)
    classifier = train_classifier(frames, parameters=parameters)
    return classifier, classifier.scores(features)


@pytest.mark.parametrize("n_trees", [1, 15])
@pytest.mark.parametrize("feature_set", [compact(6), LARGE])
def test_scores_equal_those_of_all_features(feature_set, n_trees):
    classifier, expected = trained(feature_set, n_trees)
    unit_set = unit_set_of(feature_set)
    stored = [unit_set.select(trial) for trial in random_trials(feature_set.n_units)]

    scores = Scorer(classifier, feature_set, unit_set).scores(stored)

    assert [len(of_trial) for of_trial in scores] == LENGTHS
    assert np.concatenate(scores).tolist() == expected.tolist()


def test_trials_have_the_same_scores_together_and_alone():
    classifier, _ = trained(LARGE, 15)
    unit_set = unit_set_of(LARGE)
    stored = [unit_set.select(trial) for trial in random_trials(300)]
    scorer = Scorer(classifier, LARGE, unit_set)

    together = scorer.scores(stored)
    alone = [scorer.scores([each])[0] for each in stored]

    assert [a.tolist() for a in together] == [a.tolist() for a in alone]
    assert scorer.scores([]) == []


def test_batches_have_the_same_scores_as_single_calls():
    classifier, _ = trained(LARGE, 15)
    unit_set = unit_set_of(LARGE)
    stored = [unit_set.select(trial) for trial in random_trials(300)]
    scorer = Scorer(classifier, LARGE, unit_set)
    batches = [stored[:2], [], stored[2:3], stored[3:], stored[:1]]

    scores = list(scorer.scores_of_batches(iter(batches)))

    assert [[each.tolist() for each in of_batch] for of_batch in scores] == [
        [each.tolist() for each in scorer.scores(batch)] for batch in batches
    ]


def test_a_classifier_of_another_feature_set_raises():
    classifier, _ = trained(LARGE, 1)

    with pytest.raises(
        ValueError, match="has 47 columns, but feature set compact_6 has 129"
    ):
        Scorer(classifier, compact(6), unit_set_of(compact(6)))


def test_stored_columns_of_another_set_raise():
    classifier, _ = trained(LARGE, 1)
    scorer = Scorer(classifier, LARGE, unit_set_of(LARGE))

    with pytest.raises(ValueError, match="Expected 43 stored columns; got shape"):
        scorer.scores([np.zeros((5, 44), np.float32)])
    stored = np.zeros((5, 43), np.float32)
    stored[2, 3] = np.nan
    with pytest.raises(ValueError, match="unit 3 of frame 2, counted from 0, is nan"):
        scorer.scores([stored])
