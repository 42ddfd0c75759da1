"""Who labels what, and what they said."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from labeling.models.subset import Clip, Frame, Subset


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments, and which of them stand in whose queue."""

    def standing(self) -> Self:
        """Leave out what was taken back."""
        return self.filter(withdrawn_at=None)

    def queued_in(self, subset: Subset | int) -> Self:
        """Return what stands, or stood, in the queue of a subset."""
        own = Q(clip__subset=subset, mixed_into=None)
        return self.filter(own | Q(mixed_into=subset))

    def voting(self) -> Self:
        """Leave out tests of an annotator against what is settled."""
        return self.filter(mixed_into=None)


class Assignment(models.Model):
    """A clip that one annotator labels, once for each pass."""

    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="assignments")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    pass_number = models.PositiveSmallIntegerField(default=1)
    sees_scores = models.BooleanField(default=False)
    sees_others = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(
        default=0, help_text="How many operations its log holds."
    )
    mixed_into = models.ForeignKey(
        Subset,
        null=True,
        on_delete=models.PROTECT,
        related_name="gold",
        help_text="A settled clip that tests its annotator, unmarked, in the queue of "
        "this subset: its labels have no vote. Null: it is in its own subset's.",
    )
    place = models.PositiveIntegerField(
        default=0, help_text="In its annotator's queue of the subset."
    )
    saw_scores = models.BooleanField(
        default=False, help_text="Under an earlier policy its annotator saw scores."
    )
    saw_others_at = models.DateTimeField(
        null=True,
        help_text="When its annotator was first shown what others say of the clip.",
    )
    withdrawn_at = models.DateTimeField(
        null=True, help_text="When it was taken back; its labels stay."
    )
    told_at = models.DateTimeField(
        null=True, help_text="When its annotator was told that it was taken back."
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
        """The subset in whose queue it stands."""
        return self.mixed_into_id or self.clip.subset_id


class Label(models.Model):
    """What an annotator says of a frame; made by operations and by nothing else."""

    class Value(models.IntegerChoices):
        """No row means: not labelled."""

        NOT_TOUCH = 0, "not touch"
        TOUCH = 1, "touch"
        UNSURE = 2, "unsure"

    # No index of its own: that of the frames of an assignment begins with it.
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
    """What an annotator wrote on a frame; made by operations and by nothing else."""

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
    """One action of an annotator, in a log that only grows.

    `runs` is a list of `[start, stop, value]`, half-open, counted from the trial's
    first frame; value is one of `Label.Value`, or null for "not labelled".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    client = models.UUIDField()
    sequence = models.PositiveIntegerField()
    # No index of its own: those of its sequences and revisions begin with it.
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="operations", db_index=False
    )
    made_on_revision = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(help_text="Its place in the log, from 1.")
    applied = models.BooleanField(
        help_text="False: another client had changed the same frames meanwhile."
    )
    runs = models.JSONField()
    note = models.JSONField(
        null=True, help_text="`{frame, text}` of the note it wrote; no text removes it."
    )
    gesture = models.PositiveIntegerField(
        null=True,
        help_text="Sequence number of the first operation of the same gesture.",
    )
    # No index of its own: that of what is undone once holds all that undo anything.
    undoes = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        db_index=False,
    )
    suggestion_shown = models.BooleanField(default=False)
    made_at = models.DateTimeField(help_text="By the annotator's own clock.")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["assignment", "revision"]
        # The log is read from its end, however long it is.
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
