"""Roles of trials: drawn for whole trials, by their shares, and never changed."""

from collections import Counter

import numpy as np
import pytest

from labeling.domain.recordings.sessions import import_session
from labeling.domain.recordings.trial_roles import draw_roles
from labeling.models import Trial
from models_ml.session_files.writer import SessionArrays, write_session_file
from tests.factories import make_session

pytestmark = pytest.mark.django_db


def drawn(session):
    return Counter(session.trials.values_list("role", flat=True))


def test_roles_follow_the_shares_in_each_session():
    sessions = [make_session(str(n), n_frames=[50] * 10) for n in range(2)]

    draw_roles(trials=list(Trial.objects.all()), seed=1)

    for session in sessions:
        assert drawn(session) == {"train": 6, "held_out": 2, "validation": 2}


def test_later_trials_fill_up_the_shares():
    session = make_session(n_frames=[50] * 10)
    trials = list(session.trials.all())

    for trial in trials:
        draw_roles(trials=[trial], seed=1)

    assert drawn(session) == {"train": 6, "held_out": 2, "validation": 2}


def test_a_drawn_role_stays_when_trials_are_selected_again():
    session = make_session(n_frames=[50] * 10)
    draw_roles(trials=list(session.trials.all()), seed=1)
    before = list(session.trials.values_list("role"))

    draw_roles(trials=list(session.trials.all()), seed=2)

    assert list(session.trials.values_list("role")) == before


def test_the_first_trials_are_training_then_held_out_trials():
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


def session_with_places(data_root, places, name="placed"):
    write_session_file(
        data_root / f"{name}.h5",
        trials=[(n, f"{name}-{n}.mp4") for n in range(1, len(places) + 1)],
        # No two sessions have the same frames.
        frames=[np.full((4, 61, 61), len(places), np.uint8) for _ in places],
        arrays=SessionArrays(
            locations_x_y=np.repeat([[100 + 10 * at, 50] for at in places], 4, axis=0),
        ),
    )
    return import_session(user=None, file=f"{name}.h5")


def roles_by_place(session, places):
    roles = session.trials.order_by("number").values_list("role", flat=True)
    by_place = {at: Counter() for at in places}
    for at, role in zip(places, roles, strict=True):
        by_place[at][role] += 1
    return by_place


def test_roles_follow_the_shares_at_each_pole_position(data_root):
    places = [0, 3, 1, 2, 4] * 5
    session = session_with_places(data_root, places)

    draw_roles(trials=list(session.trials.all()), seed=1)

    assert roles_by_place(session, places) == {
        at: {"train": 3, "held_out": 1, "validation": 1} for at in range(5)
    }


def test_later_trials_take_the_roles_that_their_pole_position_lacks(data_root):
    places = [0, 1, 2, 3, 4] * 5
    session = session_with_places(data_root, places)
    trials = list(session.trials.order_by("number"))
    for chosen in (trials[:10], trials[10:]):
        draw_roles(trials=chosen, seed=2)

    assert roles_by_place(session, places) == {
        at: {"train": 3, "held_out": 1, "validation": 1} for at in range(5)
    }


def test_roles_are_drawn_without_the_session_file(data_root):
    session = session_with_places(data_root, [0, 1] * 5)
    (data_root / "placed.h5").unlink()

    draw_roles(trials=list(session.trials.all()), seed=1)

    assert drawn(session) == {"train": 6, "held_out": 2, "validation": 2}
