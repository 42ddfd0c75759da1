"""Clips that were taken back while their annotator may still be labelling them."""

from datetime import datetime

from django.utils import timezone

from labeling.errors import LabelingError
from labeling.models import Assignment


def tell_withdrawn(assignment: Assignment) -> str:
    """Return the sentence for a clip that was taken back; from now on it is known."""
    if assignment.told_at is None:
        assignment.told_at = timezone.now()
        untold = Assignment.objects.filter(
            pk=assignment.pk, told_at=None, withdrawn_at__isnull=False
        )
        untold.update(told_at=assignment.told_at)
    return (
        "An admin took this clip back: what you labelled in it is kept, and nothing "
        "more is asked of you here. Go on with your next clip."
    )


def check_in_time(assignment: Assignment, made_at: datetime) -> None:
    """Refuse what an annotator did after being told; all before belongs to the log."""
    told_at = assignment.told_at
    if assignment.withdrawn_at and told_at and made_at > told_at:
        raise LabelingError(
            "Expected nothing more in this clip, found a label made after you were "
            "told that it was taken back: keep what is saved, or download yours."
        )
