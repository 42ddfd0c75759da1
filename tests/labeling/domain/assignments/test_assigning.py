"""Assigning: clips go to annotators evenly, once, with unmarked quality checks."""

import pytest

from labeling.domain.agreement.gathered_labels import gathered_labels
from labeling.domain.agreement.scope import Scope
from labeling.domain.assignments.assigning import (
    AssignmentRequest,
    assign_clips,
    assignment_sentence,
    plan_assignments,
)
from labeling.domain.assignments.gold import gold_clips
from labeling.domain.assignments.labelling import (
    assign_subset,
    assignments_for,
    label_state,
)
from labeling.domain.labels.sources import MAJORITY, source_labels
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import Assignment
from tests.factories import decide, label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cleo")]


@pytest.fixture
def subset():
    """Twelve clips of 40 frames."""
    return make_subset(make_session(n_frames=[100] * 12))


def assign(subset, people, **choice):
    request = AssignmentRequest(annotators=people, **choice)
    return assign_clips(user=None, subset=subset, request=request)


def queue_of(user):
    return [
        ("gold" if each.mixed_into_id else each.pass_number, each.clip_id)
        for each in assignments_for(user)
    ]


def adjudicated_subset(session, *, start, name):
    """A subset of dan and eve, who agree except on one frame, which is decided."""
    subset = make_subset(session, start=start, stop=start + 10, name=name)
    for username, onset in (("dan", 3), ("eve", 4)):
        user = make_user(username)
        assign_subset(user=None, subset=subset, annotators=[user])
        for each in Assignment.objects.filter(annotator=user):
            label(each, (start, start + 10, 0))
            label(each, (start + onset, start + 8, 1))
    boss = make_user("boss", "adjudicator")
    for clip in subset.clips.all():
        decide(boss, subset, start + 3, [1], trial=clip.trial_id)
    return subset


def test_each_clip_goes_to_two_of_three_evenly(subset, people):
    assign(subset, people, each_to=2)

    assert [len(queue_of(user)) for user in people] == [8, 8, 8]
    assert all(clip.assignments.count() == 2 for clip in subset.clips.all())


def test_assigning_again_assigns_only_missing_clips(subset, people):
    assign(subset, people[:2], each_to=1)

    again = assign(subset, people, each_to=1)
    more = assign(subset, people, each_to=2)

    assert assignment_sentence(again).startswith("No clips assigned: ")
    assert assignment_sentence(more) == "Clips assigned: 2 to ada, 2 to ben, 8 to cleo."
    assert all(clip.assignments.count() == 2 for clip in subset.clips.all())


def test_the_plan_is_carried_out(subset, people):
    choice = {"each_to": 2, "again_share": 0.25, "seed": 5}

    plan = plan_assignments(
        subset=subset, request=AssignmentRequest(annotators=people, **choice)
    )
    assigned = assign(subset, people, **choice)

    assert plan == assigned
    assert plan != plan_assignments(
        subset=subset, request=AssignmentRequest(annotators=people, each_to=2, seed=6)
    )


def test_assigning_freezes_the_subset(subset, people):
    assign(subset, people)

    subset.refresh_from_db()
    assert subset.frozen_at is not None


def test_repeat_clips_come_after_their_first_pass(subset, people):
    ada = people[0]

    (queue,) = assign(subset, [ada], again_share=0.25, seed=2)

    order = queue_of(ada)
    seconds = [clip for number, clip in order if number == 2]
    assert (len(order), len(seconds), queue.n_frames) == (15, 3, 15 * 40)
    for clip in seconds:
        assert order.index((2, clip)) - order.index((1, clip)) > 3


def test_ids_of_rows_follow_the_queue_and_so_reveal_nothing(subset, people):
    assign(subset, people, again_share=0.5)

    pks = [each.pk for each in assignments_for(people[0])]
    assert pks == sorted(pks)
    assert [clip for _, clip in queue_of(people[0])] != sorted(
        clip for _, clip in queue_of(people[0])
    )


def test_gold_has_two_agreeing_annotators_or_a_decision(people):
    session = make_session(n_frames=[100] * 2)
    subset = make_subset(session, start=40, stop=50)
    source = adjudicated_subset(session, start=10, name="settled")
    one = source.clips.first()
    label(one.assignments.first(), (12, 13, 2))

    assert gold_clips(subset) == [source.clips.last()]


def test_gold_is_of_a_session_of_the_subset(people):
    adjudicated_subset(make_session("other"), start=10, name="settled")

    assert gold_clips(make_subset(make_session(), start=40, stop=50)) == []


def test_gold_has_a_length_of_the_subset(people):
    session = make_session(n_frames=[100] * 2)
    adjudicated_subset(session, start=10, name="settled")

    assert gold_clips(make_subset(session, start=40, stop=60)) == []


def test_gold_is_mixed_into_the_queue_and_does_not_count(people):
    session = make_session(n_frames=[100] * 4)
    subset = make_subset(session, start=40, stop=50)
    source = adjudicated_subset(session, start=10, name="settled")
    before = [each.values.tolist() for each in source_labels(MAJORITY, [source])]
    ada = people[0]

    (queue,) = assign(subset, [ada], gold_share=0.5)

    golds = [each for each in assignments_for(ada) if each.mixed_into_id]
    assert (len(golds), queue.n_gold_wanted) == (2, 2)
    assert {each.clip.subset for each in golds} == {source}
    assert {each.queue_id for each in assignments_for(ada)} == {subset.pk}
    for each in golds:
        label(each, (10, 20, 2))
    after = [each.values.tolist() for each in source_labels(MAJORITY, [source])]
    assert after == before
    assert [u.username for u in gathered_labels(Scope(source), None).annotators] == [
        "dan", "eve",
    ]  # fmt: skip


def test_reasons_are_hidden_because_they_would_reveal_gold(people):
    session = make_session(n_frames=[100] * 4)
    subset = make_subset(session, start=40, stop=50)
    adjudicated_subset(session, start=10, name="settled")
    ada, ben, _ = people

    assign(subset, [ada], gold_share=0.5, sees_scores=True)
    assign(subset, [ben], sees_scores=True)

    shown = [
        {label_state(each)["clip"]["reason"] for each in assignments_for(user)}
        for user in (ada, ben)
    ]
    assert shown == [{None}, {"random"}]


def test_annotators_get_no_gold_that_they_labelled_or_may_look_up(people):
    session = make_session(n_frames=[100] * 2)
    subset = make_subset(session, start=40, stop=50)
    source = adjudicated_subset(session, start=10, name="settled")
    dan = source.clips.first().assignments.get(annotator__username="dan").annotator
    boss = make_user("carl", "adjudicator")

    queues = assign(subset, [dan, boss], gold_share=0.5)

    assert [(queue.gold, queue.n_gold_wanted) for queue in queues] == [([], 1)] * 2


def test_more_annotators_for_each_clip_than_there_are_is_refused(subset, people):
    with pytest.raises(LabelingError, match="cannot go to 4 of 3 annotators"):
        assign(subset, people, each_to=4)

    assert not Assignment.objects.exists()


@pytest.mark.parametrize("kind", ["again_share", "gold_share"])
def test_extra_clips_are_refused_for_annotators_who_see_others(subset, people, kind):
    with pytest.raises(
        LabelingError, match="Quality-check clips and repeat clips must be blind"
    ):
        assign(subset, people, sees_others=True, **{kind: 0.1})


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_only_an_admin_assigns(subset, people, role):
    with pytest.raises(NotAllowedError):
        assign_clips(
            user=make_user("eve", role),
            subset=subset,
            request=AssignmentRequest(annotators=people),
        )


def test_a_deactivated_account_gets_no_clips(subset, people):
    people[0].is_active = False
    people[0].save()

    with pytest.raises(LabelingError, match="ada may not label"):
        assign(subset, people)
