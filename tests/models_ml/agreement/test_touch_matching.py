"""One-to-one matching of touches, compared with a general matching of graphs."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from models_ml.agreement.resampling import Resampling
from models_ml.agreement.touch_matching import NO_TOUCH, match_touches


def drawn_touches(rng, *, n_trials=3, n_frames=120):
    """Return short touches, so dense that many have several possible partners."""
    rows = []
    for trial in range(n_trials):
        edges = np.sort(rng.choice(n_frames, 2 * rng.integers(0, 25), replace=False))
        rows += [[trial, *pair] for pair in edges.reshape(-1, 2)]
    return np.array(rows, np.int64).reshape(-1, 3)


def near(touches, others, frames, *, onset_only):
    """Return which pairs of touches may be matched."""
    difference = np.abs(touches[:, None, 1:] - others[None, :, 1:])
    edges = difference[..., :1] if onset_only else difference
    same_trial = touches[:, None, 0] == others[None, :, 0]
    return (edges <= frames).all(axis=-1) & same_trial


@pytest.mark.parametrize("onset_only", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_the_number_of_matches_is_the_largest_possible(seed, onset_only):
    rng = np.random.default_rng(seed)
    touches, others = drawn_touches(rng), drawn_touches(rng)

    found = match_touches(touches, others, np.ones(3), onset_only=onset_only)

    for tolerance in range(11):
        graph = near(touches, others, tolerance, onset_only=onset_only)
        partners = maximum_bipartite_matching(csr_array(graph.astype(np.int8)))
        assert found.matched[tolerance].sum() == (partners >= 0).sum()
        assert found.other_matched[tolerance].sum() == (partners >= 0).sum()
        assert (found.matched[tolerance] <= graph.any(axis=1)).all()


def test_f1_rises_when_edges_come_within_the_tolerance():
    touches = np.array([[0, 10, 20], [0, 40, 50]])
    others = np.array([[0, 11, 20], [0, 40, 54], [1, 10, 20]])

    both = match_touches(touches, others, np.ones(2), (0, 1, 3, 4))
    onsets = match_touches(touches, others, np.ones(2), (0, 1), onset_only=True)

    assert [each.value for each in both.f1()] == [0, 2 / 5, 2 / 5, 4 / 5]
    assert [each.value for each in onsets.f1()] == [2 / 5, 4 / 5]
    assert both.matched.tolist() == [[0, 0], [1, 0], [1, 0], [1, 1]]
    assert both.other_matched[3].tolist() == [1, 1, 0]
    assert (both.f1()[0].n, both.f1()[0].n_trials) == (5, 2)


def test_tolerances_are_times_for_any_duration_of_frames():
    touches = np.array([[0, 10, 20], [1, 10, 20]])
    others = touches + np.array([0, 3, 0])

    found = match_touches(touches, others, np.array([2.0, 1 / 3]), (1, 5, 6))

    assert found.matched.tolist() == [[False, True], [False, True], [True, True]]


@pytest.mark.parametrize("n_touches", [(0, 0), (0, 2), (2, 0)])
def test_empty_lists_can_be_matched(n_touches):
    rows = np.array([[0, 10, 20], [0, 40, 50]])
    touches, others = (rows[:n] for n in n_touches)

    f1 = match_touches(touches, others, np.ones(1)).f1()[0]

    assert f1.value == (None if sum(n_touches) == 0 else 0)
    assert f1.why == (NO_TOUCH if sum(n_touches) == 0 else "")


def test_the_interval_of_f1_comes_from_whole_trials():
    touches = np.array([[trial, 10, 20] for trial in range(10)])
    others = touches[::2]

    found = match_touches(touches, others, np.ones(10), (0,)).f1(Resampling(10, seed=4))

    draws = np.random.default_rng(4).multinomial(10, np.full(10, 0.1), 1000)
    even = draws[:, ::2].sum(axis=1)
    low, high = np.percentile(2 * even / (10 + even), [2.5, 97.5])
    assert (found[0].value, found[0].low, found[0].high) == (10 / 15, low, high)
