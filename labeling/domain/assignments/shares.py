"""Clip shares: which of several annotators labels which clip, as evenly as possible.

These functions compute on numbers and do not access the database.
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
    """Return for each clip the annotators who get it, as positions in `loads`.

    `frames` are the lengths of the clips, `loads` the frames that each annotator has
    already, `wanted` how many annotators each clip needs, and `held` the annotators who
    have it already. The longest clips are shared out first, each to the annotators with
    the fewest frames: starting from equal loads, no two annotators end up further apart
    than the longest clip. If too few annotators are left, a clip goes to fewer.
    """
    rng = np.random.default_rng(seed)
    load = list(loads)
    shares: list[list[int]] = [[] for _ in frames]
    # The seed decides between clips of equal length and annotators of equal load.
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
    """Return the order of a queue that does not reveal quality-check and repeat clips.

    Its entries are ("clip", i), ("gold", i) and ("again", i), where i counts the clips
    of each kind. At least a third of the clips that come once lie between the first and
    the second pass of a repeat clip.
    """
    rng = np.random.default_rng(seed)
    repeated = [again[position] for position in rng.permutation(len(again))]
    once = [("clip", clip) for clip in range(n_clips) if clip not in set(again)]
    once += [("gold", clip) for clip in range(n_gold)]
    once = [once[position] for position in rng.permutation(len(once))]
    third = len(once) // 3
    head = _interleaved([("clip", clip) for clip in repeated], once[:third], rng)
    tail = _interleaved([("again", clip) for clip in repeated], once[2 * third :], rng)
    return head + once[third : 2 * third] + tail


def _interleaved(
    first: list[tuple[str, int]],
    second: list[tuple[str, int]],
    rng: np.random.Generator,
) -> list[tuple[str, int]]:
    """Return two lists merged at random; each stays in its own order."""
    n_all = len(first) + len(second)
    positions = set(rng.choice(n_all, size=len(first), replace=False).tolist())
    ones, others = iter(first), iter(second)
    return [next(ones) if i in positions else next(others) for i in range(n_all)]
