"""Returns: an annotator returns a clip with a note, and an admin answers once."""

import pytest

from labeling.domain.assignments.labelling import (
    assign_subset,
    assignments_for,
    left_to_label,
    next_assignment,
)
from labeling.domain.assignments.returns import (
    answer_return,
    open_returns,
    return_clip,
    returns_of,
)
from labeling.domain.assignments.withdrawal import withdraw
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import ClipReturn, Label
from tests.factories import label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db
ANSWER = ClipReturn.Answer


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def subset(ada):
    subset = make_subset(make_session(n_frames=[100] * 3))
    assign_subset(user=None, subset=subset, annotators=[ada])
    return subset


@pytest.fixture
def returned(ada, subset):
    """Ada's first clip, half labelled and returned."""
    first = assignments_for(ada)[0]
    label(first, (10, 30, 0))
    return return_clip(assignment=first, note="  The pole is out of the picture. ")


def answer(returned, subset, what, **more):
    return answer_return(
        user=make_user("boss", "admin"),
        subset=subset,
        pk=returned.pk,
        answer=what,
        **more,
    )


def test_a_returned_clip_waits_for_an_admin_with_its_labels(ada, subset, returned):
    first, second, third = assignments_for(ada)

    assert [each.note for each in open_returns(subset)] == [
        "The pole is out of the picture."
    ]
    assert list(left_to_label(assignments_for(ada))) == [second, third]
    assert next_assignment(third) == second
    assert first.is_returned
    assert Label.objects.filter(assignment=first).count() == 20


def test_a_clip_returned_twice_is_one_return_with_the_latest_note(ada, returned):
    return_clip(assignment=returned.assignment, note="Blurred")

    assert [each.note for each in returns_of(ada)] == ["Blurred"]


def test_a_clip_that_is_sent_back_is_in_the_queue_again(ada, subset, returned):
    sentence = answer(returned, subset, ANSWER.SENT_BACK)

    assert sentence == "The clip is in the queue of ada again."
    assert len(left_to_label(assignments_for(ada))) == 3


def test_a_reassigned_clip_is_in_the_queue_of_the_other_annotator(
    ada, subset, returned
):
    ben = make_user("ben")

    answer(returned, subset, ANSWER.REASSIGNED, taker=ben)

    assert [each.clip_id for each in assignments_for(ben)] == [
        returned.assignment.clip_id
    ]
    assert len(assignments_for(ada)) == 2
    assert Label.objects.filter(assignment=returned.assignment).count() == 20


def test_a_finished_clip_can_be_reassigned(ada, subset, returned):
    label(returned.assignment, (30, 50, 2))
    ben = make_user("ben")

    sentence = answer(returned, subset, ANSWER.REASSIGNED, taker=ben)

    assert sentence.startswith("Clips: 1 withdrawn from ada; reassigned 1 to ben.")
    assert (assignments_for(ada).count(), assignments_for(ben).count()) == (2, 1)


def test_reassigning_to_an_annotator_who_has_the_clip_is_refused(ada, subset, returned):
    ben = make_user("ben")
    assign_subset(user=None, subset=subset, annotators=[ben])

    with pytest.raises(LabelingError, match="ben already has this clip"):
        answer(returned, subset, ANSWER.REASSIGNED, taker=ben)

    assert open_returns(subset).get() == returned


def test_a_withdrawn_clip_is_in_no_queue(ada, subset, returned):
    answer(returned, subset, ANSWER.WITHDRAWN)

    assert len(assignments_for(ada)) == 2
    assert not open_returns(subset).exists()


def test_the_second_admin_learns_the_answer_of_the_first(subset, returned):
    answer(returned, subset, ANSWER.SENT_BACK)

    with pytest.raises(LabelingError, match="was sent back to its annotator by boss"):
        answer_return(
            user=make_user("chef", "admin"),
            subset=subset,
            pk=returned.pk,
            answer=ANSWER.WITHDRAWN,
        )


def test_withdrawing_all_clips_answers_the_return(ada, subset, returned):
    withdraw(user=None, subset=subset, annotator=ada)

    returned.refresh_from_db()
    assert returned.answer == ANSWER.WITHDRAWN
    with pytest.raises(LabelingError, match="An admin has already withdrawn this clip"):
        return_clip(assignment=returned.assignment, note="again")


@pytest.mark.parametrize("note", ["", "  ", "x" * 501])
def test_a_return_needs_a_note(ada, subset, note):
    with pytest.raises(LabelingError, match="Write 1 to 500 characters"):
        return_clip(assignment=assignments_for(ada)[0], note=note)


def test_only_an_admin_answers_and_only_in_its_subset(ada, subset, returned):
    other = make_subset(subset.clips.first().trial.session, start=60, stop=70, name="o")

    with pytest.raises(NotFoundError):
        answer(returned, other, ANSWER.SENT_BACK)
    with pytest.raises(NotAllowedError):
        answer_return(user=ada, subset=subset, pk=returned.pk, answer=ANSWER.SENT_BACK)
