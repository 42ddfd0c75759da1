"""Withdrawn clips while their annotator may still have them open."""

from datetime import datetime

from django.utils import timezone

from labeling.errors import LabelingError
from labeling.models import Assignment


def notify_withdrawn(assignment: Assignment) -> str:
    """Return the notice that a clip was withdrawn; mark its annotator as notified."""
    if assignment.told_at is None:
        assignment.told_at = timezone.now()
        not_notified = Assignment.objects.filter(
            pk=assignment.pk, told_at=None, withdrawn_at__isnull=False
        )
        not_notified.update(told_at=assignment.told_at)
    return (
        "An admin withdrew this clip. Your labels in it are saved, and you need not "
        "label the rest. Continue with your next clip."
    )


def check_made_before_notice(assignment: Assignment, made_at: datetime) -> None:
    """Refuse an operation that was made after its annotator was notified.

    Operations from before the notice still belong in the log.
    """
    told_at = assignment.told_at
    if assignment.withdrawn_at and told_at and made_at > told_at:
        raise LabelingError(
            "This label was made after the notice that an admin withdrew the clip. "
            "Keep what is saved, or download yours."
        )
