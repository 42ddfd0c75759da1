"""Stretches in which annotators disagree, and what a decision changes elsewhere."""

import pytest

from labeling.domain.agreement.access import adjudicated_subset_for
from labeling.domain.agreement.adjudication import stretches_of
from labeling.domain.agreement.comparison import (
    choice_of,
    compare,
    comparison_key,
    stored_comparison,
)
from labeling.domain.assignments.labelling import assign_subset
from labeling.errors import NotAllowedError, NotFoundError
from labeling.pages.adjudication import queue_state, stretch_state
from tests.factories import decide, label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db

START, STOP = 10, 50


@pytest.fixture
def subset():
    """Clips [10, 50) of two trials that ada, ben and cleo label."""
    subset = make_subset(make_session())
    people = [make_user(name) for name in ("ada", "ben", "cleo")]
    assign_subset(user=None, subset=subset, annotators=people)
    return subset


@pytest.fixture
def dana():
    return make_user("dana", "adjudicator")


def label_clip(subset, name, *touches, trial=1):
    """Label a clip: touch in these runs, else not touch."""
    assignment = subset.clips.get(trial__number=trial).assignments.get(
        annotator__username=name
    )
    label(assignment, (START, STOP, 0))
    for onset, offset in touches:
        label(assignment, (onset, offset, 1))


def found(subset):
    return [
        (each.trial.number, each.start, each.stop, each.decision is not None)
        for each in stretches_of(subset)
    ]


def test_stretches_hold_disagreeing_frames_in_the_order_of_clips(subset):
    for trial in (2, 1):
        label_clip(subset, "ada", (20, 30), trial=trial)
        label_clip(subset, "ben", (22, 30), trial=trial)
    label_clip(subset, "cleo", (20, 30), (40, 44))

    assert found(subset) == [
        (1, 20, 22, False),
        (1, 40, 44, False),
        (2, 20, 22, False),
    ]


def test_stretches_a_few_frames_apart_are_merged(subset):
    label_clip(subset, "ada", (20, 30))
    label_clip(subset, "ben", (22, 25), (28, 30))

    assert found(subset) == [(1, 20, 28, False)]


def test_labels_of_one_annotator_make_no_stretch(subset):
    label_clip(subset, "ada", (20, 30))

    assert found(subset) == []


def test_unsure_differs_from_a_label_and_agrees_with_unsure(subset):
    label_clip(subset, "ada", (20, 30))
    label_clip(subset, "ben", (20, 30))
    clip = subset.clips.get(trial__number=1)
    for name, stop in (("ada", 24), ("ben", 22)):
        label(clip.assignments.get(annotator__username=name), (20, stop, 2))

    assert found(subset) == [(1, 22, 24, False)]


def test_an_adjudicated_stretch_stays_in_the_queue_unchanged(subset, dana):
    label_clip(subset, "ada", (20, 30))
    label_clip(subset, "ben", (22, 30))
    decide(dana, subset, 20, [1, 1])

    assert found(subset) == [(1, 20, 22, True)]
    label_clip(subset, "ben", (24, 30))
    assert found(subset) == [(1, 20, 22, True), (1, 22, 24, False)]
    decide(dana, subset, 20, None, stop=22, revision=1)
    assert found(subset) == [(1, 20, 24, False)]


def test_a_stretch_has_the_lanes_of_all_annotators(subset, dana):
    label_clip(subset, "ada", (20, 30))
    label_clip(subset, "ben", (22, 30))
    label_clip(subset, "cleo", (22, 30))
    trial = subset.clips.get(trial__number=1).trial_id

    state = stretch_state(subset, trial, 20, 22)

    assert queue_state(dana, subset)["annotators"] == ["ada", "ben", "cleo"]
    assert state["window"] == {"start": 12, "stop": 30}
    assert state["lanes"][0] == [0] * 8 + [1] * 10
    assert state["lanes"][1] == state["lanes"][2] == [0] * 10 + [1] * 8
    assert state["majority"] == state["lanes"][1]
    assert (state["settled"], state["revision"]) == (None, 0)
    decide(dana, subset, 20, [1, 0], reasons=["occluded"])
    state = stretch_state(subset, trial, 20, 22)
    assert state["settled"] == {"values": [1, 0], "by": "dana", "reasons": ["occluded"]}
    assert state["revision"] == 1


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (9, 5), (0, 201), (-1, 5)])
def test_frames_beyond_the_trial_are_not_found(subset, start, stop):
    trial = subset.clips.get(trial__number=1).trial_id

    with pytest.raises(NotFoundError):
        stretch_state(subset, trial, start, stop)


@pytest.mark.parametrize("role", ["annotator", "viewer"])
def test_only_adjudicators_and_admins_find_the_subset(subset, role):
    with pytest.raises(NotFoundError):
        adjudicated_subset_for(make_user("vera", role), subset.pk)


def test_an_adjudicator_finishes_blind_clips_first(subset, dana):
    label_clip(subset, "ada", (20, 30))
    assign_subset(user=None, subset=subset, annotators=[dana])

    with pytest.raises(NotAllowedError, match="Finish them first"):
        adjudicated_subset_for(dana, subset.pk)
    for trial in (1, 2):
        label_clip(subset, "dana", trial=trial)
    assert adjudicated_subset_for(dana, subset.pk) == subset


def test_a_comparison_by_adjudicated_labels_follows_decisions(subset, dana):
    for trial in (1, 2):
        label_clip(subset, "ada", (20, 30), trial=trial)
        label_clip(subset, "ben", (22, 30), trial=trial)
        label_clip(subset, "cleo", (22, 30), trial=trial)
    trials = [clip.trial_id for clip in subset.clips.all()]
    choice = choice_of(subset, consensus="settled")

    def onset_errors(name):
        result = compare(choice).result
        pk = subset.clips.first().assignments.get(annotator__username=name).annotator_id
        counts = result["contrasts"][f"o{pk}-a{pk}"]["counts"]
        return counts["deduct"] + counts["append"]

    # Ben and cleo agree, so their labels decide about ada.
    assert (onset_errors("ada"), onset_errors("ben")) == (2, 0)
    for revision, trial in enumerate(trials):
        decide(dana, subset, 20, [1, 1], trial=trial, revision=revision)
    assert stored_comparison(choice).key != comparison_key(choice)
    assert (onset_errors("ada"), onset_errors("ben")) == (0, 2)
