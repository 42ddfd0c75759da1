from dataclasses import replace

import numpy as np
import pytest

from models_ml.touches.evaluation import errors_at_best_threshold
from models_ml.training.boosting import BoostingData
from models_ml.training.search import SearchBudget, search
from models_ml.training.search_store import KeptSearch
from models_ml.trees.classifier import LabelledFrames
from models_ml.trees.parameters import ClassifierParameters

START = ClassifierParameters(
    n_rounds=30, stop_after=8, learning_rate=0.2, n_leaves=7, n_threads=1
)


def trial(seed: int, *, n_frames: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return features and labels of a trial; two of five columns show the touches."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(n_frames, np.int8)
    for onset in range(20, n_frames - 40, 60):
        labels[onset : onset + rng.integers(5, 30)] = 1
    features = rng.normal(0, 0.6, (n_frames, 5)).astype(np.float32)
    features[:, :2] += labels[:, np.newaxis]
    return features, labels


@pytest.fixture(scope="module")
def data():
    train, validation = trial(1), trial(2)
    frames = LabelledFrames(
        features=train[0],
        labels=train[1] == 1,
        weights=np.ones(len(train[1]), np.float32),
    )
    return BoostingData(
        train=frames,
        copies=None,
        validation_features=[validation[0]],
        validation_labels=[validation[1]],
        n_threads=1,
    )


def test_growth_stops_on_touch_count_errors_of_the_validation_trials(data):
    seen = []

    boosted = data.boost(START, on_round=lambda number, value: seen.append(value))

    scores = boosted.classifier.scores(data.validation_features[0])
    n_errors, n_touches = errors_at_best_threshold(data.validation_labels, [scores])
    assert boosted.value == min(seen)
    assert boosted.classifier.n_rounds == seen.index(min(seen)) + 1
    assert 0 <= boosted.value - n_errors / n_touches < 1e-2


def test_frames_without_labels_do_not_stop_growth(data):
    labels = data.validation_labels[0].copy()
    labels[:100] = -1
    turned = data.validation_features[0].copy()
    turned[:90] *= -5

    one, other = (
        replace(
            data,
            validation_features=[features],
            validation_labels=[labels],
        ).boost(START)
        for features in (data.validation_features[0], turned)
    )

    assert (one.value, one.classifier.text) == (other.value, other.classifier.text)


def test_a_search_never_ends_worse_than_it_starts(data):
    result = search(data, start=START, budget=SearchBudget(n_trainings=6))

    assert len(result.course) == 6
    assert result.course[0].value >= result.best.value
    assert result.best.value == min(
        each.value for each in result.course if not each.pruned
    )


def test_the_same_seed_and_number_of_trainings_give_the_same_classifier(data):
    first, second = (
        search(data, start=START, budget=SearchBudget(n_trainings=6)) for _ in range(2)
    )

    assert first.best.classifier.text == second.best.classifier.text
    assert first.course == second.course


def test_a_budget_in_minutes_only_decides_when_to_stop(data):
    told = []
    budget = SearchBudget(n_trainings=6, minutes=0)

    stopped = search(
        data, start=START, budget=budget, told=lambda *each: told.append(each)
    )

    again = search(data, start=START, budget=SearchBudget(n_trainings=1))
    assert len(stopped.course) == 1
    assert stopped.best.classifier.text == again.best.classifier.text
    assert told == [(1, stopped.course[0])]


class Killed(BaseException):
    """What a kill does to a search: it ends where it is."""


@pytest.mark.parametrize("n_done", [1, 4])
def test_a_killed_search_goes_on_as_if_nothing_had_been(data, tmp_path, n_done):
    kept, budget = KeptSearch(tmp_path / "search.json"), SearchBudget(n_trainings=7)
    told = []

    def die(number, training):
        if number == n_done:
            raise Killed

    def search_on(**more):
        return search(data, start=START, budget=budget, kept=kept, **more)

    with pytest.raises(Killed):
        search_on(told=die)
    resumed = search_on(told=lambda number, training: told.append(number))

    whole = search(data, start=START, budget=budget)
    assert told == list(range(n_done + 1, 8))
    assert resumed.best.classifier.text == whole.best.classifier.text
    assert resumed.best.value == whole.best.value
    assert resumed.parameters == whole.parameters
    assert resumed.course == whole.course


def test_another_search_begins_anew_where_one_is_kept(data, tmp_path):
    kept = KeptSearch(tmp_path / "search.json")
    one = SearchBudget(n_trainings=1)
    search(data, start=START, budget=one, kept=kept)
    told = []

    other = search(
        data,
        start=replace(START, seed=3),
        budget=one,
        kept=kept,
        told=lambda number, training: told.append(number),
    )

    assert told == [1]
    assert other.parameters.seed == 3


@pytest.mark.parametrize("left", ["", "{", "[]", '{"key": 1}', "\x00"])
def test_a_broken_file_is_no_kept_search(tmp_path, left):
    path = tmp_path / "search.json"
    path.write_text(left)

    assert KeptSearch(path).read("key").trials == []
    KeptSearch(path).forget()
    KeptSearch(path).forget()
    assert not path.exists()
