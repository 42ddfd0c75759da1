"""The people who use the product."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person with an account and one role."""

    class Role(models.TextChoices):
        """What a person is here for."""

        ANNOTATOR = "annotator"
        ADJUDICATOR = "adjudicator"
        ADMIN = "admin"
        VIEWER = "viewer"

    role = models.CharField(max_length=12, choices=Role, default=Role.ANNOTATOR)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known",
                condition=models.Q(
                    role__in=["annotator", "adjudicator", "admin", "viewer"]
                ),
            ),
        ]

    @property
    def is_admin(self) -> bool:
        """May import, choose, assign, retrain and publish."""
        return self.role == self.Role.ADMIN or self.is_superuser

    @property
    def sees_everything(self) -> bool:
        """May read every session and subset, not just what was assigned."""
        return self.is_admin or self.role in {
            self.Role.ADJUDICATOR,
            self.Role.VIEWER,
        }
