"""Withdrawal: labels stay, and unfinished clips go to other annotators."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from labeling.domain.assignments.assigning import AssignmentRequest, assign_clips
from labeling.domain.assignments.labelling import (
    assignment_to_open,
    assignments_for,
    next_assignment,
)
from labeling.domain.assignments.withdrawal import (
    set_policy,
    usual_takers,
    withdraw,
)
from labeling.domain.labels.operations import label_values, record_operations
from labeling.domain.labels.sources import MAJORITY, source_labels
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import Assignment, Label
from labeling.pages.subset_rows import annotator_rows
from tests.factories import label, make_draft, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cleo")]


@pytest.fixture
def subset(people):
    """Six clips of 40 frames; ada has all, ben and cleo two each."""
    subset = make_subset(make_session(n_frames=[100] * 6))
    assign_clips(
        user=None, subset=subset, request=AssignmentRequest(annotators=people[:1])
    )
    clips = list(subset.clips.all())
    for clip, annotator in zip(clips, (*people[1:], *people[1:]), strict=False):
        Assignment.objects.create(clip=clip, annotator=annotator)
    return subset


def clips_of(user):
    return [each.clip_id for each in assignments_for(user)]


def test_unfinished_clips_go_to_annotators_with_the_fewest_frames_left(subset, people):
    ada, ben, cleo = people
    first, second = assignments_for(ada)[:2]
    label(first, (10, 50, 0))
    label(second, (10, 30, 1))

    done = withdraw(user=None, subset=subset, annotator=ada, takers=[ben, cleo])

    assert (done.n_withdrawn, done.n_not_reassigned) == (5, 0)
    assert clips_of(ada) == [first.clip_id]
    assert (len(clips_of(ben)), len(clips_of(cleo))) in [(5, 4), (4, 5)]
    assert all(len(set(clips)) == len(clips) for clips in map(clips_of, people))
    assert Label.objects.filter(assignment=second).count() == 20
    assert str(done).startswith("Clips: 5 withdrawn from ada; reassigned ")


def test_a_clip_that_every_taker_has_is_not_reassigned(subset, people):
    ada, ben, _ = people

    done = withdraw(user=None, subset=subset, annotator=ada, takers=[ben])

    assert (done.n_withdrawn, done.reassigned, done.n_not_reassigned) == (
        6,
        {ben: 4},
        2,
    )
    assert str(done) == (
        "Clips: 6 withdrawn from ada; reassigned 4 to ben; 2 not reassigned, because "
        "the chosen annotators already have them. All labels stay."
    )


def test_labels_of_withdrawn_clips_still_count(subset, people):
    ada = people[0]
    label(assignments_for(ada)[0], (10, 30, 1))

    withdraw(user=None, subset=subset, annotator=ada)

    (labels,) = source_labels(MAJORITY, [subset])
    assert labels.annotators == {"ada"}
    assert labels.values[10:30].tolist() == [1] * 20


def test_admins_still_see_annotators_of_withdrawn_clips(subset, people):
    ada, boss = people[0], make_user("boss", "admin")

    withdraw(user=boss, subset=subset, annotator=ada)

    (row,) = [r for r in annotator_rows(boss, subset) if r.annotator == ada]
    assert (row.n_clips, row.n_withdrawn) == (0, 6)


def test_a_restored_assignment_continues_where_it_stopped(subset, people):
    ada = people[0]
    second = assignments_for(ada)[1]
    label(second, (10, 30, 1))
    withdraw(user=None, subset=subset, annotator=ada)

    assign_clips(user=None, subset=subset, request=AssignmentRequest(annotators=[ada]))

    assert len(clips_of(ada)) == 6
    assert Assignment.objects.filter(annotator=ada).count() == 6
    assert (label_values(second)[:20] == 1).all()


def test_gold_and_repeat_clips_are_not_reassigned(people):
    subset = make_subset(make_session(n_frames=[100] * 6), name="other")
    ada, ben, _ = people
    request = AssignmentRequest(annotators=[ada], again_share=0.5)
    assign_clips(user=None, subset=subset, request=request)

    done = withdraw(user=None, subset=subset, annotator=ada, takers=[ben])

    assert (done.n_withdrawn, done.reassigned) == (9, {ben: 6})


def test_operations_made_before_the_notice_enter_the_log(subset, people):
    ada = people[0]
    assignment = assignments_for(ada)[0]
    withdraw(user=None, subset=subset, annotator=ada)

    receipt = label(assignment, (10, 20, 1))

    assert [each.applied for each in receipt.operations] == [True]
    assert receipt.withdrawn.startswith("An admin withdrew this clip. ")
    assert (label_values(assignment)[:10] == 1).all()


def test_operations_made_after_the_notice_are_refused_one_by_one(subset, people):
    ada = people[0]
    assignment = assignments_for(ada)[0]
    withdraw(user=None, subset=subset, annotator=ada)
    label(assignment, (10, 20, 1))
    assignment.refresh_from_db()
    early = make_draft((20, 25, 0), sequence=1, revision=1)
    late = make_draft((25, 30, 0), sequence=2, revision=1)
    late = replace(late, made_at=timezone.now() + timedelta(seconds=5))

    receipt = record_operations(
        assignment=assignment, client=uuid4(), drafts=[early, late]
    )

    assert [each.id for each in receipt.operations] == [early.id]
    (refused,) = receipt.refused
    assert refused.id == late.id
    assert "after the notice that an admin withdrew" in refused.error


def test_opening_a_withdrawn_clip_shows_the_notice(subset, people):
    ada = people[0]
    first, second = assignments_for(ada)[:2]
    withdraw(user=None, subset=subset, annotator=ada, only=first)

    with pytest.raises(NotAllowedError, match="An admin withdrew this clip"):
        assignment_to_open(ada, first.pk)
    assert next_assignment(first) == second
    assert Assignment.objects.get(pk=first.pk).told_at is not None


def test_prefetching_a_withdrawn_clip_does_not_notify_its_annotator(subset, people):
    ada = people[0]
    first = assignments_for(ada)[0]
    withdraw(user=None, subset=subset, annotator=ada, only=first)

    with pytest.raises(NotAllowedError, match="was withdrawn"):
        assignment_to_open(ada, first.pk, ahead=True)

    first.refresh_from_db()
    assert first.told_at is None


def test_labels_made_with_scores_stay_marked_after_a_policy_change(subset, people):
    ada = people[0]
    policy = {"user": None, "subset": subset, "annotator": ada, "sees_others": False}
    set_policy(**policy, sees_scores=True)
    set_policy(**policy, sees_scores=False)
    assignment = assignments_for(ada)[0]
    draft = make_draft((10, 20, 1), suggestion_shown=True)

    record_operations(assignment=assignment, client=uuid4(), drafts=[draft])

    assert not assignment.sees_scores
    assert Label.objects.filter(assignment=assignment, suggestion_shown=True).exists()


def test_the_usual_takers_are_the_other_active_annotators(subset, people):
    ada, ben, cleo = people
    cleo.is_active = False
    cleo.save()

    assert usual_takers(subset, ada) == [ben]


def test_a_deactivated_account_takes_no_clips(subset, people):
    ada, ben, _ = people
    ben.is_active = False
    ben.save()

    with pytest.raises(LabelingError, match="ben may not label"):
        withdraw(user=None, subset=subset, annotator=ada, takers=[ben])

    assert len(clips_of(ada)) == 6
