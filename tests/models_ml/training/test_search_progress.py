from itertools import pairwise

import pytest

from models_ml.training.search_progress import STAGE, SearchProgress
from models_ml.trees.parameters import ClassifierParameters

PARAMETERS = ClassifierParameters(num_iterations=1000, early_stopping_round=50)


@pytest.fixture
def calls():
    return []


@pytest.fixture
def progress(calls):
    """Return the progress of a new search of three trainings."""
    return SearchProgress(
        lambda *stage: calls.append(stage),
        n_trainings=3,
        minutes=None,
        parameters=PARAMETERS,
    )


def train_trees(progress, n_trees, *, best_at):
    for number in range(n_trees):
        progress.tree_trained(number, 1 / (number + 1) if number < best_at else 1.0)


def test_before_a_training_ends_two_hundred_trees_each_are_expected(progress, calls):
    assert calls == [(STAGE, 0, 600)]


def test_later_trainings_are_expected_to_have_as_many_trees_as_earlier_ones(
    progress, calls
):
    train_trees(progress, 120, best_at=70)
    progress.training_ended()
    progress.tree_trained(0, 1.0)

    assert calls[-1] == (STAGE, 121, 360)


def test_a_training_that_improves_is_expected_to_have_more_trees(progress, calls):
    train_trees(progress, 120, best_at=70)
    progress.training_ended()
    train_trees(progress, 200, best_at=200)

    assert calls[-1] == (STAGE, 320, 120 + 250 + 120)


def test_the_estimate_of_a_training_does_not_exceed_num_iterations(calls):
    progress = SearchProgress(
        lambda *stage: calls.append(stage),
        n_trainings=1,
        minutes=None,
        parameters=ClassifierParameters(num_iterations=30, early_stopping_round=8),
    )

    train_trees(progress, 30, best_at=30)

    assert calls[0] == (STAGE, 0, 30)
    assert calls[-1] == (STAGE, 30, 31)


def test_the_number_of_trees_never_decreases_and_is_complete_at_the_end(
    progress, calls
):
    for n_trees in (120, 61, 240):
        train_trees(progress, n_trees, best_at=n_trees - 50)
        progress.training_ended()
    progress.search_ended()

    done = [each[1] for each in calls]
    assert all(before <= after for before, after in pairwise(done))
    assert all(done < total for _, done, total in calls[:-1])
    assert calls[-1] == (STAGE, 421, 421)


def test_what_an_interrupted_search_grew_tells_how_many_to_expect(calls):
    SearchProgress(
        lambda *stage: calls.append(stage),
        n_trainings=4,
        minutes=None,
        parameters=PARAMETERS,
        earlier=[(90, 1.0), (110, 1.0)],
    )

    assert calls == [(STAGE, 0, 200)]


def test_the_estimate_has_no_trainings_beyond_the_minutes(calls):
    progress = SearchProgress(
        lambda *stage: calls.append(stage),
        n_trainings=1000,
        minutes=0,
        parameters=PARAMETERS,
    )

    train_trees(progress, 60, best_at=10)
    progress.training_ended()
    progress.tree_trained(0, 1.0)

    assert calls[-1] == (STAGE, 61, 120)
