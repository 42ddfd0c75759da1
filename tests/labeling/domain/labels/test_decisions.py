"""Decisions: an append-only log in which the latest decision on a stretch holds."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.labels.decisions import (
    DecisionDraft,
    current_decisions,
    decided_trials,
    decision_log,
    record_decisions,
)
from labeling.errors import NotAllowedError
from tests.factories import decide, label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def subset():
    """A clip [10, 50) that ada and ben label."""
    subset = make_subset(make_session(n_frames=[60]))
    people = [make_user(name) for name in ("ada", "ben")]
    assign_subset(user=None, subset=subset, annotators=people)
    for assignment in subset.clips.get().assignments.all():
        label(assignment, (10, 50, 0))
    return subset


@pytest.fixture
def dana():
    return make_user("dana", "adjudicator")


def decided_labels(subset):
    trial = subset.clips.get().trial_id
    drawn = decided_trials([subset])[trial].values
    return {i: int(value) for i, value in enumerate(drawn) if value >= 0}


def test_a_decision_is_stored_with_its_adjudicator_and_reasons(subset, dana):
    outcome = decide(dana, subset, 20, [1, 1, 0], reasons=["onset late", "glance"])

    (stored,) = decision_log(subset)
    assert (outcome.error, outcome.decision) == ("", stored)
    assert (stored.adjudicator, stored.reasons) == (dana, ["onset late", "glance"])
    assert (stored.revision, stored.applied) == (1, True)
    assert decided_labels(subset) == {20: 1, 21: 1, 22: 0}
    assert decided_trials([subset])[stored.trial_id].adjudicators == {"dana"}


def test_the_latest_decision_holds_and_the_log_has_all(subset, dana):
    decide(dana, subset, 20, [1, 1, 0])
    decide(dana, subset, 20, [0, 1, 2], revision=1)

    assert decided_labels(subset) == {20: 0, 21: 1, 22: 2}
    assert [each.values for each in decision_log(subset)] == [[1, 1, 0], [0, 1, 2]]


def test_a_reopened_stretch_has_no_decision(subset, dana):
    decide(dana, subset, 20, [1, 1, 0])
    decide(dana, subset, 20, None, stop=23, revision=1)

    assert current_decisions([subset]) == []
    assert decide(dana, subset, 18, [1, 1, 1, 1], revision=2).error == ""
    assert decided_labels(subset) == {18: 1, 19: 1, 20: 1, 21: 1}


def test_a_decision_that_arrives_twice_is_recorded_once(subset, dana):
    draft = draft_of(subset, 20, [1])
    client = uuid4()

    first, again = (
        record_decisions(user=dana, subset=subset, client=client, drafts=[draft])
        for _ in range(2)
    )

    assert first == again
    assert decision_log(subset).count() == 1


def test_the_second_of_two_adjudicators_learns_who_was_first(subset, dana):
    eve = make_user("eve", "adjudicator")
    decide(dana, subset, 20, [1, 1, 0])

    outcome = decide(eve, subset, 20, [0, 0, 0])

    assert outcome.error == (
        "dana decided these frames before your decision arrived. Their decision holds; "
        "yours is in the log. Decide again to change it."
    )
    assert decided_labels(subset) == {20: 1, 21: 1, 22: 0}
    second = decision_log(subset).get(adjudicator=eve)
    assert (second.applied, second.values) == (False, [0, 0, 0])
    assert decide(eve, subset, 20, [0, 0, 0], revision=2).error == ""
    assert decided_labels(subset) == {20: 0, 21: 0, 22: 0}


def test_the_author_of_an_overtaken_decision_learns_of_the_reopening(subset, dana):
    eve = make_user("eve", "admin")
    decide(dana, subset, 20, [1])
    decide(eve, subset, 20, None, stop=21, revision=1)

    outcome = decide(dana, subset, 20, [0], revision=1)

    assert outcome.error.startswith("eve reopened these frames before")


def test_a_page_does_not_overtake_itself(subset, dana):
    client = uuid4()

    outcomes = [
        decide(dana, subset, 20, values, stop=22, client=client)
        for values in ([1, 1], None, [0, 0])
    ]

    assert [each.error for each in outcomes] == ["", "", ""]
    assert decided_labels(subset) == {20: 0, 21: 0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 9}, "Frames 9 to 21 of trial"),
        ({"stop": 51}, "Frames 20 to 50 of trial"),
        ({"stop": 20}, "Frames 20 to 19 of trial"),
        ({"trial": 2**31 - 1}, "Frames 20 to 21 of trial 2147483647 are not"),
        (
            {"values": [1]},
            "This decision needs one of the labels [0, 1, 2]",
        ),
        (
            {"values": [1, 3]},
            "This decision needs one of the labels [0, 1, 2]",
        ),
        (
            {"values": [1, -1]},
            "This decision needs one of the labels [0, 1, 2]",
        ),
        ({"reasons": ["I say so"]}, "There is no reason 'I say so'. Choose from"),
        (
            {"revision": 1},
            "This decision was made on revision 1, but the log",
        ),
        ({"values": None}, "Frames 20 to 21 are not those of one decision"),
    ],
)
def test_an_invalid_decision_is_refused_with_a_message(subset, dana, change, message):
    draft = replace(draft_of(subset, 20, [1, 1]), **change)

    (outcome,) = record_decisions(
        user=dana, subset=subset, client=uuid4(), drafts=[draft]
    )

    assert outcome.error.startswith(message)
    assert outcome.decision is None
    assert decision_log(subset).count() == 0


def test_a_decision_never_overlaps_another_stretch(subset, dana):
    decide(dana, subset, 20, [1, 1, 0])

    outcome = decide(dana, subset, 22, [1, 1], revision=1)

    assert outcome.error.startswith("Frames 22 to 23 overlap frames 20 to 22")
    assert decided_labels(subset) == {20: 1, 21: 1, 22: 0}


@pytest.mark.parametrize("role", ["annotator", "viewer"])
def test_only_adjudicators_and_admins_decide(subset, role):
    with pytest.raises(NotAllowedError, match="Only an adjudicator or an admin can"):
        decide(make_user("vera", role), subset, 20, [1])


def draft_of(subset, start, values):
    return DecisionDraft(
        id=uuid4(),
        revision=0,
        trial=subset.clips.get().trial_id,
        start=start,
        stop=start + len(values),
        values=values,
        reasons=[],
        made_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    )
