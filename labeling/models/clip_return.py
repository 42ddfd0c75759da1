"""Clips that annotators returned with a note, and the admins' answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.assignment import Assignment


class ClipReturn(models.Model):
    """One return of a clip by its annotator; it stays after it is answered."""

    NOTE_MAX = 500

    class Answer(models.TextChoices):
        """An admin's answer to a return."""

        NONE = "", "not answered"
        SENT_BACK = "given_back", "sent back to its annotator"
        REASSIGNED = "given_on", "reassigned"
        WITHDRAWN = "taken_back", "withdrawn"

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="returns"
    )
    note = models.CharField(max_length=NOTE_MAX)
    returned_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(
        max_length=10, choices=Answer, default=Answer.NONE, blank=True
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="clip_return_open_once",
                fields=["assignment"],
                condition=Q(answer=""),
            ),
            models.CheckConstraint(
                name="clip_return_has_a_note", condition=~Q(note="")
            ),
            models.CheckConstraint(
                name="clip_return_answer_has_a_time",
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment}, returned"
