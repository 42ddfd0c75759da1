from dataclasses import replace

import numpy as np
import pytest

from models_ml.trees.classifier import (
    Classifier,
    ClassifierError,
    LabelledFrames,
    load,
    train_classifier,
)
from models_ml.trees.parameters import ClassifierParameters

FEW = ClassifierParameters(num_iterations=20, learning_rate=0.2, num_threads=1)


def frames(seed: int, n_frames: int = 600) -> LabelledFrames:
    """Return frames whose labels depend on the first of four columns, with noise."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n_frames, 4)).astype(np.float32)
    labels = features[:, 0] + rng.normal(0, 0.3, n_frames) > 0.5
    features[::10, 1] = np.nan
    return LabelledFrames(
        features=features, labels=labels, weights=np.ones(n_frames, np.float32)
    )


@pytest.fixture(scope="module")
def classifier():
    return train_classifier(frames(0), parameters=FEW)


def test_scores_separate_touch_frames(classifier):
    new = frames(1)

    scores = classifier.scores(new.features)

    assert scores.dtype == np.float64
    assert scores.shape == (600,)
    assert scores.min() >= 0
    assert scores.max() <= 1
    assert ((scores > 0.5) == new.labels).mean() > 0.85


def test_a_classifier_read_from_its_text_has_the_same_scores(classifier):
    again = Classifier.from_text(classifier.text)

    new = frames(1).features
    assert again.scores(new).tolist() == classifier.scores(new).tolist()
    assert again.text == classifier.text
    assert (again.n_columns, again.n_trees) == (4, 20)


def test_a_classifier_loaded_from_a_file_is_equal(tmp_path, classifier):
    path = tmp_path / "classifier.txt"
    path.write_text(classifier.text)

    assert load(path).text == classifier.text


def test_a_binary_file_raises(tmp_path):
    path = tmp_path / "classifier.txt"
    path.write_bytes(bytes(range(256)))

    with pytest.raises(ClassifierError, match="characters that are not ASCII"):
        load(path)


def test_the_first_trees_have_the_scores_from_before_the_others(classifier):
    once = train_classifier(frames(0), parameters=replace(FEW, num_iterations=5))

    first = classifier.first_trees(5)

    new = frames(1).features
    assert first.n_trees == 5
    assert first.scores(new).tolist() == once.scores(new).tolist()


def test_training_gives_the_same_text_for_any_number_of_threads(classifier):
    again = train_classifier(frames(0), parameters=replace(FEW, num_threads=2))

    assert again.text == classifier.text


def test_another_seed_gives_other_trees(classifier):
    other = train_classifier(frames(0), parameters=replace(FEW, seed=1))

    assert other.text != classifier.text


def test_training_stops_when_the_validation_loss_stops_decreasing():
    rng = np.random.default_rng(3)
    noise = replace(frames(2), labels=rng.random(600) > 0.5)
    parameters = replace(FEW, num_iterations=500, early_stopping_round=10)

    stopped = train_classifier(frames(0), validation=frames(1), parameters=parameters)
    at_once = train_classifier(frames(0), validation=noise, parameters=parameters)

    assert 20 < stopped.n_trees < 500
    assert at_once.n_trees == 1


def test_validation_frames_with_equal_labels_are_enough_to_stop():
    quiet = replace(frames(2), labels=np.zeros(600, bool))

    classifier = train_classifier(frames(0), validation=quiet, parameters=FEW)

    assert 1 <= classifier.n_trees <= 20


def test_frames_with_larger_weights_win_when_labels_disagree():
    # The same frames twice, the second time with inverted labels.
    once = frames(0)
    features = np.concatenate([once.features, once.features])
    labels = np.concatenate([once.labels, ~once.labels])
    weights = np.repeat(np.float32([1, 9]), 600)

    classifier = train_classifier(
        LabelledFrames(features=features, labels=labels, weights=weights),
        parameters=FEW,
    )

    agrees = (classifier.scores(once.features) > 0.5) == ~once.labels
    assert agrees.mean() > 0.85


def test_no_frames_have_no_scores(classifier):
    assert classifier.scores(np.zeros((0, 4), np.float32)).shape == (0,)


@pytest.mark.parametrize("shape", [(3, 5), (4,)])
def test_features_of_another_feature_set_raise(classifier, shape):
    with pytest.raises(ClassifierError, match="Expected 4 feature columns; got"):
        classifier.scores(np.zeros(shape, np.float32))


@pytest.mark.parametrize("label", [True, False])
def test_equal_labels_raise(label):
    only = replace(frames(0), labels=np.full(600, label))

    with pytest.raises(
        ClassifierError, match="All 600 training frames have the same label"
    ):
        train_classifier(only, parameters=FEW)


def test_incomplete_or_damaged_text_raises(classifier):
    text = classifier.text
    positions = np.linspace(0, len(text) - 20, 25).astype(int)
    broken = [text[:position] for position in positions]
    broken += [text[:position] + text[position + 7 :] for position in positions]
    broken += ["", "tree\n", "a pickle", text[:200] + "\nend of trees\n"]

    for one in broken:
        with pytest.raises(ClassifierError, match="is not a valid LightGBM model"):
            Classifier.from_text(one)


def test_a_classifier_loaded_from_a_file_has_the_same_scores(classifier, tmp_path):
    path = tmp_path / "classifier.txt"
    path.write_text(classifier.text)

    loaded = load(path)

    new = frames(1).features
    assert loaded.scores(new).tolist() == classifier.scores(new).tolist()


@pytest.mark.parametrize("content", [b"", b"tree\n", b"\x80\x04\x95\xff a pickle"])
def test_a_file_that_is_not_a_classifier_raises(content, tmp_path):
    path = tmp_path / "classifier.txt"
    path.write_bytes(content)

    with pytest.raises(ClassifierError, match="is not a valid LightGBM model"):
        load(path)


def test_a_missing_file_raises_with_its_name(tmp_path):
    with pytest.raises(ClassifierError, match=r"none\.txt cannot be read \(No such"):
        load(tmp_path / "none.txt")
