from itertools import pairwise

import pytest

from models_ml.training.search_progress import STAGE, SearchProgress
from models_ml.trees.parameters import ClassifierParameters

GROWTH = ClassifierParameters(n_rounds=1000, stop_after=50)


@pytest.fixture
def told():
    return []


@pytest.fixture
def progress(told):
    """Three trainings, of which none was done before."""
    return SearchProgress(
        lambda *stage: told.append(stage), n_trainings=3, minutes=None, growth=GROWTH
    )


def grow(progress, n_trees, *, best_at):
    for number in range(n_trees):
        progress.tree(number, 1 / (number + 1) if number < best_at else 1.0)


def test_before_a_training_has_ended_the_number_of_trees_is_guessed(progress, told):
    assert told == [(STAGE, 0, 600)]


def test_later_trainings_are_taken_to_need_as_many_trees_as_earlier_ones(
    progress, told
):
    grow(progress, 120, best_at=70)
    progress.training_ended()
    progress.tree(0, 1.0)

    assert told[-1] == (STAGE, 121, 360)


def test_a_training_that_gets_better_is_taken_to_need_more_trees(progress, told):
    grow(progress, 120, best_at=70)
    progress.training_ended()
    grow(progress, 200, best_at=200)

    assert told[-1] == (STAGE, 320, 120 + 250 + 120)


def test_a_training_needs_no_more_trees_than_it_may_grow(told):
    progress = SearchProgress(
        lambda *stage: told.append(stage),
        n_trainings=1,
        minutes=None,
        growth=ClassifierParameters(n_rounds=30, stop_after=8),
    )

    grow(progress, 30, best_at=30)

    assert told[0] == (STAGE, 0, 30)
    assert told[-1] == (STAGE, 30, 31)


def test_trees_grown_only_become_more_and_all_are_done_at_the_end(progress, told):
    for n_trees in (120, 61, 240):
        grow(progress, n_trees, best_at=n_trees - 50)
        progress.training_ended()
    progress.search_ended()

    done = [each[1] for each in told]
    assert all(before <= after for before, after in pairwise(done))
    assert all(done < total for _, done, total in told[:-1])
    assert told[-1] == (STAGE, 421, 421)


def test_what_an_interrupted_search_grew_tells_how_many_to_expect(told):
    SearchProgress(
        lambda *stage: told.append(stage),
        n_trainings=4,
        minutes=None,
        growth=GROWTH,
        earlier=[(90, 1.0), (110, 1.0)],
    )

    assert told == [(STAGE, 0, 200)]


def test_trainings_that_the_minutes_do_not_allow_are_not_expected(told):
    progress = SearchProgress(
        lambda *stage: told.append(stage),
        n_trainings=1000,
        minutes=0,
        growth=GROWTH,
    )

    grow(progress, 60, best_at=10)
    progress.training_ended()
    progress.tree(0, 1.0)

    assert told[-1] == (STAGE, 61, 120)
