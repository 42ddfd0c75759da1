"""Invariants: what the database itself refuses."""

from uuid import uuid4

import numpy as np
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from labeling.domain.accounts.administration import change_account
from labeling.domain.versions.scores import save_scores
from labeling.models import (
    AccountEvent,
    Assignment,
    Backbone,
    Clip,
    Frame,
    Job,
    Label,
    LabelSnapshot,
    ModelVersion,
    Operation,
    Scores,
    Session,
    Settlement,
    Trial,
)
from tests.factories import (
    decide,
    label,
    make_assignment,
    make_session,
    make_subset,
    make_user,
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
        ("rate_hz", float("inf"), "session_rate_is_positive"),
        ("scale_px_per_mm", float("nan"), "session_scale_is_positive"),
        ("scale_px_per_mm", -1, "session_scale_is_positive"),
    ],
)
def test_a_session_has_sizes_above_zero(field, value, match):
    session = make_session()

    with refused(match), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(**{field: value})


def test_the_log_of_accounts_only_grows():
    dana, ada = make_user("dana", "admin"), make_user("ada")
    change_account(user=dana, account=ada, role="viewer")
    events = AccountEvent.objects.all()

    for change in (lambda: events.update(role_after="admin"), events.delete):
        with refused("the log of accounts only grows"), transaction.atomic():
            change()
    with refused("role_changes_to_another"), transaction.atomic():
        events.create(kind="role", account=ada, done_by=dana, role_after="admin")


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


def test_a_drawn_role_never_changes():
    make_session(n_frames=[100])
    trials = Trial.objects.all()
    trials.update(role=Trial.Role.HELD_OUT)

    with refused("a role is drawn once"), transaction.atomic():
        trials.update(role=Trial.Role.TRAIN)

    assert trials.get().role == Trial.Role.HELD_OUT


@pytest.mark.parametrize(
    ("model", "change", "match"),
    [
        (Trial, {"n_frames": 5}, "stays where it is"),
        (Trial, {"first_row": 5}, "stays where it is"),
        (Clip, {"stop": 11}, "a clip never changes"),
        (Frame, {"index": 99}, "a chosen frame never changes"),
        (Label, {"frame": None}, "stays with its frame"),
    ],
)
def test_rows_that_labels_refer_to_never_change(model, change, match):
    label(make_assignment(), (10, 12, 1))
    rows = model.objects.all()
    if model is Label:
        change = {"frame": Frame.objects.last()}

    with refused(match), transaction.atomic():
        rows.update(**change)


def test_an_operation_undoes_only_one_of_its_own_assignment():
    assignment = make_assignment()
    receipt = label(assignment, (10, 12, 1))
    other = Assignment.objects.create(
        clip=assignment.clip, annotator=assignment.annotator, pass_number=2
    )
    operation = Operation.objects.get(pk=receipt.operations[0].id)

    with refused("of another assignment"), transaction.atomic():
        Operation.objects.create(
            client=operation.client,
            sequence=1,
            assignment=other,
            made_on_revision=0,
            revision=1,
            applied=True,
            runs=[],
            undoes=operation,
            made_at=operation.made_at,
        )


def test_an_operation_is_undone_once():
    assignment = make_assignment()
    made = label(assignment, (10, 12, 1)).operations[0].id
    undo = {
        "client": uuid4(),
        "assignment": assignment,
        "made_on_revision": 0,
        "applied": True,
        "runs": [],
        "undoes_id": made,
        "made_at": Operation.objects.get().made_at,
    }
    Operation.objects.create(sequence=1, revision=2, **undo)

    with refused("operation_undone_once"), transaction.atomic():
        Operation.objects.create(sequence=2, revision=3, **undo)


@pytest.mark.parametrize("model", list(apps.get_app_config("labeling").get_models()))
def test_the_database_has_every_constraint_and_index_that_a_model_names(model):
    meta = model._meta
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, meta.db_table)

    # A migration that changes a field may take along what it should leave.
    named = {each.name for each in (*meta.constraints, *meta.indexes)}
    assert named - set(there) == set()


def test_scores_are_of_the_whole_trial():
    make_session(n_frames=[100])

    with refused("not of the whole trial"), transaction.atomic():
        save_scores(
            trial=Trial.objects.get(),
            version=make_version(),
            scores=np.zeros(99, np.float32),
        )


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
            n_touches=0,
        )


def test_the_progress_of_a_job_is_at_most_its_total():
    with refused("job_progress_within_bounds"), transaction.atomic():
        Job.objects.create(kind="score", done=2, total=1)


def test_a_job_has_a_known_kind():
    for kind in Job.Kind:
        Job.objects.create(kind=kind)

    with refused("job_kind_is_known"), transaction.atomic():
        Job.objects.create(kind="no such kind")


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_log_of_decisions_only_grows(change):
    subset = make_subset(make_session(n_frames=[100]))
    decide(make_user("dana", "adjudicator"), subset, 10, [1])
    rows = Settlement.objects.all()

    with refused("the log only grows"), transaction.atomic():
        if change == "update":
            rows.update(values=[0])
        else:
            rows._raw_delete("default")


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"start": 9}, "outside the clips"),
        ({"stop": 51}, "outside the clips"),
        ({"start": 12, "values": None}, "settlement_start_before_stop"),
        ({"values": [1]}, "settlement_has_a_value_for_each_frame"),
        ({"values": [1, 3]}, "settlement_values_are_known"),
        ({"revision": 1}, "settlement_revision_once"),
        ({"made_on_revision": 2}, "settlement_made_on_an_earlier_revision"),
    ],
)
def test_a_decision_fits_its_stretch(fields, match):
    subset = make_subset(make_session(n_frames=[100]))
    decide(make_user("dana", "adjudicator"), subset, 10, [1, 1])
    stored = Settlement.objects.get()
    stored.pk = uuid4()
    stored.revision = 2
    for name, value in fields.items():
        setattr(stored, name, value)

    with refused(match), transaction.atomic():
        stored.save(force_insert=True)
