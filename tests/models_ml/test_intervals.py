import numpy as np
import pytest

from models_ml.intervals import (
    count_in_intervals,
    equal_runs,
    mask_from_intervals,
    n_shared_frames,
    overlapped,
    overlapping_pairs,
    true_runs,
)


def drawn_values(rng):
    return rng.integers(-1, 2, rng.integers(0, 12)).astype(np.int8)


def test_equal_runs_are_those_that_a_walk_through_the_values_finds():
    rng = np.random.default_rng(2)
    for _ in range(100):
        values = drawn_values(rng)
        expected = []
        for index, value in enumerate(values):
            if expected and values[expected[-1][0]] == value:
                expected[-1][1] = index + 1
            else:
                expected.append([index, index + 1])

        starts, stops = equal_runs(values)

        assert np.stack([starts, stops], axis=1).tolist() == expected


def test_true_runs_are_the_equal_runs_that_are_not_zero():
    rng = np.random.default_rng(3)
    for _ in range(100):
        values = drawn_values(rng)
        starts, stops = equal_runs((values != 0).astype(np.int8))
        expected = np.stack([starts, stops], axis=1)[values[starts] != 0]

        assert true_runs(values).tolist() == expected.tolist()
        assert true_runs(values != 0).tolist() == expected.tolist()


def test_a_mask_is_true_on_its_runs_and_on_no_other_frame():
    mask = np.array([1, 1, 0, 0, 1, 0, 1], np.bool_)
    starts, stops = true_runs(mask).T

    np.testing.assert_array_equal(mask_from_intervals(starts, stops, 7), mask)


def test_intervals_of_a_mask_may_overlap_or_be_empty():
    mask = mask_from_intervals(np.array([3, 1, 5]), np.array([4, 4, 5]), 6)

    assert np.flatnonzero(mask).tolist() == [1, 2, 3]


def test_frames_of_a_mask_are_counted_in_each_interval():
    mask = np.array([1, 0, 1, 1], np.bool_)

    counts = count_in_intervals(mask, np.array([0, 1, 2]), np.array([4, 2, 2]))

    assert counts.tolist() == [3, 0, 0]


@pytest.mark.parametrize(
    ("other", "n_frames"),
    [((0, 3), 0), ((0, 4), 1), ((4, 5), 1), ((0, 9), 5), ((8, 9), 0), ((9, 12), 0)],
)
def test_shared_frames_of_two_intervals(other, n_frames):
    assert n_shared_frames(3, 8, *other) == n_frames
    assert n_shared_frames(*other, 3, 8) == n_frames


def drawn_intervals(rng):
    edges = [
        [trial, *pair]
        for trial in range(3)
        for pair in np.sort(rng.choice(40, 2 * rng.integers(0, 6), False)).reshape(
            -1, 2
        )
    ]
    return np.array(edges, np.int64).reshape(-1, 3)


def test_overlapped_is_the_range_that_a_search_one_by_one_finds():
    rng = np.random.default_rng(4)
    for _ in range(50):
        rows, others = (drawn_intervals(rng) for _ in range(2))

        first, stop = overlapped(rows, others)

        for row, one, end in zip(rows, first.tolist(), stop.tolist(), strict=True):
            met = [
                at
                for at, other in enumerate(others)
                if other[0] == row[0] and n_shared_frames(*row[1:], *other[1:])
            ]
            assert list(range(one, end)) == met


def test_overlapping_pairs_are_those_that_a_search_one_by_one_finds():
    rng = np.random.default_rng(5)
    for _ in range(50):
        rows, others = (drawn_intervals(rng) for _ in range(2))
        overlap = (
            (rows[:, None, 0] == others[None, :, 0])
            & (rows[:, None, 1] < others[None, :, 2])
            & (others[None, :, 1] < rows[:, None, 2])
        )
        only = overlap & (overlap.sum(1) == 1)[:, None] & (overlap.sum(0) == 1)

        assert overlapping_pairs(rows, others).tolist() == np.argwhere(only).tolist()
