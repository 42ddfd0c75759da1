"""Held-out figures of real and of simulated recordings apart."""

import numpy as np
import pytest

from labeling.domain.labels.sources import TrialLabels
from labeling.domain.training.recording_kinds import figures_by_kind
from labeling.models import Trial
from tests.factories import make_session

pytestmark = pytest.mark.django_db

TOUCHES = np.array([0] * 20 + [1] * 20 + [0] * 20, np.int8)
RIGHT, NOTHING = TOUCHES.astype(np.float32), np.zeros(60, np.float32)


def trials_of(name, n_trials, *, is_simulated):
    session = make_session(name, n_frames=[60] * n_trials)
    session.is_simulated = is_simulated
    session.save()
    return [
        TrialLabels(trial=trial, values=TOUCHES, annotators=frozenset())
        for trial in Trial.objects.filter(session=session).select_related("session")
    ]


def test_each_kind_has_the_figures_of_its_own_trials_for_parent_and_child():
    trials = [
        *trials_of("a", 2, is_simulated=True),
        *trials_of("b", 1, is_simulated=False),
    ]
    scores = {
        "before": ([RIGHT, NOTHING, NOTHING], 0.5),
        "after": ([RIGHT, RIGHT, NOTHING], 0.5),
    }

    found = figures_by_kind(trials, scores)

    rates = {
        (kind, name): (
            figures["touch_count_errors_per_touch"],
            figures["rates"]["touch_count_errors"]["value"],
        )
        for kind, models in found.items()
        for name, figures in models.items()
    }
    assert rates == {
        ("real", "before"): (1, 1),
        ("real", "after"): (1, 1),
        ("simulated", "before"): (0.5, 0.5),
        ("simulated", "after"): (0, 0),
    }
    before = found["simulated"]["before"]
    assert (before["n_trials"], before["n_touches"], before["auc"]) == (2, 2, 0.75)
    interval = before["rates"]["touch_count_errors"]
    assert (interval["low"], interval["high"]) == (0, 1)
    assert before["errors"]["miss"] == 1
    # One trial has no interval.
    assert found["real"]["after"]["rates"]["edge_errors"]["low"] is None


def test_a_kind_without_trials_and_a_model_without_scores_are_left_out():
    trials = trials_of("a", 1, is_simulated=True)

    found = figures_by_kind(trials, {"before": ((), 0.5), "after": ([RIGHT], 0.5)})

    assert {kind: list(models) for kind, models in found.items()} == {
        "simulated": ["after"]
    }
    assert figures_by_kind([], {"after": ((), 0.5)}) == {}
