"""Clips that annotators gave back, with what they wrote and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.assignment import Assignment


class ClipReturn(models.Model):
    """One return of a clip by its annotator; kept when it is answered."""

    NOTE_MAX = 500

    class Answer(models.TextChoices):
        """What an admin did with it."""

        NONE = "", "not answered"
        GIVEN_BACK = "given_back", "given back"
        GIVEN_ON = "given_on", "given to somebody else"
        TAKEN_BACK = "taken_back", "taken out of the queue"

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
