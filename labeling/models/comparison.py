"""Results of comparing annotators, cached until a label changes."""

from django.db import models
from django.db.models import Q

from labeling.models.session import Session
from labeling.models.subset import Subset
from labeling.models.version import ModelVersion


class Comparison(models.Model):
    """A finished comparison of annotators, by one consensus and version.

    It covers one subset, or one session with all its subsets.

    `key` is a hash of everything that the result depends on. If it differs from the
    hash of the current labels, the comparison is out of date.
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
    result = models.JSONField(help_text="Every statistic, with its n and its interval.")
    touches = models.BinaryField(
        help_text="The touches behind the statistics, as arrays in npz format."
    )
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
    """The agreement and work of all annotators, week by week; at most one row.

    `key` is a hash of everything that the result depends on, as in `Comparison`.
    """

    key = models.CharField(max_length=64)
    result = models.JSONField(help_text="One row for each annotator and week.")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="weekly_comparison_is_one", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"weeks as of {self.made_at}"
