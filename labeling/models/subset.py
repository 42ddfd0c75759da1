"""Subsets: clips and frames that were selected for labelling."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from labeling.models.session import Trial


class Subset(models.Model):
    """A named selection of clips that annotators label."""

    name = models.CharField(max_length=200, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seed = models.PositiveIntegerField(
        default=0, help_text="The seed with which its random clips were drawn."
    )
    frozen_at = models.DateTimeField(
        null=True, blank=True, help_text="From this time on, its clips cannot change."
    )

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Clip(models.Model):
    """A contiguous run of frames of a trial, labelled as one unit.

    `[start, stop)` is half-open and counts from the trial's first frame.
    """

    subset = models.ForeignKey(Subset, on_delete=models.CASCADE, related_name="clips")
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="clips")
    start = models.PositiveIntegerField()
    stop = models.PositiveIntegerField()
    reason = models.CharField(max_length=100)

    class Meta:
        ordering = ["subset", "trial__session", "trial__first_row", "start"]
        constraints = [
            models.CheckConstraint(
                name="clip_start_before_stop", condition=Q(start__lt=F("stop"))
            ),
            models.UniqueConstraint(
                name="clip_once_in_a_subset", fields=["subset", "trial", "start"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial} [{self.start}, {self.stop})"

    @property
    def n_frames(self) -> int:
        """Number of frames in the clip."""
        return self.stop - self.start


class Frame(models.Model):
    """A frame of a clip; other frames have no row and exist only in the file."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="frames")
    index = models.PositiveIntegerField(help_text="Zero-based within the trial.")

    class Meta:
        ordering = ["trial", "index"]
        constraints = [
            models.UniqueConstraint(
                name="frame_once_in_a_trial", fields=["trial", "index"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial} frame {self.index}"
