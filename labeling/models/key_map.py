"""Which keys an account's owner chose."""

from django.conf import settings
from django.db import models


class KeyMap(models.Model):
    """A preset, and what its owner changed; no row means: the first preset.

    What a row of `keys` means stands in the browser's code, which knows all keys.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="key_map"
    )
    preset = models.CharField(max_length=40)
    keys = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.preset}, {len(self.keys)} changed"
