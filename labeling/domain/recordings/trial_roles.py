"""Roles of trials: training, validation or held-out; drawn once, never changed."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from labeling.domain.recordings.session_files import opened_session
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import Session, Trial
from models_ml.pole_strata import pole_positions, pole_strata

ROLE_SHARES = {
    Trial.Role.TRAIN: 0.6,
    Trial.Role.HELD_OUT: 0.2,
    Trial.Role.VALIDATION: 0.2,
}

# How many trials of each stratum have each role.
RoleCounts = dict[int, Counter[str]]


def draw_roles(*, trials: Sequence[Trial], seed: int) -> None:
    """Draw a role for each of these trials that has none yet.

    Within each session, roles follow `ROLE_SHARES` as closely as whole trials allow, so
    that every session is trained and tested on. As far as this leaves a choice, they do
    so too among trials with similar pole positions.
    """
    rng = np.random.default_rng(seed)
    undrawn = [trial for trial in trials if trial.role == Trial.Role.UNDRAWN]
    by_session: dict[int, list[Trial]] = {}
    for trial in undrawn:
        by_session.setdefault(trial.session_id, []).append(trial)
    for session_id, group in sorted(by_session.items()):
        mixed = [group[position] for position in rng.permutation(len(group))]
        _draw_in_session(session_id, mixed)
    Trial.objects.bulk_update(undrawn, ["role"])


def _draw_in_session(session_id: int, undrawn: list[Trial]) -> None:
    stratum_of = _strata(session_id)
    drawn = _drawn(session_id, stratum_of)
    roles = _roles_to_draw(sum(drawn.values(), Counter()), len(undrawn))
    wanted = Counter(stratum_of.get(trial.number, -1) for trial in undrawn)
    for stratum, counts in drawn.items():
        wanted[stratum] += counts.total()
    # Assign the rarer roles first; training takes the remaining trials.
    for role in sorted(roles, key=lambda role: ROLE_SHARES[role]):
        lacks = [
            ROLE_SHARES[role] * wanted[stratum]
            - drawn.setdefault(stratum, Counter())[role]
            for stratum in (stratum_of.get(trial.number, -1) for trial in undrawn)
        ]
        trial = undrawn.pop(int(np.argmax(lacks)))
        trial.role = role
        drawn[stratum_of.get(trial.number, -1)][role] += 1


def _strata(session_id: int) -> dict[int, int]:
    """Return the stratum of the pole position by trial number, from the session file.

    Without the file, or pole positions in it, all trials are in one stratum.
    """
    try:
        with (
            opened_session(Session.objects.get(pk=session_id)) as source,
            translated_core_errors(),
        ):
            locations = source.locations()
            if locations is None:
                return {}
            lengths = [entry.n_frames for entry in source.trials]
            strata = pole_strata(pole_positions(locations, lengths, source.pole_times))
            numbers = [entry.number for entry in source.trials]
    except LabelingError:
        return {}
    return dict(zip(numbers, strata.tolist(), strict=True))


def _drawn(session_id: int, stratum_of: dict[int, int]) -> RoleCounts:
    drawn: RoleCounts = {}
    rows = Trial.objects.filter(session=session_id).exclude(role="")
    for number, role in rows.values_list("number", "role"):
        drawn.setdefault(stratum_of.get(number, -1), Counter())[role] += 1
    return drawn


def _roles_to_draw(drawn: Counter[str], n_trials: int) -> list[Trial.Role]:
    """Return the roles to draw so that a session is closest to the shares."""
    counts, roles = Counter(drawn), []
    for _ in range(n_trials):
        role = _role_most_wanted(counts)
        counts[role] += 1
        roles.append(role)
    return roles


def _role_most_wanted(counts: Counter[str]) -> Trial.Role:
    total = counts.total() + 1
    return max(ROLE_SHARES, key=lambda role: ROLE_SHARES[role] * total - counts[role])
