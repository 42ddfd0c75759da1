import json
from importlib.metadata import version

import pytest

from models_ml.training.search import SearchBudget, search
from models_ml.training.search_store import SearchStore, search_key


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": 1}', "\x00"])
def test_a_damaged_file_is_an_empty_search(tmp_path, content):
    path = tmp_path / "search.json"
    path.write_text(content)

    assert SearchStore(path).read("key").trials == []
    SearchStore(path).delete()
    SearchStore(path).delete()
    assert not path.exists()


# Names of parameters that stored searches had before LightGBM's, and LightGBM's.
EARLIER = {
    "lambda_l1": "l1",
    "lambda_l2": "l2",
    "num_iterations": "n_rounds",
    "num_leaves": "n_leaves",
    "num_threads": "n_threads",
    "feature_fraction": "feature_share",
    "bagging_fraction": "frame_share",
    "bagging_freq": "redraw_every",
    "min_data_in_leaf": "min_frames_in_leaf",
    "early_stopping_round": "stop_after",
}


def earlier_names(stored):
    """Return a stored search in the earlier names, at every depth."""
    if isinstance(stored, dict):
        return {EARLIER.get(k, k): earlier_names(v) for k, v in stored.items()}
    return [earlier_names(v) for v in stored] if isinstance(stored, list) else stored


def earlier_key(data):
    """Return the key that the search of these data had before LightGBM's names."""
    return search_key(
        [
            data.train.features,
            data.train.labels,
            data.train.weights,
            *data.validation_features,
            *data.validation_labels,
        ],
        "ClassifierParameters(n_rounds=30, stop_after=8, learning_rate=0.2, "
        "n_leaves=7, min_frames_in_leaf=20, feature_share=0.5, frame_share=0.8, "
        "redraw_every=1, l1=0.0, l2=1.0, seed=0, n_threads=1)",
        "0 1",
        *(f"{name} {version(name)}" for name in ("lightgbm", "optuna", "numpy")),
    )


def test_a_search_stored_under_the_earlier_names_continues(data, start, tmp_path):
    path = tmp_path / "search.json"
    search(
        data, start=start, budget=SearchBudget(n_trainings=4), store=SearchStore(path)
    )
    earlier = earlier_names(json.loads(path.read_text()))
    path.write_text(json.dumps({**earlier, "key": earlier_key(data)}))
    assert '"n_leaves"' in path.read_text()
    assert '"num_leaves"' not in path.read_text()
    budget, numbers = SearchBudget(n_trainings=7), []

    resumed = search(
        data,
        start=start,
        budget=budget,
        store=SearchStore(path),
        on_training=lambda number, training: numbers.append(number),
    )

    whole = search(data, start=start, budget=budget)
    assert numbers == [5, 6, 7]
    assert resumed.best.classifier.text == whole.best.classifier.text
    assert resumed.parameters == whole.parameters
    assert resumed.trainings == whole.trainings
