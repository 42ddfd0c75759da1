"""What came out of comparing annotators, kept until a label changes."""

from django.db import models
from django.db.models import Q

from labeling.models.session import Session
from labeling.models.subset import Subset
from labeling.models.version import ModelVersion


class Comparison(models.Model):
    """A finished comparison of annotators, by one consensus and version.

    It is of a subset, or of a session with all subsets there.

    `key` is a hash over all that went into it: where it is no longer that of the
    labels as they are, the comparison is of earlier ones.
    """

    subset = models.ForeignKey(
        Subset, null=True, on_delete=models.CASCADE, related_name="comparisons"
    )
    session = models.ForeignKey(
        Session, null=True, on_delete=models.CASCADE, related_name="comparisons"
    )
    consensus = models.CharField(max_length=20)
    version = models.ForeignKey(ModelVersion, null=True, on_delete=models.PROTECT)
    key = models.CharField(max_length=64)
    result = models.JSONField(help_text="Every statistic, with its n and interval.")
    touches = models.BinaryField(help_text="The touches behind them: arrays, as npz.")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["subset", "session", "consensus", "version"]
        constraints = [
            models.UniqueConstraint(
                name="comparison_once_for_each_choice",
                fields=["subset", "session", "consensus", "version"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="comparison_is_of_a_subset_or_a_session",
                condition=Q(subset__isnull=True) ^ Q(session__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        of = self.subset or self.session
        return f"{of}: {self.consensus}, {self.version or 'no model'}"


class WeeklyComparison(models.Model):
    """How all annotators of the lab agreed and worked, week by week: one row at most.

    `key` is that of a comparison.
    """

    key = models.CharField(max_length=64)
    result = models.JSONField(help_text="A row for each annotator and week.")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="weekly_comparison_is_one", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"weeks as of {self.made_at}"
