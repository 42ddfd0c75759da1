"""Notes: texts that annotators write on frames of a clip, beside the labels."""

from collections.abc import Iterable
from dataclasses import dataclass

from labeling.errors import LabelingError
from labeling.models import Assignment, Frame, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """A note as its client sent it; an empty text removes the note of the frame."""

    frame: int
    text: str


def notes_of(assignment: Assignment) -> list[tuple[int, str]]:
    """Return frame and text of the notes of an assignment, in frame order."""
    rows = Note.objects.filter(assignment=assignment).order_by("frame__index")
    return list(rows.values_list("frame__index", "text"))


def check_note(assignment: Assignment, note: NoteDraft) -> None:
    """Refuse a note outside the clip, or one that is too long."""
    clip = assignment.clip
    if not clip.start <= note.frame < clip.stop:
        raise LabelingError(
            f"Frame {note.frame} is not in this clip. Write notes on frames of "
            f"[{clip.start}, {clip.stop})."
        )
    if len(note.text) > Note.TEXT_MAX:
        raise LabelingError(
            f"The note has {len(note.text)} characters. Shorten it to {Note.TEXT_MAX}."
        )


def write_notes(assignment: Assignment, notes: Iterable[NoteDraft]) -> None:
    """Write the notes of a batch of operations; the last note of a frame holds."""
    texts = {note.frame: note.text for note in notes}
    if not texts:
        return
    trial = assignment.clip.trial_id
    removed = [frame for frame, text in texts.items() if not text]
    Note.objects.filter(assignment=assignment, frame__index__in=removed).delete()
    frames = Frame.objects.filter(trial=trial, index__in=set(texts) - set(removed))
    Note.objects.bulk_create(
        (
            Note(assignment=assignment, frame=frame, text=texts[frame.index])
            for frame in frames
        ),
        update_conflicts=True,
        unique_fields=["assignment", "frame"],
        update_fields=["text"],
    )
