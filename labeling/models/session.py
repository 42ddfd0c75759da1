"""A recording session and its trials."""

from typing import Self

from django.db import models
from django.db.models import F, Q

# Postgres sorts NaN above every number, infinity included.
INFINITY = float("inf")


class Session(models.Model):
    """One recording: a session file below the data root, with its metadata."""

    name = models.CharField(max_length=200, unique=True)
    file = models.CharField(
        max_length=500, unique=True, help_text="Path relative to the data root."
    )
    fingerprint = models.CharField(
        max_length=64,
        unique=True,
        help_text="Hash of the file's frames; copies of a file have equal hashes.",
    )
    height_px = models.PositiveIntegerField()
    width_px = models.PositiveIntegerField()
    rate_hz = models.FloatField(default=1000.0)
    animal = models.CharField(max_length=100, blank=True)
    rig = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    scale_px_per_mm = models.FloatField(null=True, blank=True)
    published_version = models.ForeignKey(
        "labeling.ModelVersion", null=True, blank=True, on_delete=models.PROTECT
    )
    imported_at = models.DateTimeField(auto_now_add=True)
    tracking = models.JSONField(
        null=True,
        blank=True,
        help_text="The tracking request, if the videos were tracked here.",
    )

    is_simulated = models.BooleanField(
        default=False,
        editable=False,
        help_text="The session file has the mark of the simulator.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="session_frames_have_a_size",
                condition=Q(height_px__gt=0, width_px__gt=0),
            ),
            models.CheckConstraint(
                name="session_rate_is_positive",
                condition=Q(rate_hz__gt=0, rate_hz__lt=INFINITY),
                violation_error_message="The rate is not a number above 0 Hz.",
            ),
            models.CheckConstraint(
                name="session_scale_is_positive",
                condition=Q(scale_px_per_mm__isnull=True)
                | Q(scale_px_per_mm__gt=0, scale_px_per_mm__lt=INFINITY),
                violation_error_message="The scale is not a number above 0 px per mm.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrialQuerySet(models.QuerySet["Trial"]):
    """Trials, with the filters that the domain shares."""

    def included(self) -> Self:
        """Leave out excluded trials."""
        return self.filter(excluded_because="")


class Trial(models.Model):
    """One video of a session: a run of rows in the session's file."""

    class Role(models.TextChoices):
        """The part of a trial in training; drawn once, then never changed."""

        UNDRAWN = "", "not drawn"
        TRAIN = "train", "train"
        VALIDATION = "validation", "validation"
        HELD_OUT = "held_out", "held-out"

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="trials"
    )
    number = models.PositiveIntegerField()
    video_name = models.CharField(max_length=300, blank=True)
    first_row = models.PositiveBigIntegerField()
    n_frames = models.PositiveIntegerField()
    role = models.CharField(
        max_length=10, choices=Role, default=Role.UNDRAWN, blank=True
    )
    excluded_because = models.CharField(
        max_length=300,
        blank=True,
        help_text="The reason to exclude this trial; empty for an included trial.",
    )
    pole_up = models.FloatField(
        null=True,
        blank=True,
        help_text="First frame with the pole in reach, entered by hand.",
    )
    pole_down = models.FloatField(
        null=True,
        blank=True,
        help_text="Frame from which the pole is no longer in reach, entered by hand.",
    )

    objects = models.Manager.from_queryset(TrialQuerySet)()

    class Meta:
        ordering = ["session", "first_row"]
        constraints = [
            models.UniqueConstraint(
                name="trial_number_once_in_a_session", fields=["session", "number"]
            ),
            models.UniqueConstraint(
                name="trial_rows_once_in_a_session", fields=["session", "first_row"]
            ),
            models.CheckConstraint(
                name="trial_has_frames", condition=Q(n_frames__gt=0)
            ),
            models.CheckConstraint(
                name="trial_role_is_known",
                condition=Q(role__in=["", "train", "validation", "held_out"]),
            ),
            models.CheckConstraint(
                name="trial_pole_times_are_a_pair_in_order",
                condition=Q(pole_up__isnull=True, pole_down__isnull=True)
                | Q(pole_up__gte=0, pole_down__gt=F("pole_up"), pole_down__lt=INFINITY),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} trial {self.number}"

    @property
    def stop_row(self) -> int:
        """The row of the file after the last row of this trial."""
        return self.first_row + self.n_frames
