"""Roles are drawn by trial, in their shares, and stay."""

from collections import Counter

import pytest

from labeling.domain.trials import draw_roles
from labeling.models import Trial
from tests.factories import make_session

pytestmark = pytest.mark.django_db


def drawn(session):
    return Counter(session.trials.values_list("role", flat=True))


def test_each_session_keeps_to_the_shares():
    sessions = [make_session(str(n), n_frames=[50] * 10) for n in range(2)]

    draw_roles(trials=list(Trial.objects.all()), seed=1)

    for session in sessions:
        assert drawn(session) == {"train": 6, "held_out": 2, "validation": 2}


def test_trials_that_come_later_fill_the_shares_up():
    session = make_session(n_frames=[50] * 10)
    trials = list(session.trials.all())

    for trial in trials:
        draw_roles(trials=[trial], seed=1)

    assert drawn(session) == {"train": 6, "held_out": 2, "validation": 2}


def test_a_drawn_role_stays_when_trials_are_chosen_again():
    session = make_session(n_frames=[50] * 10)
    draw_roles(trials=list(session.trials.all()), seed=1)
    before = list(session.trials.values_list("role"))

    draw_roles(trials=list(session.trials.all()), seed=2)

    assert list(session.trials.values_list("role")) == before


def test_the_first_trials_are_for_training_then_for_testing():
    session = make_session(n_frames=[50] * 2)

    draw_roles(trials=list(session.trials.all()), seed=1)

    assert drawn(session) == {"train": 1, "held_out": 1}


def test_a_seed_draws_the_same_roles_again():
    roles = []
    for name in ("one", "two"):
        session = make_session(name, n_frames=[50] * 10)
        draw_roles(trials=list(session.trials.all()), seed=3)
        roles.append(list(session.trials.values_list("role", flat=True)))

    assert roles[0] == roles[1]
