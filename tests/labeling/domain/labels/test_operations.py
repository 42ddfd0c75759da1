"""Operations: each one is recorded once, and labels follow from the log."""

from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from labeling.domain.labels.operations import (
    label_values,
    record_operations,
    record_own_operations,
    replayed_values,
)
from labeling.domain.labels.runs import runs_of
from labeling.errors import NotFoundError
from labeling.models import Frame, Label, Operation
from tests.factories import label, make_assignment, make_draft, make_user

pytestmark = pytest.mark.django_db


def labelled_runs(assignment):
    return runs_of(label_values(assignment), first=assignment.clip.start)


def test_operations_become_labels_in_the_order_in_which_they_were_made():
    assignment = make_assignment()
    drafts = [
        make_draft((10, 30, 0), sequence=1),
        make_draft((15, 20, 1), (25, 26, 2), sequence=2),
        make_draft((12, 13, None), sequence=3),
    ]

    receipt = record_operations(assignment=assignment, client=uuid4(), drafts=drafts)

    assert receipt.revision == 3
    assert receipt.labels is None
    assert labelled_runs(assignment) == [
        (10, 12, 0), (13, 15, 0), (15, 20, 1), (20, 25, 0), (25, 26, 2), (26, 30, 0),
    ]  # fmt: skip


def test_a_batch_that_arrives_twice_is_recorded_once():
    assignment, client = make_assignment(), uuid4()
    drafts = [make_draft((10, 20, 1)), make_draft((20, 30, 0), sequence=2)]
    record_operations(assignment=assignment, client=client, drafts=drafts)

    again = record_operations(assignment=assignment, client=client, drafts=drafts)

    assert again.revision == 2
    assert [operation.revision for operation in again.operations] == [1, 2]
    assert Operation.objects.count() == 2
    assert labelled_runs(assignment) == [(10, 20, 1), (20, 30, 0)]


def test_a_refused_operation_does_not_hold_up_others():
    assignment, client = make_assignment(), uuid4()
    drafts = [
        make_draft((10, 20, 1)),
        make_draft((45, 51, 1), sequence=2),
        make_draft((30, 40, 0), sequence=3),
    ]

    receipt = record_operations(assignment=assignment, client=client, drafts=drafts)
    again = record_operations(assignment=assignment, client=client, drafts=drafts)

    (refusal,) = receipt.refused
    assert refusal.id == drafts[1].id
    assert refusal.error.startswith("Frames [45, 51) are not in this clip")
    assert [each.id for each in receipt.operations] == [drafts[0].id, drafts[2].id]
    # The client already showed the refused labels: the receipt has the recorded ones.
    assert receipt.labels == [(10, 20, 1), (30, 40, 0)]
    assert again == receipt
    assert Operation.objects.count() == 2
    assert labelled_runs(assignment) == receipt.labels


def test_an_operation_that_arrives_after_a_later_one_is_refused():
    assignment, client = make_assignment(), uuid4()
    later = make_draft((10, 11, 1), sequence=2)
    record_operations(assignment=assignment, client=client, drafts=[later])
    earlier = make_draft((10, 11, 0), sequence=1)

    receipt = record_operations(assignment=assignment, client=client, drafts=[earlier])

    assert receipt.operations == []
    assert receipt.refused[0].error.startswith("Operation 1 of this page arrived after")
    assert labelled_runs(assignment) == [(10, 11, 1)]


def test_an_operation_on_a_future_revision_is_refused():
    assignment = make_assignment()

    receipt = record_operations(
        assignment=assignment,
        client=uuid4(),
        drafts=[make_draft((10, 11, 1), revision=5)],
    )

    assert "on revision 5, but the log ends at revision 0" in receipt.refused[0].error
    assert labelled_runs(assignment) == []


def test_an_unknown_label_is_refused():
    receipt = label(make_assignment(), (10, 11, 3))

    assert receipt.refused[0].error.startswith("There is no label ")


def test_an_operation_overtaken_on_its_frames_is_logged_but_not_applied():
    assignment = make_assignment()
    label(assignment, (10, 20, 1))
    late = make_draft((15, 25, 0), revision=0)

    receipt = record_operations(assignment=assignment, client=uuid4(), drafts=[late])

    assert receipt.labels == [(10, 20, 1)]
    assert Operation.objects.get(pk=late.id).applied is False
    assert labelled_runs(assignment) == [(10, 20, 1)]


def test_an_operation_on_other_frames_is_applied_however_late():
    assignment = make_assignment()
    label(assignment, (10, 20, 1))
    late = make_draft((20, 25, 0), revision=0)

    receipt = record_operations(assignment=assignment, client=uuid4(), drafts=[late])

    # The client did not have the other's labels yet: the receipt has them.
    assert receipt.operations[0].applied is True
    assert receipt.labels == [(10, 20, 1), (20, 25, 0)]
    assert labelled_runs(assignment) == receipt.labels


def test_an_undone_operation_stays_in_the_log_and_is_undone_once():
    assignment, client = make_assignment(), uuid4()
    receipt = record_operations(
        assignment=assignment, client=client, drafts=[make_draft((10, 20, 1))]
    )
    (first,) = receipt.operations
    undo = make_draft((10, 20, None), sequence=2, revision=1, undoes=first)
    record_operations(assignment=assignment, client=client, drafts=[undo])
    twice = make_draft((10, 20, None), sequence=3, revision=2, undoes=first)

    refused = record_operations(assignment=assignment, client=client, drafts=[twice])

    assert "cannot be undone" in refused.refused[0].error
    assert labelled_runs(assignment) == []
    assert Operation.objects.get(pk=undo.id).undoes_id == first.id


def test_an_undo_that_was_overtaken_can_be_tried_again():
    assignment, client = make_assignment(), uuid4()
    receipt = record_operations(
        assignment=assignment, client=client, drafts=[make_draft((10, 20, 1))]
    )
    (first,) = receipt.operations
    label(assignment, (12, 13, 0))
    late = make_draft((10, 20, None), sequence=2, revision=1, undoes=first)
    record_operations(assignment=assignment, client=client, drafts=[late])
    again = make_draft((10, 20, None), sequence=3, revision=3, undoes=first)

    record_operations(assignment=assignment, client=client, drafts=[again])

    assert Operation.objects.get(pk=late.id).applied is False
    assert labelled_runs(assignment) == []


def test_an_undo_after_the_undo_of_another_device_is_overtaken():
    assignment, client = make_assignment(), uuid4()
    first = make_draft((10, 20, 1))
    record_operations(assignment=assignment, client=client, drafts=[first])
    theirs = replace(make_draft((10, 20, None), revision=1), undoes=first.id)
    record_operations(assignment=assignment, client=uuid4(), drafts=[theirs])
    ours = replace(make_draft((10, 20, None), sequence=2, revision=1), undoes=first.id)
    of_none = replace(ours, id=uuid4(), sequence=3, undoes=uuid4())

    receipt = record_operations(
        assignment=assignment, client=client, drafts=[ours, of_none]
    )

    assert receipt.operations == [(ours.id, 3, False, assignment.pk)]
    assert [each.id for each in receipt.refused] == [of_none.id]
    assert receipt.labels == labelled_runs(assignment) == []


def test_an_operation_whose_frames_have_no_rows_is_not_acknowledged():
    assignment = make_assignment()
    Frame.objects.filter(index=15).delete()

    with pytest.raises(IntegrityError, match="have no rows"):
        label(assignment, (10, 20, 1))

    assert Operation.objects.count() == 0


def test_a_blind_annotator_saw_no_suggestion_even_if_the_client_reports_one():
    blind = make_assignment()
    draft = make_draft((10, 11, 1), suggestion_shown=True)

    record_operations(assignment=blind, client=uuid4(), drafts=[draft])

    assert Label.objects.get().suggestion_shown is False


def test_an_operation_of_another_assignment_is_refused():
    assignment, client = make_assignment(), uuid4()
    draft = make_draft((10, 11, 1))
    record_operations(assignment=assignment, client=client, drafts=[draft])
    other = type(assignment).objects.create(
        clip=assignment.clip, annotator=assignment.annotator, pass_number=2
    )

    receipt = record_operations(assignment=other, client=client, drafts=[draft])

    assert "in the log of another assignment" in receipt.refused[0].error
    assert Operation.objects.get().assignment == assignment


def test_users_cannot_label_in_assignments_of_others():
    assignment = make_assignment()
    draft, stranger = make_draft((10, 11, 1)), make_user("stranger")

    for user, pk in ((stranger, assignment.pk), (assignment.annotator, 10**20)):
        with pytest.raises(NotFoundError, match=f"no assignment {pk} of yours"):
            record_own_operations(user=user, pk=pk, client=uuid4(), drafts=[draft])

    assert Operation.objects.count() == 0


def test_an_operation_and_its_undo_may_be_in_one_batch():
    assignment, client = make_assignment(), uuid4()
    first = make_draft((10, 20, 1))
    undo = replace(make_draft((10, 20, None), sequence=2), undoes=first.id)
    again = replace(make_draft((10, 20, 1), sequence=3), undoes=undo.id)
    twice = replace(make_draft((10, 20, None), sequence=4), undoes=first.id)

    receipt = record_operations(
        assignment=assignment, client=client, drafts=[first, undo, again, twice]
    )

    log = Operation.objects.order_by("revision")
    assert [each.id for each in receipt.operations] == [each.pk for each in log]
    assert [each.undoes_id for each in log] == [None, first.id, undo.id]
    assert [each.id for each in receipt.refused] == [twice.id]
    assert labelled_runs(assignment) == [(10, 20, 1)]


def test_each_label_records_whether_a_suggestion_was_shown():
    assignment = make_assignment(sees_scores=True)
    drafts = [
        make_draft((10, 20, 1), suggestion_shown=True),
        make_draft((15, 25, 1), sequence=2),
    ]

    record_operations(assignment=assignment, client=uuid4(), drafts=drafts)

    shown = Label.objects.filter(suggestion_shown=True).values_list("frame__index")
    assert [index for (index,) in shown.order_by("frame__index")] == [*range(10, 15)]
    assert Label.objects.count() == 15


def test_labels_equal_the_replayed_log_after_many_random_operations():
    assignment, client = make_assignment(), uuid4()
    rng = np.random.default_rng(7)
    drafts = []
    for sequence in range(1, 301):
        start, stop = sorted(rng.choice(np.arange(10, 51), 2, replace=False).tolist())
        value = [None, 0, 1, 2][rng.integers(4)]
        drafts.append(make_draft((start, stop, value), sequence=sequence))
    while drafts:
        size = rng.integers(1, 12)
        batch, drafts = drafts[:size], drafts[size:]
        record_operations(assignment=assignment, client=client, drafts=batch)

    assert label_values(assignment).tolist() == replayed_values(assignment).tolist()


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_the_log(change):
    label(make_assignment(), (10, 11, 1))
    operations = Operation.objects.all()

    with pytest.raises(IntegrityError, match="the log only grows"):
        operations.update(runs=[]) if change == "update" else operations.delete()


def test_the_database_refuses_a_label_outside_the_clip():
    assignment = make_assignment()
    frame = Frame.objects.create(trial=assignment.clip.trial, index=50)

    with pytest.raises(IntegrityError, match="outside the clip"), transaction.atomic():
        Label.objects.create(assignment=assignment, frame=frame, value=1)
