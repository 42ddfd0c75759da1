"""Clips that annotators give back with a note, and what admins make of them."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labeling.domain.assignments.assigning import check_may_assign
from labeling.domain.assignments.withdrawal import withdraw
from labeling.domain.subsets.curation import locked_subset
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, ClipReturn, Subset, User


@transaction.atomic
def return_clip(*, assignment: Assignment, note: str) -> ClipReturn:
    """Give a clip back with a note; its labels stay, and it waits for an admin.

    A clip that is with the admin already gets the new note too.
    """
    note = note.strip()
    if not note or len(note) > ClipReturn.NOTE_MAX:
        raise LabelingError(
            f"Expected a note of 1 to {ClipReturn.NOTE_MAX} characters on why the clip "
            f"goes back, found {len(note)}: say what is wrong with it."
        )
    assignment = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if assignment.withdrawn_at is not None:
        raise LabelingError(
            "Expected a clip of your queue, found one that an admin has taken back "
            "already: there is nothing to return."
        )
    earlier = assignment.returns.filter(answer=ClipReturn.Answer.NONE).first()
    if earlier is None:
        return ClipReturn.objects.create(assignment=assignment, note=note)
    earlier.note = note
    earlier.save(update_fields=["note"])
    return earlier


def open_returns(subset: Subset) -> QuerySet[ClipReturn]:
    """Return what annotators gave back and nobody has answered yet."""
    queued = Assignment.objects.active().queued_in(subset)
    returns = ClipReturn.objects.filter(
        assignment__in=queued, answer=ClipReturn.Answer.NONE
    )
    return returns.select_related(
        "assignment__annotator", "assignment__clip__trial__session"
    )


def returns_of(user: User) -> QuerySet[ClipReturn]:
    """Return what this annotator gave back and waits for an answer."""
    standing = Assignment.objects.active().filter(annotator=user)
    return ClipReturn.objects.filter(
        assignment__in=standing, answer=ClipReturn.Answer.NONE
    )


@transaction.atomic
def answer_return(
    *,
    user: User | None,
    subset: Subset,
    pk: int,
    answer: ClipReturn.Answer,
    taker: User | None = None,
) -> str:
    """Give a clip back to its annotator, on to a taker, or take it out.

    Return the sentence on what was done. Of two admins the first one's answer holds.
    """
    check_may_assign(user)
    subset = locked_subset(subset)
    clip_return = (
        ClipReturn.objects.filter(pk=pk)
        .select_related("assignment__annotator", "assignment__clip")
        .first()
    )
    if clip_return is None or clip_return.assignment.queue_id != subset.pk:
        raise NotFoundError(f"There is no returned clip {pk} in {subset}.")
    if clip_return.answer:
        raise LabelingError(
            f"Expected a return that nobody has answered, found that the clip was "
            f"{clip_return.get_answer_display()} by {clip_return.answered_by} "
            "meanwhile: look where it is now."
        )
    clip_return.answer = answer
    clip_return.answered_by = user
    clip_return.answered_at = timezone.now()
    clip_return.save()
    assignment = clip_return.assignment
    if answer == ClipReturn.Answer.SENT_BACK:
        return f"The clip is in the queue of {assignment.annotator} again."
    if answer == ClipReturn.Answer.REASSIGNED and taker is None:
        raise LabelingError("Expected somebody to give the clip to, found nobody.")
    takers = [taker] if taker and answer == ClipReturn.Answer.REASSIGNED else []
    done = withdraw(
        user=user,
        subset=subset,
        annotator=assignment.annotator,
        takers=takers,
        only=assignment,
    )
    if takers and not done.given:
        raise LabelingError(
            f"Expected somebody who has not this clip yet, found {taker}: choose "
            "another annotator."
        )
    return str(done)
