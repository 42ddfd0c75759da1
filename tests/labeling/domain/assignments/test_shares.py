"""Clip shares: even, reproducible by the seed, with unmarked extra clips."""

from collections import Counter

import numpy as np
import pytest

from labeling.domain.assignments.shares import mixed_order, share_out

SEEDS = range(60)


def drawn(seed):
    """Return lengths of clips, a number of annotators, and how many label each clip."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(1, 500, rng.integers(1, 60)).tolist()
    n_annotators = int(rng.integers(1, 9))
    return frames, n_annotators, int(rng.integers(1, n_annotators + 1))


def shared(frames, n_annotators, each_to, *, seed=0, held=None, loads=None):
    held = held or [set()] * len(frames)
    return share_out(
        frames,
        loads=loads or [0] * n_annotators,
        wanted=[max(each_to - len(holders), 0) for holders in held],
        held=held,
        seed=seed,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_each_clip_goes_to_k_and_loads_differ_by_one_clip_at_most(seed):
    frames, n_annotators, each_to = drawn(seed)

    shares = shared(frames, n_annotators, each_to, seed=seed)

    load = [0] * n_annotators
    for length, takers in zip(frames, shares, strict=True):
        assert len(set(takers)) == len(takers) == each_to
        for one in takers:
            load[one] += length
    assert max(load) - min(load) <= max(frames)


@pytest.mark.parametrize("seed", SEEDS)
def test_annotators_who_have_a_clip_count_and_do_not_get_it_again(seed):
    frames, n_annotators, each_to = drawn(seed)
    rng = np.random.default_rng(seed)
    held = [set(np.flatnonzero(rng.random(n_annotators) < 0.3)) for _ in frames]

    shares = shared(frames, n_annotators, each_to, seed=seed, held=held)

    for takers, holders in zip(shares, held, strict=True):
        assert not set(takers) & holders
        assert len(takers) == max(each_to - len(holders), 0)


def test_the_annotator_with_the_fewest_frames_gets_the_clips():
    shares = shared([10, 10, 10], 3, 1, loads=[0, 30, 100])

    assert shares == [[0], [0], [0]]


def test_the_same_seed_shares_out_equally_and_another_differently():
    first, same, other = (shared([100] * 20, 4, 2, seed=seed) for seed in (3, 3, 4))

    assert first == same
    assert first != other


def test_every_pair_of_annotators_meets():
    shares = shared([100] * 60, 4, 2)

    assert len(Counter(map(tuple, shares))) == 6


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mixed_queue_has_each_entry_once_and_repeat_clips_late(seed):
    rng = np.random.default_rng(seed)
    n_clips, n_gold = int(rng.integers(1, 40)), int(rng.integers(0, 10))
    again = rng.permutation(n_clips)[: rng.integers(0, n_clips + 1)].tolist()

    queue = mixed_order(n_clips, n_gold=n_gold, again=again, seed=seed)

    expected = [("clip", i) for i in range(n_clips)]
    expected += [("gold", i) for i in range(n_gold)] + [("again", i) for i in again]
    assert sorted(queue) == sorted(expected)
    between = (n_clips - len(again) + n_gold) // 3
    for clip in again:
        assert queue.index(("again", clip)) - queue.index(("clip", clip)) > between


def test_gold_is_anywhere_in_the_queue():
    places = {
        mixed_order(9, n_gold=1, again=[], seed=seed).index(("gold", 0))
        for seed in SEEDS
    }

    assert places == set(range(10))
