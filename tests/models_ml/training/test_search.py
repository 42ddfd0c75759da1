from dataclasses import replace

import pytest

from models_ml.training.search import SearchBudget, search
from models_ml.training.search_store import SearchStore


def test_the_best_classifier_is_at_least_as_good_as_the_first(data, start):
    result = search(data, start=start, budget=SearchBudget(n_trainings=6))

    assert len(result.trainings) == 6
    assert result.trainings[0].value >= result.best.value
    assert result.best.value == min(
        each.value for each in result.trainings if not each.pruned
    )


def test_equal_seeds_and_numbers_of_trainings_give_equal_classifiers(data, start):
    first, second = (
        search(data, start=start, budget=SearchBudget(n_trainings=6)) for _ in range(2)
    )

    assert first.best.classifier.text == second.best.classifier.text
    assert first.trainings == second.trainings


def test_a_budget_in_minutes_only_decides_when_the_search_ends(data, start):
    calls = []
    budget = SearchBudget(n_trainings=6, minutes=0)

    limited = search(
        data, start=start, budget=budget, on_training=lambda *each: calls.append(each)
    )

    again = search(data, start=start, budget=SearchBudget(n_trainings=1))
    assert len(limited.trainings) == 1
    assert limited.best.classifier.text == again.best.classifier.text
    assert calls == [(1, limited.trainings[0])]


class Killed(BaseException):
    """An exception that ends a search as a kill does."""


@pytest.mark.parametrize("n_done", [1, 4])
def test_a_killed_search_continues_as_if_uninterrupted(data, start, tmp_path, n_done):
    store, budget = SearchStore(tmp_path / "search.json"), SearchBudget(n_trainings=7)
    numbers = []

    def die(number, training):
        if number == n_done:
            raise Killed

    def search_with(on_training):
        return search(
            data, start=start, budget=budget, store=store, on_training=on_training
        )

    with pytest.raises(Killed):
        search_with(die)
    resumed = search_with(lambda number, training: numbers.append(number))

    whole = search(data, start=start, budget=budget)
    assert numbers == list(range(n_done + 1, 8))
    assert resumed.best.classifier.text == whole.best.classifier.text
    assert resumed.best.value == whole.best.value
    assert resumed.parameters == whole.parameters
    assert resumed.trainings == whole.trainings


def test_a_stored_search_with_another_seed_is_not_continued(data, start, tmp_path):
    store = SearchStore(tmp_path / "search.json")
    one = SearchBudget(n_trainings=1)
    search(data, start=start, budget=one, store=store)
    numbers = []

    other = search(
        data,
        start=replace(start, seed=3),
        budget=one,
        store=store,
        on_training=lambda number, training: numbers.append(number),
    )

    assert numbers == [1]
    assert other.parameters.seed == 3
