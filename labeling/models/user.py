"""The people who use the product."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class AccountManager(UserManager["User"]):
    """Makes accounts; a superuser has the role of an admin."""

    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> "User":
        """Make an admin, as `manage.py createsuperuser` does."""
        fields["role"] = User.Role.ADMIN
        return super().create_superuser(username, email, password, **fields)


class User(AbstractUser):
    """A person with an account and one role."""

    class Role(models.TextChoices):
        """What a person is here for."""

        ANNOTATOR = "annotator"
        ADJUDICATOR = "adjudicator"
        ADMIN = "admin"
        VIEWER = "viewer"

    role = models.CharField(max_length=12, choices=Role, default=Role.ANNOTATOR)
    last_seen_at = models.DateTimeField(
        null=True, blank=True, help_text="To a few minutes; a login counts besides."
    )

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known",
                condition=models.Q(
                    role__in=["annotator", "adjudicator", "admin", "viewer"]
                ),
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep Django's own flags at what the role says: there is one truth."""
        self.is_staff = self.is_superuser = self.is_admin
        super().save(*args, **kwargs)

    @property
    def seen_at(self) -> datetime | None:
        """When this person was last here."""
        times = (self.last_login, self.last_seen_at)
        return max((time for time in times if time), default=None)

    @property
    def is_admin(self) -> bool:
        """May import, choose, assign, retrain and publish."""
        return self.role == self.Role.ADMIN

    @property
    def may_label(self) -> bool:
        """May be given clips, and label them; a viewer only looks on."""
        return self.is_active and self.role != self.Role.VIEWER

    @property
    def adjudicates(self) -> bool:
        """May settle what annotators disagree on."""
        return self.is_admin or self.role == self.Role.ADJUDICATOR

    @property
    def sees_everything(self) -> bool:
        """May read every session and subset, not just what was assigned."""
        return self.is_admin or self.role in {
            self.Role.ADJUDICATOR,
            self.Role.VIEWER,
        }
