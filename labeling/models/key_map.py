"""Key maps: the keys that users chose for the labelling page."""

from django.conf import settings
from django.db import models


class KeyMap(models.Model):
    """A preset and the keys that a user changed; without a row, the first preset.

    Only the browser's code knows which actions the entries of `keys` stand for.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="key_map"
    )
    preset = models.CharField(max_length=40)
    keys = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.preset}, {len(self.keys)} changed"
