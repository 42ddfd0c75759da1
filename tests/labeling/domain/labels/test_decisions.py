"""Adjudicators' answers: a log that only grows, of which the latest answers hold."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.labels.decisions import (
    SettlementDraft,
    record_settlements,
    settled_trials,
    settlement_log,
    standing_settlements,
)
from labeling.errors import NotAllowedError
from tests.factories import label, make_session, make_subset, make_user, settle

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


def settled_of(subset):
    trial = subset.clips.get().trial_id
    drawn = settled_trials([subset])[trial].values
    return {i: int(value) for i, value in enumerate(drawn) if value >= 0}


def test_an_answer_is_kept_with_who_and_why(subset, dana):
    outcome = settle(dana, subset, 20, [1, 1, 0], reasons=["onset late", "glance"])

    (kept,) = settlement_log(subset)
    assert (outcome.error, outcome.settlement) == ("", kept)
    assert (kept.adjudicator, kept.reasons) == (dana, ["onset late", "glance"])
    assert (kept.revision, kept.applied) == (1, True)
    assert settled_of(subset) == {20: 1, 21: 1, 22: 0}
    assert settled_trials([subset])[kept.trial_id].adjudicators == {"dana"}


def test_the_latest_answer_holds_and_the_log_keeps_all(subset, dana):
    settle(dana, subset, 20, [1, 1, 0])
    settle(dana, subset, 20, [0, 1, 2], revision=1)

    assert settled_of(subset) == {20: 0, 21: 1, 22: 2}
    assert [each.values for each in settlement_log(subset)] == [[1, 1, 0], [0, 1, 2]]


def test_a_stretch_that_was_opened_again_is_settled_no_more(subset, dana):
    settle(dana, subset, 20, [1, 1, 0])
    settle(dana, subset, 20, None, stop=23, revision=1)

    assert standing_settlements([subset]) == []
    assert settle(dana, subset, 18, [1, 1, 1, 1], revision=2).error == ""
    assert settled_of(subset) == {18: 1, 19: 1, 20: 1, 21: 1}


def test_an_answer_that_comes_again_counts_once(subset, dana):
    draft = draft_of(subset, 20, [1])
    client = uuid4()

    first, again = (
        record_settlements(user=dana, subset=subset, client=client, drafts=[draft])
        for _ in range(2)
    )

    assert first == again
    assert settlement_log(subset).count() == 1


def test_the_second_of_two_adjudicators_is_told_who_was_first(subset, dana):
    eve = make_user("eve", "adjudicator")
    settle(dana, subset, 20, [1, 1, 0])

    outcome = settle(eve, subset, 20, [0, 0, 0])

    assert outcome.error == (
        "dana settled this before your answer came: theirs holds, yours is kept in "
        "the log. Answer again to change it."
    )
    assert settled_of(subset) == {20: 1, 21: 1, 22: 0}
    kept = settlement_log(subset).get(adjudicator=eve)
    assert (kept.applied, kept.values) == (False, [0, 0, 0])
    assert settle(eve, subset, 20, [0, 0, 0], revision=2).error == ""
    assert settled_of(subset) == {20: 0, 21: 0, 22: 0}


def test_one_who_settles_what_was_opened_meanwhile_is_told(subset, dana):
    eve = make_user("eve", "admin")
    settle(dana, subset, 20, [1])
    settle(eve, subset, 20, None, stop=21, revision=1)

    outcome = settle(dana, subset, 20, [0], revision=1)

    assert outcome.error.startswith("eve opened this stretch again before")


def test_a_page_does_not_overtake_itself(subset, dana):
    client = uuid4()

    outcomes = [
        settle(dana, subset, 20, values, stop=22, client=client)
        for values in ([1, 1], None, [0, 0])
    ]

    assert [each.error for each in outcomes] == ["", "", ""]
    assert settled_of(subset) == {20: 0, 21: 0}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"start": 9}, "Expected frames of the subset's clips"),
        ({"stop": 51}, "Expected frames of the subset's clips"),
        ({"stop": 20}, "Expected frames of the subset's clips"),
        ({"trial": 2**31 - 1}, "Expected frames of the subset's clips"),
        ({"values": [1]}, "Expected a label of"),
        ({"values": [1, 3]}, "Expected a label of"),
        ({"values": [1, -1]}, "Expected a label of"),
        ({"reasons": ["I say so"]}, "Expected reasons of"),
        ({"revision": 1}, "Expected an answer on revision 0"),
        ({"values": None}, "Expected a settled stretch to open again"),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence(subset, dana, change, says):
    draft = replace(draft_of(subset, 20, [1, 1]), **change)

    (outcome,) = record_settlements(
        user=dana, subset=subset, client=uuid4(), drafts=[draft]
    )

    assert outcome.error.startswith(says)
    assert outcome.settlement is None
    assert settlement_log(subset).count() == 0


def test_an_answer_never_overlaps_another_stretch(subset, dana):
    settle(dana, subset, 20, [1, 1, 0])

    outcome = settle(dana, subset, 22, [1, 1], revision=1)

    assert outcome.error.startswith("Expected a stretch of its own")
    assert settled_of(subset) == {20: 1, 21: 1, 22: 0}


@pytest.mark.parametrize("role", ["annotator", "viewer"])
def test_only_adjudicators_and_admins_settle(subset, role):
    with pytest.raises(NotAllowedError, match="Only an adjudicator or an admin can"):
        settle(make_user("vera", role), subset, 20, [1])


def draft_of(subset, start, values):
    return SettlementDraft(
        id=uuid4(),
        revision=0,
        trial=subset.clips.get().trial_id,
        start=start,
        stop=start + len(values),
        values=values,
        reasons=[],
        made_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    )
