"""Background work, as its users see it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Job(models.Model):
    """A piece of work that runs outside the web process.

    Every start takes a new `token`; a writer whose token is no longer the job's is
    a ghost of an earlier attempt, and what it writes is refused.
    """

    class State(models.TextChoices):
        """Where a job stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=300)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    token = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=100, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    log = models.TextField(blank=True)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="job_progress_within_bounds", condition=Q(done__lte=F("total"))
            ),
            models.CheckConstraint(
                name="job_state_is_known",
                condition=Q(state__in=["queued", "running", "done", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title
