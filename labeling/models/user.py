"""Users: accounts and their roles."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class AccountManager(UserManager["User"]):
    """Creates accounts; a superuser has the role of an admin."""

    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> "User":
        """Create an admin; `manage.py createsuperuser` calls this."""
        fields["role"] = User.Role.ADMIN
        return super().create_superuser(username, email, password, **fields)


class User(AbstractUser):
    """A person with an account and one role."""

    class Role(models.TextChoices):
        """What an account may do."""

        ANNOTATOR = "annotator"
        ADJUDICATOR = "adjudicator"
        ADMIN = "admin"
        VIEWER = "viewer"

    role = models.CharField(max_length=12, choices=Role, default=Role.ANNOTATOR)
    last_seen_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Accurate to a few minutes. Logins are stored in `last_login`.",
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
        """Derive Django's own flags from the role before saving."""
        self.is_staff = self.is_superuser = self.is_admin
        super().save(*args, **kwargs)

    @property
    def seen_at(self) -> datetime | None:
        """When the user last opened a page or logged in; None before that."""
        times = (self.last_login, self.last_seen_at)
        return max((time for time in times if time), default=None)

    @property
    def is_admin(self) -> bool:
        """Whether the user may import, select, assign, retrain and publish."""
        return self.role == self.Role.ADMIN

    @property
    def may_label(self) -> bool:
        """Whether the user may label clips; viewers may not."""
        return self.is_active and self.role != self.Role.VIEWER

    @property
    def adjudicates(self) -> bool:
        """Whether the user may decide where annotators disagree."""
        return self.is_admin or self.role == self.Role.ADJUDICATOR

    @property
    def sees_everything(self) -> bool:
        """Whether the user may read every session and subset, not only their own."""
        return self.is_admin or self.role in {
            self.Role.ADJUDICATOR,
            self.Role.VIEWER,
        }
