"""Annotators' work by week, from the log of operations."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from labeling.domain.agreement.weekly_work import (
    labelled_clips,
    monday_of,
    week_name,
    weekly_work,
)
from labeling.domain.labels.operations import label_values, record_operations
from labeling.domain.labels.progress import work_in_subset
from labeling.models import Assignment, Trial
from tests.factories import (
    label,
    make_assignment,
    make_draft,
    make_session,
    make_subset,
    make_user,
)

pytestmark = pytest.mark.django_db

# The last minute of a Sunday: 30 seconds later, the next week begins.
SUNDAY = datetime(2026, 11, 22, 23, 59, 30, tzinfo=UTC)


def at(seconds):
    return SUNDAY + timedelta(seconds=seconds)


def weeks_of(work):
    return [
        (each.week, each.active_seconds, each.frames, each.touches) for each in work
    ]


def test_labels_and_active_time_belong_to_the_week_in_which_they_were_made():
    assignment = make_assignment(start=0, stop=40)
    label(assignment, (0, 10, 0), made_at=at(0))
    label(assignment, (10, 20, 1), made_at=at(20))
    label(assignment, (20, 25, 1), (30, 40, 1), made_at=at(45))
    label(assignment, (25, 30, 2), made_at=at(75))

    work = weekly_work()

    # The touch from 10 to 25 began on Sunday.
    assert weeks_of(work) == [(202647, 20, 20, 1), (202648, 55, 20, 1)]
    assert {each.annotator for each in work} == {assignment.annotator_id}


def test_pauses_longer_than_thirty_seconds_do_not_count():
    assignment = make_assignment(start=0, stop=40)
    for frame, seconds in enumerate((0, 30, 61, 70)):
        label(assignment, (frame, frame + 1, 0), made_at=at(seconds - 3600))

    assert weeks_of(weekly_work()) == [(202647, 39, 4, 0)]


def test_a_frame_counts_in_the_week_of_its_current_label():
    assignment = make_assignment(start=0, stop=40)
    label(assignment, (0, 20, 1), made_at=at(0))
    label(assignment, (5, 10, 0), (0, 2, None), made_at=at(100))
    label(assignment, (8, 10, 1), made_at=at(101))

    (clip,) = labelled_clips()

    assert clip.values.tolist() == label_values(assignment).tolist()
    assert (
        clip.weeks.tolist()
        == [-1] * 2 + [202647] * 3 + [202648] * 5 + [202647] * 10 + [-1] * 20
    )
    assert weeks_of(weekly_work()) == [(202647, 0, 13, 1), (202648, 1, 5, 1)]


def test_an_outdated_operation_is_activity_without_labels():
    assignment = make_assignment(start=0, stop=40)
    label(assignment, (0, 10, 1), made_at=at(0))
    stale = make_draft((0, 10, 0), made_at=at(10))

    receipt = record_operations(assignment=assignment, client=uuid4(), drafts=[stale])

    assert [each.applied for each in receipt.operations] == [False]
    assert weeks_of(weekly_work()) == [(202647, 10, 10, 1)]


def test_switching_clips_and_excluded_trials_count_as_work():
    subset = make_subset(make_session(), start=0, stop=40)
    ada = make_user("ada")
    for seconds, clip in enumerate(subset.clips.all()):
        assignment = Assignment.objects.create(clip=clip, annotator=ada)
        label(assignment, (0, 40, 0), made_at=at(20 * seconds - 600))
    Trial.objects.filter(number=2).update(excluded_because="a glove")

    assert weeks_of(weekly_work()) == [(202647, 20, 80, 0)]


def test_each_annotator_has_separate_rows_and_every_pass_counts():
    assignment = make_assignment(make_user("ada"), start=0, stop=40)
    again = Assignment.objects.create(
        clip=assignment.clip, annotator=assignment.annotator, pass_number=2
    )
    other = Assignment.objects.create(clip=assignment.clip, annotator=make_user("ben"))
    for each in (assignment, again, other):
        label(each, (0, 10, 1))

    ada, ben = assignment.annotator, other.annotator

    assert {each.annotator: each.frames for each in weekly_work()} == {
        ada.pk: 20,
        ben.pk: 10,
    }
    assert [each.frames for each in weekly_work(ada)] == [20]
    assert [clip.pass_number for clip in labelled_clips()] == [1, 1, 2]


def test_a_week_has_the_same_figures_as_the_page_of_the_subset():
    assignment = make_assignment(start=0, stop=40)
    for frame in range(0, 40, 4):
        label(assignment, (frame, frame + 3, frame % 8 // 4), made_at=at(frame - 900))

    (week,) = weekly_work(assignment.annotator)

    work = work_in_subset(assignment.annotator, assignment.clip.subset_id)
    assert (week.active_seconds, week.frames, week.touches) == (
        work.active_seconds,
        work.labelled,
        work.touches,
    )


def test_a_week_belongs_to_its_iso_year():
    assignment = make_assignment(start=0, stop=40)
    label(assignment, (0, 10, 1), made_at=datetime(2027, 1, 2, tzinfo=UTC))

    (work,) = weekly_work()

    assert (work.week, week_name(work.week)) == (202653, "2026-W53")
    assert (monday_of(202653), week_name(202701)) == (date(2026, 12, 28), "2027-W01")


def test_there_are_no_rows_without_operations():
    make_assignment()

    assert (weekly_work(), list(labelled_clips())) == ([], [])
