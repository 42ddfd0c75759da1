"""Clip shares: who of several annotators labels which clip, as evenly as can be.

Numbers in, numbers out: nothing here knows of the database.
"""

from collections.abc import Collection, Sequence

import numpy as np


def share_out(
    frames: Sequence[int],
    *,
    loads: Sequence[int],
    wanted: Sequence[int],
    held: Sequence[Collection[int]],
    seed: int,
) -> list[list[int]]:
    """Return for each clip to which annotators it goes, by their position in `loads`.

    `frames` are the clips' lengths, `loads` the frames that each annotator has already,
    `wanted` how many are to get a clip, `held` who has it already and cannot. Longest
    first, a clip goes to those who have least: from equal loads, no two end up farther
    apart than the longest clip. Where too few are left, fewer get it.
    """
    rng = np.random.default_rng(seed)
    load = list(loads)
    shares: list[list[int]] = [[] for _ in frames]
    # Of clips of one length, and of annotators of one load, the seed says which first.
    drawn = rng.permutation(len(frames)).tolist()
    for clip in sorted(drawn, key=lambda clip: -frames[clip]):
        tie = rng.permutation(len(load)).tolist()
        free = [one for one in range(len(load)) if one not in held[clip]]
        takers = sorted(free, key=lambda one: (load[one], tie[one]))[: wanted[clip]]
        for one in takers:
            load[one] += frames[clip]
        shares[clip] = sorted(takers)
    return shares


def mixed_order(
    n_clips: int, *, n_gold: int, again: Sequence[int], seed: int
) -> list[tuple[str, int]]:
    """Return a queue in which nothing tells gold and second passes from the rest.

    Its entries are ("clip", i), ("gold", i) and ("again", i), i counting each kind. A
    second pass comes after its first, with a third of what is labelled once between.
    """
    rng = np.random.default_rng(seed)
    repeated = [again[place] for place in rng.permutation(len(again))]
    once = [("clip", clip) for clip in range(n_clips) if clip not in set(again)]
    once += [("gold", clip) for clip in range(n_gold)]
    once = [once[place] for place in rng.permutation(len(once))]
    third = len(once) // 3
    head = _spread([("clip", clip) for clip in repeated], once[:third], rng)
    tail = _spread([("again", clip) for clip in repeated], once[2 * third :], rng)
    return head + once[third : 2 * third] + tail


def _spread(
    kept: list[tuple[str, int]], others: list[tuple[str, int]], rng: np.random.Generator
) -> list[tuple[str, int]]:
    """Return both in one list, each in its order."""
    n_all = len(kept) + len(others)
    places = set(rng.choice(n_all, size=len(kept), replace=False).tolist())
    first, second = iter(kept), iter(others)
    return [next(first) if place in places else next(second) for place in range(n_all)]
