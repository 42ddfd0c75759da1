"""Notes: recorded by operations, beside the labels."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from labeling.domain.labels.notes import notes_of
from labeling.domain.labels.operations import (
    applied_operations,
    labels_and_revision,
    record_operations,
    replayed_values,
)
from labeling.models import Frame, Note
from tests.factories import make_assignment, make_draft

pytestmark = pytest.mark.django_db


def record(assignment, *drafts, client=None):
    assignment.refresh_from_db()
    return record_operations(
        assignment=assignment, client=client or uuid4(), drafts=drafts
    )


def test_a_note_is_written_changed_and_removed():
    assignment, client = make_assignment(), uuid4()
    record(
        assignment,
        make_draft((10, 20, 1), sequence=1),
        make_draft(sequence=2, note=(12, "a hair")),
        make_draft(sequence=3, note=(15, "blurred")),
        make_draft(sequence=4, note=(12, "two <b>hairs</b>")),
        client=client,
    )
    assert notes_of(assignment) == [(12, "two <b>hairs</b>"), (15, "blurred")]

    record(assignment, make_draft(sequence=5, note=(12, "")), client=client)
    assert labels_and_revision(assignment) == {
        "revision": 5, "labels": [(10, 20, 1)], "notes": [(15, "blurred")]
    }  # fmt: skip
    assert (replayed_values(assignment) >= 0).sum() == 10


def test_an_overtaken_note_is_logged_but_not_shown():
    assignment = make_assignment()
    record(assignment, make_draft(note=(12, "theirs")))

    receipt = record(assignment, make_draft(note=(12, "mine")))

    assert [operation.applied for operation in receipt.operations] == [False]
    assert receipt.notes == [(12, "theirs")]
    assert notes_of(assignment) == [(12, "theirs")]


@pytest.mark.parametrize(
    ("note", "error"),
    [
        ((50, "late"), r"Frame 50 is not in this clip"),
        ((12, "x" * 501), "has 501 characters. Shorten it to 500"),
    ],
)
def test_a_note_outside_the_clip_or_too_long_is_refused(note, error):
    assignment = make_assignment()

    receipt = record(assignment, make_draft(note=note))

    assert [refusal.id for refusal in receipt.refused]
    assert pytest.importorskip("re").search(error, receipt.refused[0].error)
    assert notes_of(assignment) == []


def test_the_database_refuses_a_note_outside_the_clip():
    assignment = make_assignment()
    frame = Frame.objects.create(trial=assignment.clip.trial, index=90)

    with pytest.raises(IntegrityError, match="outside the clip"), transaction.atomic():
        Note.objects.create(assignment=assignment, frame=frame, text="lost")


def test_the_history_has_applied_operations_with_their_gestures():
    assignment, client = make_assignment(), uuid4()
    first = make_draft((10, 20, 1), sequence=1, gesture=1)
    second = make_draft((20, 21, 0), sequence=2, gesture=1, note=(20, "end"))
    record(assignment, first, second, client=client)
    record(assignment, make_draft((15, 16, 2)))

    log = applied_operations(assignment)

    assert [(row["id"], row["gesture"], row["revision"]) for row in log[:2]] == [
        (first.id, 1, 1), (second.id, 1, 2)
    ]  # fmt: skip
    assert log[1]["note"] == {"frame": 20, "text": "end"}
    assert {row["client"] for row in log[:2]} == {client}
