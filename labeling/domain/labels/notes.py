"""Notes: what an annotator wrote on frames of a clip, beside the labels."""

from collections.abc import Iterable
from dataclasses import dataclass

from labeling.errors import LabelingError
from labeling.models import Assignment, Frame, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDraft:
    """A note as its client wrote it; an empty text removes the one that is there."""

    frame: int
    text: str


def notes_of(assignment: Assignment) -> list[tuple[int, str]]:
    """Return frame and text of an assignment's notes, in frame order."""
    rows = Note.objects.filter(assignment=assignment).order_by("frame__index")
    return list(rows.values_list("frame__index", "text"))


def check_note(assignment: Assignment, note: NoteDraft) -> None:
    """Refuse a note that lies outside the clip or is too long."""
    clip = assignment.clip
    if not clip.start <= note.frame < clip.stop:
        raise LabelingError(
            f"Expected a note on a frame of [{clip.start}, {clip.stop}), found frame "
            f"{note.frame}: only frames of the clip take notes."
        )
    if len(note.text) > Note.TEXT_MAX:
        raise LabelingError(
            f"Expected a note of at most {Note.TEXT_MAX} characters, found "
            f"{len(note.text)}: shorten it."
        )


def write_notes(assignment: Assignment, notes: Iterable[NoteDraft]) -> None:
    """Bring the notes up to date, the latest last; part of recording operations."""
    texts = {note.frame: note.text for note in notes}
    if not texts:
        return
    trial = assignment.clip.trial_id
    gone = [frame for frame, text in texts.items() if not text]
    Note.objects.filter(assignment=assignment, frame__index__in=gone).delete()
    frames = Frame.objects.filter(trial=trial, index__in=set(texts) - set(gone))
    Note.objects.bulk_create(
        (
            Note(assignment=assignment, frame=frame, text=texts[frame.index])
            for frame in frames
        ),
        update_conflicts=True,
        unique_fields=["assignment", "frame"],
        update_fields=["text"],
    )
