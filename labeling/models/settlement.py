"""What an adjudicator settled where annotators disagree."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from labeling.models.session import Trial
from labeling.models.subset import Subset


class Settlement(models.Model):
    """One answer of an adjudicator for a stretch of frames, in a log that only grows.

    Of the answers for a stretch the latest that was applied holds; one without values
    opens the stretch again.
    """

    id = models.UUIDField(primary_key=True)
    subset = models.ForeignKey(
        Subset, on_delete=models.PROTECT, related_name="settlements"
    )
    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="settlements"
    )
    start = models.PositiveIntegerField()
    stop = models.PositiveIntegerField()
    values = ArrayField(
        models.SmallIntegerField(),
        null=True,
        help_text="A `Label.Value` for each frame of [start, stop); null: open again.",
    )
    reasons = ArrayField(
        models.CharField(max_length=40),
        default=list,
        help_text="Why annotators differ here, in the adjudicator's choice of tags.",
    )
    adjudicator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="settlements"
    )
    client = models.UUIDField(help_text="The page that it was made on.")
    made_on_revision = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(
        help_text="Its place in the subset's log, from 1."
    )
    applied = models.BooleanField(
        help_text="False: somebody else had answered for the same frames meanwhile."
    )
    made_at = models.DateTimeField(help_text="By the adjudicator's own clock.")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["subset", "revision"]
        constraints = [
            models.UniqueConstraint(
                name="settlement_revision_once", fields=["subset", "revision"]
            ),
            models.CheckConstraint(
                name="settlement_start_before_stop", condition=Q(start__lt=F("stop"))
            ),
            models.CheckConstraint(
                name="settlement_has_a_value_for_each_frame",
                condition=Q(values__isnull=True)
                | Q(values__len=F("stop") - F("start")),
            ),
            models.CheckConstraint(
                name="settlement_values_are_known",
                condition=Q(values__isnull=True) | Q(values__contained_by=[0, 1, 2]),
            ),
            models.CheckConstraint(
                name="settlement_made_on_an_earlier_revision",
                condition=Q(made_on_revision__lt=F("revision")),
            ),
        ]

    def __str__(self) -> str:
        what = "opened again" if self.values is None else "settled"
        return f"{self.trial} [{self.start}, {self.stop}) {what}"
