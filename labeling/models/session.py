"""A recording session and its trials."""

from typing import Self

from django.db import models
from django.db.models import F, Q

# Postgres holds NaN for greater than every number, infinity included.
INFINITY = float("inf")


class Session(models.Model):
    """One recording: a session file below the data root and what is known of it."""

    name = models.CharField(max_length=200, unique=True)
    file = models.CharField(
        max_length=500, unique=True, help_text="Relative to the data root."
    )
    fingerprint = models.CharField(
        max_length=64,
        unique=True,
        help_text="Of the file's frames: a copy has the same, other frames another.",
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
        help_text="What was asked of tracking, where its videos were tracked here.",
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
                violation_error_message="The rate is no number above 0 Hz.",
            ),
            models.CheckConstraint(
                name="session_scale_is_positive",
                condition=Q(scale_px_per_mm__isnull=True)
                | Q(scale_px_per_mm__gt=0, scale_px_per_mm__lt=INFINITY),
                violation_error_message="The scale is no number above 0 px per mm.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrialQuerySet(models.QuerySet["Trial"]):
    """Trials, and those of them that anything is made of."""

    def used(self) -> Self:
        """Leave out what somebody has excluded."""
        return self.filter(excluded_because="")


class Trial(models.Model):
    """One video of a session: a run of rows in the session's file."""

    class Role(models.TextChoices):
        """What a trial is for in training; drawn once, kept for ever."""

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
        help_text="Why nothing is to be made of this trial; empty: it is used.",
    )
    pole_up = models.FloatField(
        null=True,
        blank=True,
        help_text="Frame from which the pole is in reach, by hand.",
    )
    pole_down = models.FloatField(
        null=True,
        blank=True,
        help_text="Frame from which it no longer is, by hand.",
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
        """The first row of the file that is no longer of this trial."""
        return self.first_row + self.n_frames
