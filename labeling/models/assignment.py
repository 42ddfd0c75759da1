"""Assignments, and the operations, labels and notes that annotators make in them."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from labeling.models.subset import Clip, Frame, Subset


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments, with the filters that the domain shares."""

    def active(self) -> Self:
        """Leave out withdrawn assignments."""
        return self.filter(withdrawn_at=None)

    def queued_in(self, subset: Subset | int) -> Self:
        """Return the assignments, withdrawn ones too, in the queues of a subset."""
        own = Q(clip__subset=subset, mixed_into=None)
        return self.filter(own | Q(mixed_into=subset))

    def without_gold(self) -> Self:
        """Leave out quality-check clips, whose labels do not count."""
        return self.filter(mixed_into=None)


class Assignment(models.Model):
    """A clip that one annotator labels in one pass."""

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="assignments")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    pass_number = models.PositiveSmallIntegerField(default=1)
    sees_scores = models.BooleanField(default=False)
    sees_others = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(
        default=0, help_text="Number of operations in the log of this assignment."
    )
    mixed_into = models.ForeignKey(
        Subset,
        null=True,
        on_delete=models.PROTECT,
        related_name="gold",
        help_text="For a quality-check clip: the subset in whose queue it is mixed, "
        "unmarked. Its labels do not count. Null: an ordinary assignment.",
    )
    place = models.PositiveIntegerField(
        default=0, help_text="Position in the annotator's queue of the subset."
    )
    saw_scores = models.BooleanField(
        default=False, help_text="The annotator saw scores under an earlier policy."
    )
    saw_others_at = models.DateTimeField(
        null=True,
        help_text="When the annotator first saw other annotators' labels of the clip.",
    )
    withdrawn_at = models.DateTimeField(
        null=True, help_text="When it was withdrawn. Its labels stay."
    )
    told_at = models.DateTimeField(
        null=True, help_text="When the annotator was notified that it was withdrawn."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager.from_queryset(AssignmentQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="assignment_once_for_each_pass",
                fields=["clip", "annotator", "pass_number"],
                condition=Q(mixed_into=None),
            ),
            models.UniqueConstraint(
                name="assignment_once_as_a_test",
                fields=["clip", "annotator"],
                condition=Q(mixed_into__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_told_only_when_withdrawn",
                condition=Q(told_at=None) | Q(withdrawn_at__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_passes_count_from_one",
                condition=Q(pass_number__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotator}: {self.clip}, pass {self.pass_number}"

    @property
    def queue_id(self) -> int:
        """The id of the subset in whose queue the assignment is."""
        return self.mixed_into_id or self.clip.subset_id


class Label(models.Model):
    """An annotator's label of a frame; only operations create or change labels."""

    class Value(models.IntegerChoices):
        """The values of a label; an unlabelled frame has no row."""

        NOT_TOUCH = 0, "not touch"
        TOUCH = 1, "touch"
        UNSURE = 2, "unsure"

    # No index of its own: the index of the unique constraint begins with this column.
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="labels", db_index=False
    )
    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="labels")
    value = models.SmallIntegerField(choices=Value)
    suggestion_shown = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="label_once_for_each_frame", fields=["assignment", "frame"]
            ),
            models.CheckConstraint(
                name="label_value_is_known", condition=Q(value__in=[0, 1, 2])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.frame}: {self.get_value_display()}"


class Note(models.Model):
    """An annotator's note on a frame; only operations create or change notes."""

    TEXT_MAX = 500

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="notes"
    )
    frame = models.ForeignKey(Frame, on_delete=models.PROTECT, related_name="notes")
    text = models.CharField(max_length=TEXT_MAX)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="note_once_for_each_frame", fields=["assignment", "frame"]
            ),
            models.CheckConstraint(name="note_has_a_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.frame}: {self.text}"


class Operation(models.Model):
    """One action of an annotator, in an append-only log.

    `runs` is a list of `[start, stop, value]`, half-open, counted from the trial's
    first frame; value is one of `Label.Value`, or null to remove the label.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    client = models.UUIDField()
    sequence = models.PositiveIntegerField()
    # No index of its own: the indexes of two unique constraints begin with it.
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="operations", db_index=False
    )
    made_on_revision = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(
        help_text="Position in the log of the assignment, from 1."
    )
    applied = models.BooleanField(
        help_text="False if another client changed the same frames in the meantime."
    )
    runs = models.JSONField()
    note = models.JSONField(
        null=True,
        help_text="`{frame, text}` of the note; an empty text removes it.",
    )
    gesture = models.PositiveIntegerField(
        null=True,
        help_text="Sequence number of the first operation of the same gesture.",
    )
    # No index of its own: that of `operation_undone_once` covers all undo operations.
    undoes = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        db_index=False,
    )
    suggestion_shown = models.BooleanField(default=False)
    made_at = models.DateTimeField(
        help_text="By the clock of the annotator's computer."
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["assignment", "revision"]
        # Pages read the log from its end, and it may be long.
        indexes = [models.Index(name="operation_latest_first", fields=["-made_at"])]
        constraints = [
            models.UniqueConstraint(
                name="operation_sequence_once_for_each_client",
                fields=["assignment", "client", "sequence"],
            ),
            models.UniqueConstraint(
                name="operation_revision_once", fields=["assignment", "revision"]
            ),
            models.UniqueConstraint(
                name="operation_undone_once",
                fields=["undoes"],
                condition=Q(applied=True, undoes__isnull=False),
            ),
            models.CheckConstraint(
                name="operation_counts_from_one",
                condition=Q(sequence__gte=1, revision__gte=1),
            ),
            models.CheckConstraint(
                name="operation_made_on_an_earlier_revision",
                condition=Q(made_on_revision__lt=F("revision")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} revision {self.revision}"
