"""Jobs: background work, its state and its progress."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LOG_TAIL_LINES = 12


class Job(models.Model):
    """A piece of work that runs outside the web process.

    Each attempt has a new `token`. Writes of an attempt whose token is no longer the
    job's are refused.
    """

    class Kind(models.TextChoices):
        """What a job does."""

        SCORE = "score"
        COMPARE = "compare"
        COMPARE_WEEKS = "compare-weeks"
        RETRAIN = "retrain"
        RESCORE = "rescore"
        TRACK = "track"

    class State(models.TextChoices):
        """The states of a job."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=30, choices=Kind)
    title = models.CharField(max_length=300)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    token = models.PositiveIntegerField(
        default=0, help_text="Number of attempts that were started."
    )
    times_lost = models.PositiveSmallIntegerField(
        default=0,
        help_text="Number of attempts that lost their worker or database.",
    )
    worker = models.CharField(
        max_length=100,
        blank=True,
        help_text="Machine and process of the latest attempt.",
    )
    heartbeat_at = models.DateTimeField(
        null=True, help_text="When the worker of the attempt last sent a heartbeat."
    )
    cancel_asked_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=100, blank=True)
    stage_started_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    log = models.TextField(blank=True)
    result = models.JSONField(
        default=dict, help_text="Ids of the objects that the job created or changed."
    )
    error = models.TextField(blank=True, help_text="One sentence.")
    traceback = models.TextField(blank=True, help_text="For admins.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="job_kind_is_known",
                condition=Q(
                    kind__in=[
                        "score",
                        "compare",
                        "compare-weeks",
                        "retrain",
                        "rescore",
                        "track",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="job_progress_within_bounds", condition=Q(done__lte=F("total"))
            ),
            models.CheckConstraint(
                name="job_state_is_known",
                condition=Q(
                    state__in=["queued", "running", "done", "failed", "cancelled"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether the job is queued or running."""
        return self.state in {self.State.QUEUED, self.State.RUNNING}

    @property
    def percent(self) -> int:
        """How much of the current stage is done, in whole percent."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def log_tail(self) -> str:
        """The last lines of the log."""
        return "\n".join(self.log.splitlines()[-LOG_TAIL_LINES:])
