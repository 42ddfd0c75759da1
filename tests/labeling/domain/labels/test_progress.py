"""Labelling progress: frames done and left, and the pace in active time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from labeling.domain.labels.operations import record_operations
from labeling.domain.labels.progress import (
    LabellingProgress,
    progress_in_subset,
    work_in_subset,
)
from tests.factories import make_assignment, make_draft, make_user

pytestmark = pytest.mark.django_db


def label_at(assignment, *made):
    """Label runs, each so many seconds after noon."""
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    drafts = [
        replace(
            make_draft(run, sequence=number), made_at=noon + timedelta(seconds=seconds)
        )
        for number, (seconds, run) in enumerate(made, start=1)
    ]
    record_operations(assignment=assignment, client=uuid4(), drafts=drafts)


def test_pauses_over_half_a_minute_do_not_count_as_active_time():
    assignment = make_assignment()
    label_at(
        assignment,
        (0, (10, 20, 1)),
        (20, (20, 22, 0)),
        (50, (22, 24, 1)),
        (81, (24, 25, 2)),
        (91, (30, 31, 1)),
    )

    work = work_in_subset(assignment.annotator, assignment.clip.subset_id)

    assert work.active_seconds == 20 + 30 + 10
    assert work.last_made_at == datetime(2026, 11, 22, 12, 1, 31, tzinfo=UTC)
    assert (work.labelled, work.touches) == (16, 3)
    assert (work.frames_per_minute, work.touches_per_minute) == (16, 3)


def test_a_touch_that_begins_a_gap_after_another_is_its_own():
    assignment = make_assignment()
    label_at(assignment, (0, (10, 12, 1)), (1, (13, 14, 1)))

    work = work_in_subset(assignment.annotator, assignment.clip.subset_id)

    assert work.touches == 2


def test_work_counts_for_its_own_annotator_alone():
    assignment = make_assignment()
    label_at(assignment, (0, (10, 20, 1)), (10, (20, 30, 0)))

    work = work_in_subset(make_user("bob"), assignment.clip.subset_id)

    assert (work.active_seconds, work.labelled, work.touches) == (0, 0, 0)
    assert work.frames_per_minute is None


def test_progress_counts_labelled_and_assigned_frames():
    assignment = make_assignment()
    label_at(assignment, (0, (10, 20, 1)), (1, (10, 12, None)))

    progress = progress_in_subset(assignment.annotator, assignment.clip.subset_id)

    assert progress == LabellingProgress(labelled=8, total=40)
    assert progress.percent == 20
