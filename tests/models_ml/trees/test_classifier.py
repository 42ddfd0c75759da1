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
    """Return frames whose first of four columns tells the label, with some noise."""
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


def test_scores_tell_touch_frames_apart(classifier):
    new = frames(1)

    scores = classifier.scores(new.features)

    assert scores.dtype == np.float64
    assert scores.shape == (600,)
    assert scores.min() >= 0
    assert scores.max() <= 1
    assert ((scores > 0.5) == new.labels).mean() > 0.85


def test_classifier_read_from_its_text_gives_the_same_scores(classifier):
    again = Classifier.from_text(classifier.text)

    new = frames(1).features
    assert again.scores(new).tolist() == classifier.scores(new).tolist()
    assert again.text == classifier.text
    assert (again.n_columns, again.n_trees) == (4, 20)


def test_classifier_loaded_from_its_file_is_the_same(tmp_path, classifier):
    path = tmp_path / "classifier.txt"
    path.write_text(classifier.text)

    assert load(path).text == classifier.text


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "classifier.txt"
    path.write_bytes(bytes(range(256)))

    with pytest.raises(ClassifierError, match="characters that LightGBM does not"):
        load(path)


def test_the_first_rounds_score_as_they_did_before_the_others(classifier):
    once = train_classifier(frames(0), parameters=replace(FEW, num_iterations=5))

    first = classifier.first_trees(5)

    new = frames(1).features
    assert first.n_trees == 5
    assert first.scores(new).tolist() == once.scores(new).tolist()


def test_training_twice_gives_the_same_text_whatever_the_threads(classifier):
    again = train_classifier(frames(0), parameters=replace(FEW, num_threads=2))

    assert again.text == classifier.text


def test_another_seed_gives_other_trees(classifier):
    other = train_classifier(frames(0), parameters=replace(FEW, seed=1))

    assert other.text != classifier.text


def test_training_stops_when_validation_frames_are_fitted_no_better():
    rng = np.random.default_rng(3)
    noise = replace(frames(2), labels=rng.random(600) > 0.5)
    parameters = replace(FEW, num_iterations=500, early_stopping_round=10)

    stopped = train_classifier(frames(0), validation=frames(1), parameters=parameters)
    at_once = train_classifier(frames(0), validation=noise, parameters=parameters)

    assert 20 < stopped.n_trees < 500
    assert at_once.n_trees == 1


def test_validation_frames_of_one_kind_are_enough_to_stop():
    quiet = replace(frames(2), labels=np.zeros(600, bool))

    classifier = train_classifier(frames(0), validation=quiet, parameters=FEW)

    assert 1 <= classifier.n_trees <= 20


def test_heavier_frames_are_followed_when_labels_disagree():
    # The same frames twice, the second time with labels turned round.
    once = frames(0)
    features = np.concatenate([once.features, once.features])
    labels = np.concatenate([once.labels, ~once.labels])
    weights = np.repeat(np.float32([1, 9]), 600)

    classifier = train_classifier(
        LabelledFrames(features=features, labels=labels, weights=weights),
        parameters=FEW,
    )

    followed = (classifier.scores(once.features) > 0.5) == ~once.labels
    assert followed.mean() > 0.85


def test_no_frames_have_no_scores(classifier):
    assert classifier.scores(np.zeros((0, 4), np.float32)).shape == (0,)


@pytest.mark.parametrize("shape", [(3, 5), (4,)])
def test_features_of_another_feature_set_are_refused(classifier, shape):
    with pytest.raises(ClassifierError, match="Expected 4 feature columns; got"):
        classifier.scores(np.zeros(shape, np.float32))


@pytest.mark.parametrize("label", [True, False])
def test_labels_of_one_kind_are_refused(label):
    only = replace(frames(0), labels=np.full(600, label))

    with pytest.raises(ClassifierError, match="all 600 are of one kind"):
        train_classifier(only, parameters=FEW)


def test_text_cut_or_damaged_anywhere_is_refused(classifier):
    text = classifier.text
    places = np.linspace(0, len(text) - 20, 25).astype(int)
    broken = [text[:place] for place in places]
    broken += [text[:place] + text[place + 7 :] for place in places]
    broken += ["", "tree\n", "a pickle", text[:200] + "\nend of trees\n"]

    for one in broken:
        with pytest.raises(ClassifierError, match="Expected a classifier as LightGBM"):
            Classifier.from_text(one)


def test_classifier_loaded_from_a_file_gives_the_same_scores(classifier, tmp_path):
    path = tmp_path / "classifier.txt"
    path.write_text(classifier.text)

    loaded = load(path)

    new = frames(1).features
    assert loaded.scores(new).tolist() == classifier.scores(new).tolist()


@pytest.mark.parametrize("content", [b"", b"tree\n", b"\x80\x04\x95\xff a pickle"])
def test_a_file_that_is_no_classifier_is_refused(content, tmp_path):
    path = tmp_path / "classifier.txt"
    path.write_bytes(content)

    with pytest.raises(ClassifierError, match="Expected a classifier as LightGBM's"):
        load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        ClassifierError, match=r"none\.txt; it cannot be read \(No such"
    ):
        load(tmp_path / "none.txt")
