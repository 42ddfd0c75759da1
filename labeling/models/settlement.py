"""Settlements: adjudicators' decisions where annotators disagree."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from labeling.models.session import Trial
from labeling.models.subset import Subset


class Settlement(models.Model):
    """One decision of an adjudicator on a stretch of frames, in an append-only log.

    The latest applied decision on a stretch holds. A decision without values reopens
    the stretch.
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
        help_text="A `Label.Value` for each frame of [start, stop); null to reopen.",
    )
    reasons = ArrayField(
        models.CharField(max_length=40),
        default=list,
        help_text="Why annotators differ here: tags that the adjudicator chose.",
    )
    adjudicator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="settlements"
    )
    client = models.UUIDField(help_text="The page on which it was made.")
    made_on_revision = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(
        help_text="Position in the log of the subset, from 1."
    )
    applied = models.BooleanField(
        help_text="False if another page decided the same frames in the meantime."
    )
    made_at = models.DateTimeField(
        help_text="By the clock of the adjudicator's computer."
    )
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
        what = "reopened" if self.values is None else "decided"
        return f"{self.trial} [{self.start}, {self.stop}) {what}"
