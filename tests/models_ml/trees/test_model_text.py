import re

import numpy as np
import pytest

from models_ml.trees.model_text import TreeTextError, checked_trees, on_used_columns


@pytest.fixture(scope="module")
def text():
    """Return the text of a model; column 1 had missing values in training."""
    import lightgbm

    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 4))
    features[::7, 1] = np.nan
    labels = features[:, 0] + rng.normal(0, 0.3, 300) > 0.5
    data = lightgbm.Dataset(features, labels)
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    return lightgbm.train(settings, data, 3).model_to_string()


def test_the_training_parameters_are_removed(text):
    trees = checked_trees(text)

    assert trees == text[: text.index("end of trees\n") + len("end of trees\n")]
    assert checked_trees(trees) == trees


def test_a_tree_with_one_leaf_is_accepted():
    import lightgbm

    data = lightgbm.Dataset(np.zeros((50, 2)), np.arange(50) % 2)
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    text = lightgbm.train(settings, data, 1).model_to_string()

    assert "\nnum_leaves=1\n" in text
    assert text.startswith(checked_trees(text))


@pytest.mark.parametrize(
    ("pattern", "damaged", "sentence"),
    [
        (r"^tree\n", "fern\n", r"it begins with 'fern\\nversion"),
        (r"version=v4", "version=v9", "its version is 'v9'"),
        (r"num_class=1", "num_class=3", "its num_class is '3'"),
        (r"binary sigmoid:1", "regression      ", "its objective is"),
        (r"max_feature_idx=3", "max_feature_idx=9", "its feature_names have not 10"),
        (r"tree_sizes=\d", "tree_sizes=x", "it has no list of tree_sizes"),
        (r"(?<=tree_sizes=)\d", "9", "tree 0 is not at its position"),
        (r"num_leaves=\d", "num_leaves=3", "tree 0, its split_feature are not"),
        (r"split_feature=\d", "split_feature=7", "a split has a column beyond 4"),
        (r"split_feature=\d", "split_feature=x", "split_feature are not .* numbers"),
        (r"threshold=\d", "threshold=x", "its threshold are not"),
        (r"decision_type=\d", "decision_type=1", "has an unknown decision_type"),
        (r"left_child=\d", "left_child=0", "do not form a tree"),
        (r"right_child=-?\d", lambda m: m[0][:-1].replace("-", "1") + "9", "tree"),
        (r"num_cat=0", "num_cat=1", "splits categories"),
        (r"is_linear=0", "is_linear=1", "its leaves are linear"),
        (r"leaf_value=-?\d\.\d", lambda m: "leaf_value=" + "nan+"[: len(m[0]) - 11],
         "leaf_value"),
        (r"split_gain=.*$", lambda m: "x" * len(m[0]), "is a field"),
        (r"shrinkage=(\S+)\n\n\n", r"shrinkage=\g<1>00\n", "tree 0 is not at"),
        (r"left_child", "split_gain", "not every line after 'Tree=0' is a field"),
        (r"end of trees", "end of twigs", "the trees do not end at the last position"),
        (r"Column_0", "Cölumn_0", "characters that are not ASCII"),
    ],
)  # fmt: skip
def test_damage_that_could_crash_lightgbm_raises(text, pattern, damaged, sentence):
    broken = re.sub(pattern, damaged, text, count=1, flags=re.MULTILINE)

    assert broken != text
    with pytest.raises(TreeTextError, match=sentence):
        checked_trees(broken)


def test_any_changed_character_raises_or_is_harmless(text):
    # LightGBM must survive every text that passes the check; a crash ends the test run.
    import lightgbm

    rng = np.random.default_rng(1)
    features = rng.normal(size=(20, 4))
    outcomes = set()
    for position in rng.integers(0, text.index("end of trees"), 600):
        letter = "0123456789-. =x"[rng.integers(15)]
        try:
            trees = checked_trees(text[:position] + letter + text[position + 1 :])
            booster = lightgbm.Booster(model_str=trees)
            outcomes.add(np.isfinite(booster.predict(features)).all())
        except (TreeTextError, lightgbm.basic.LightGBMError):
            outcomes.add("raised")

    assert outcomes == {True, "raised"}


def test_trees_with_used_columns_only_have_the_same_scores():
    import lightgbm

    features = np.random.default_rng(1).normal(size=(300, 5))
    features[::3, 2] = np.nan
    # Constant columns, which no split can use.
    features[:, [0, 3]] = 1
    labels = features[:, 4] + features[:, 1] > 0.5
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(features, labels), 3)
    trees = checked_trees(booster.model_to_string())

    columns, restricted = on_used_columns(trees)

    assert columns == {1, 2, 4}
    assert checked_trees(restricted) == restricted
    assert "\nfeature_names=Column_1 Column_2 Column_4\n" in restricted
    scores = lightgbm.Booster(model_str=restricted).predict(features[:, [1, 2, 4]])
    assert scores.tolist() == booster.predict(features).tolist()


def test_trees_without_splits_have_one_column():
    import lightgbm

    data = lightgbm.Dataset(np.zeros((50, 3)), np.arange(50) % 2)
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    trees = checked_trees(lightgbm.train(settings, data, 1).model_to_string())

    columns, restricted = on_used_columns(trees)

    assert columns == {0}
    assert "\nmax_feature_idx=0\n" in checked_trees(restricted)
