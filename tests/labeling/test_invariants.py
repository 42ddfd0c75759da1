"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, transaction

from labeling.models import (
    Backbone,
    Clip,
    Frame,
    Job,
    LabelSnapshot,
    ModelVersion,
    Scores,
    Session,
    Trial,
)
from tests.factories import (
    make_assignment,
    make_session,
    make_subset,
    make_version,
)

pytestmark = pytest.mark.django_db


def refused(match):
    return pytest.raises(IntegrityError, match=match)


def test_a_session_name_is_used_once():
    make_session("one")

    with refused("session_name"), transaction.atomic():
        make_session("one")


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("height_px", 0, "session_frames_have_a_size"),
        ("rate_hz", 0, "session_rate_is_positive"),
        ("scale_px_per_mm", -1, "session_scale_is_positive"),
    ],
)
def test_a_session_has_sizes_above_zero(field, value, match):
    session = make_session()

    with refused(match), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(**{field: value})


def test_a_clip_starts_before_it_stops():
    subset = make_subset(make_session(n_frames=[100]))
    trial = Trial.objects.get()

    with refused("clip_start_before_stop"), transaction.atomic():
        Clip.objects.create(subset=subset, trial=trial, start=60, stop=60)


def test_a_clip_lies_inside_its_trial():
    subset = make_subset(make_session(n_frames=[100]))
    trial = Trial.objects.get()

    with refused("leaves its trial"), transaction.atomic():
        Clip.objects.create(subset=subset, trial=trial, start=60, stop=101)


def test_a_frame_lies_inside_its_trial():
    make_session(n_frames=[100])

    with refused("behind the end"), transaction.atomic():
        Frame.objects.create(trial=Trial.objects.get(), index=100)


def test_a_clip_is_assigned_once_for_each_pass():
    assignment = make_assignment()

    with refused("assignment_once_for_each_pass"), transaction.atomic():
        type(assignment).objects.create(
            clip=assignment.clip, annotator=assignment.annotator
        )


def test_a_trial_keeps_the_role_that_it_drew():
    make_session(n_frames=[100])
    trials = Trial.objects.all()
    trials.update(role=Trial.Role.HELD_OUT)

    with refused("a role is drawn once"), transaction.atomic():
        trials.update(role=Trial.Role.TRAIN)

    assert trials.get().role == Trial.Role.HELD_OUT


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("model", [Backbone, ModelVersion, LabelSnapshot])
def test_backbones_versions_and_snapshots_never_change(model, change):
    make_version()
    LabelSnapshot.objects.create(
        sha256="1" * 64,
        source="majority",
        subsets=[],
        annotators=[],
        n_trials=0,
        n_frames=0,
        n_touches=0,
        trials=[],
    )
    rows = model.objects.all()
    field = {"Backbone": "name", "ModelVersion": "origin", "LabelSnapshot": "source"}

    with refused("never changes"), transaction.atomic():
        if change == "update":
            rows.update(**{field[model.__name__]: "changed"})
        else:
            rows._raw_delete("default")


def test_scores_are_four_bytes_for_each_frame():
    make_session(n_frames=[100])

    with refused("scores_are_a_float32_a_frame"), transaction.atomic():
        Scores.objects.create(
            trial=Trial.objects.get(),
            version=make_version(),
            n_frames=100,
            values=bytes(403),
        )


def test_a_job_is_never_more_than_done():
    with refused("job_progress_within_bounds"), transaction.atomic():
        Job.objects.create(kind="score", done=2, total=1)
