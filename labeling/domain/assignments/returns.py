"""Returns: clips that annotators return with a note, and the admins' answers."""

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
    """Return a clip with a note to the admins; its labels stay.

    If the clip is already returned, the new note replaces the old one.
    """
    note = note.strip()
    if not note or len(note) > ClipReturn.NOTE_MAX:
        raise LabelingError(
            f"The note has {len(note)} characters. Write 1 to {ClipReturn.NOTE_MAX} "
            "characters on what is wrong with the clip."
        )
    assignment = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if assignment.withdrawn_at is not None:
        raise LabelingError(
            "An admin has already withdrawn this clip, so it cannot be returned. "
            "Continue with the next clip."
        )
    earlier = assignment.returns.filter(answer=ClipReturn.Answer.NONE).first()
    if earlier is None:
        return ClipReturn.objects.create(assignment=assignment, note=note)
    earlier.note = note
    earlier.save(update_fields=["note"])
    return earlier


def open_returns(subset: Subset) -> QuerySet[ClipReturn]:
    """Return the unanswered returns of a subset."""
    queued = Assignment.objects.active().queued_in(subset)
    returns = ClipReturn.objects.filter(
        assignment__in=queued, answer=ClipReturn.Answer.NONE
    )
    return returns.select_related(
        "assignment__annotator", "assignment__clip__trial__session"
    )


def returns_of(user: User) -> QuerySet[ClipReturn]:
    """Return an annotator's own unanswered returns."""
    active = Assignment.objects.active().filter(annotator=user)
    return ClipReturn.objects.filter(
        assignment__in=active, answer=ClipReturn.Answer.NONE
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
    """Send a returned clip back to its annotator, reassign it, or withdraw it.

    Return a sentence that says what was done. If two admins answer, the first answer
    holds.
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
            f"This return is already answered: the clip was "
            f"{clip_return.get_answer_display()} by {clip_return.answered_by}. Reload "
            "the page."
        )
    clip_return.answer = answer
    clip_return.answered_by = user
    clip_return.answered_at = timezone.now()
    clip_return.save()
    assignment = clip_return.assignment
    if answer == ClipReturn.Answer.SENT_BACK:
        return f"The clip is in the queue of {assignment.annotator} again."
    if answer == ClipReturn.Answer.REASSIGNED and taker is None:
        raise LabelingError("No annotator chosen. Choose who gets the clip.")
    takers = [taker] if taker and answer == ClipReturn.Answer.REASSIGNED else []
    done = withdraw(
        user=user,
        subset=subset,
        annotator=assignment.annotator,
        takers=takers,
        only=assignment,
    )
    if takers and not done.reassigned:
        raise LabelingError(f"{taker} already has this clip. Choose another annotator.")
    return str(done)
