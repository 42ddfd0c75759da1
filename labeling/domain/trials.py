"""Trials: what each is for, drawn once and never changed."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from labeling.models import Session, Trial

ROLE_SHARES = {
    Trial.Role.TRAIN: 0.6,
    Trial.Role.HELD_OUT: 0.2,
    Trial.Role.VALIDATION: 0.2,
}


def draw_roles(*, trials: Sequence[Trial], seed: int) -> None:
    """Give a role to each of these trials that has none yet.

    Within each session the roles keep to `ROLE_SHARES` as closely as whole trials
    allow, so that every session is learned from and tested on.
    """
    rng = np.random.default_rng(seed)
    undrawn = [trial for trial in trials if trial.role == Trial.Role.UNDRAWN]
    by_session: dict[int, list[Trial]] = {}
    for trial in undrawn:
        by_session.setdefault(trial.session_id, []).append(trial)
    for session_id, group in sorted(by_session.items()):
        counts = _drawn_counts(session_id)
        for position in rng.permutation(len(group)):
            role = _role_most_wanted(counts)
            counts[role] += 1
            group[position].role = role
    Trial.objects.bulk_update(undrawn, ["role"])


def _drawn_counts(session_id: int) -> Counter[str]:
    roles = Session(pk=session_id).trials.exclude(role="").values_list("role")
    return Counter(role for (role,) in roles)


def _role_most_wanted(counts: Counter[str]) -> Trial.Role:
    total = counts.total() + 1
    return max(ROLE_SHARES, key=lambda role: ROLE_SHARES[role] * total - counts[role])
