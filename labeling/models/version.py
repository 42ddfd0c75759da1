"""Model versions, the backbones and snapshots behind them, and their scores."""

from django.conf import settings
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.db.models.lookups import Exact

from labeling.models.session import Trial


class Backbone(models.Model):
    """A CNN whose weights never change; it computes units from frames."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    sha256 = models.CharField(
        max_length=64,
        help_text="Hash of its weights; empty while the weights are not imported.",
    )
    input_px = models.PositiveIntegerField()
    n_units = models.PositiveIntegerField()
    preprocessing = models.CharField(max_length=200)
    weights = models.CharField(
        max_length=300, help_text="Path of its file, relative to the models root."
    )
    head = models.JSONField(
        default=dict,
        help_text="The file of the CNN's own last layer, if it has one: "
        "{path relative to the models root, sha256, bytes}.",
    )

    parent = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="The CNN from which a retrain trained it.",
    )
    origin = models.TextField(
        blank=True, help_text="How it was trained; empty if it was imported."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="backbone_once", fields=["kind", "sha256", "preprocessing"]
            ),
            models.CheckConstraint(
                name="backbone_has_units", condition=Q(input_px__gt=0, n_units__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LabelSnapshot(models.Model):
    """An unchangeable copy of the labels that a model was trained on."""

    sha256 = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=100)
    subsets = models.JSONField(help_text="Names of the subsets.")
    annotators = models.JSONField(help_text="User names of the annotators.")
    n_trials = models.PositiveIntegerField()
    n_frames = models.PositiveIntegerField()
    n_touches = models.PositiveIntegerField()
    trials = models.JSONField(
        help_text="For each trial: session, number, role, runs of [start, stop, value]."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.n_frames} frames, {self.sha256[:12]}"


class ModelVersion(models.Model):
    """An unchangeable trained model with everything that it needs to score frames."""

    number = models.PositiveIntegerField(unique=True)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="children"
    )
    backbone = models.ForeignKey(Backbone, on_delete=models.PROTECT)
    feature_set = models.JSONField()
    parameters = models.JSONField()
    threshold = models.FloatField()
    metrics = models.JSONField()
    files = models.JSONField(
        help_text="name: {path relative to the models root, sha256, bytes}."
    )
    snapshot = models.ForeignKey(LabelSnapshot, null=True, on_delete=models.PROTECT)
    origin = models.TextField()
    code_version = models.CharField(max_length=100)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT
    )
    job = models.OneToOneField(
        "labeling.Job",
        null=True,
        on_delete=models.PROTECT,
        related_name="version",
        help_text="The job that created it. A restarted job creates only one version.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="version_threshold_is_a_probability",
                condition=Q(threshold__gte=0, threshold__lte=1),
            ),
            models.CheckConstraint(
                name="version_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Scores(models.Model):
    """A model version's raw, unfiltered scores of one trial, one float32 per frame."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="scores")
    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="scores"
    )
    n_frames = models.PositiveIntegerField()
    values = models.BinaryField(help_text="Little-endian float32.")
    n_touches = models.PositiveIntegerField(
        help_text="Number of touches at the version's threshold."
    )
    scored_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "scores"
        constraints = [
            models.UniqueConstraint(
                name="scores_once_for_each_version", fields=["trial", "version"]
            ),
            models.CheckConstraint(
                name="scores_are_a_float32_a_frame",
                condition=Exact(
                    Func(
                        F("values"),
                        function="octet_length",
                        output_field=IntegerField(),
                    ),
                    F("n_frames") * 4,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial} by {self.version}"
