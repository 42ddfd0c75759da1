"""Labelling: access to assignments, and the state of the labelling page."""

import numpy as np
import pytest

from labeling.domain.assignments.labelling import (
    assign_subset,
    assignment_for,
    assignments_for,
    block_scores,
    label_state,
    next_assignment,
)
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.errors import NotAllowedError, NotFoundError
from tests.factories import (
    label,
    make_assignment,
    make_session,
    make_subset,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db


def with_scores(assignment):
    """Score the assignment's trial; frame i has the score i / 1000."""
    trial, version = assignment.clip.trial, make_version()
    scores = np.arange(trial.n_frames, dtype=np.float32) / 1000
    save_scores(trial=trial, version=version, scores=scores)
    publish_version(session=trial.session, version=version)
    return assignment_for(assignment.annotator, assignment.pk)


def test_an_annotator_opens_an_own_assignment():
    assignment = make_assignment()

    assert assignment_for(assignment.annotator, assignment.pk) == assignment


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "admin", "viewer"])
def test_an_assignment_is_hidden_from_all_other_users(role):
    assignment = make_assignment()

    with pytest.raises(NotFoundError):
        assignment_for(make_user("carol", role), assignment.pk)


def test_the_state_for_a_blind_annotator_has_no_score_and_no_reason():
    assignment = with_scores(make_assignment())

    state = label_state(assignment)

    assert state["scores"] is None
    assert state["clip"] == {"start": 10, "stop": 50, "reason": None}
    with pytest.raises(NotFoundError):
        block_scores(assignment)


def test_the_state_for_an_assisted_annotator_has_version_and_threshold():
    assignment = with_scores(make_assignment(sees_scores=True))

    assert label_state(assignment)["scores"] == {"version": 1, "threshold": 0.5}
    assert block_scores(assignment).tolist() == [
        np.float32(frame) / np.float32(1000) for frame in range(60)
    ]


def test_the_state_has_labels_as_runs_and_a_block_with_context():
    assignment = make_assignment()
    label(assignment, (10, 20, 0), (20, 22, 1))

    state = label_state(assignment_for(assignment.annotator, assignment.pk))

    assert state["labels"] == [(10, 20, 0), (20, 22, 1)]
    assert state["revision"] == 1
    assert (state["block"]["start"], state["block"]["stop"]) == (0, 60)


def test_the_next_assignment_is_the_next_unfinished_one_and_wraps():
    alice = make_user()
    subset = make_subset(make_session(n_frames=[100, 100, 100]))
    assign_subset(user=None, subset=subset, annotators=[alice])
    first, second, third = assignments_for(alice)
    label(second, (10, 50, 0))

    assert next_assignment(first) == third
    assert next_assignment(third) == first


def test_the_last_unfinished_assignment_has_no_next():
    assert next_assignment(make_assignment()) is None


def test_assigning_twice_assigns_each_clip_once():
    alice = make_user()
    subset = make_subset(make_session(n_frames=[100, 100]))

    first = assign_subset(user=None, subset=subset, annotators=[alice])
    again = assign_subset(user=None, subset=subset, annotators=[alice])

    assert (first, again) == (2, 0)


def test_only_an_admin_assigns_clips():
    subset = make_subset(make_session())

    with pytest.raises(NotAllowedError):
        assign_subset(user=make_user(), subset=subset, annotators=[])
