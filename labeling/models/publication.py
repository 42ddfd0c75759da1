"""Publications: which model version a session shows, and since when."""

from django.conf import settings
from django.db import models

from labeling.models.session import Session
from labeling.models.version import ModelVersion


class Publication(models.Model):
    """The publication of a version on a session, in an append-only log."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="publications"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="publications"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        help_text="Null if a command or the first scoring published it.",
    )
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-published_at", "-id"]

    def __str__(self) -> str:
        return f"{self.session} shows {self.version}"
