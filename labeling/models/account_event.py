"""Account events: who invited whom, who changed which role, and when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.invitation import Invitation
from labeling.models.user import User


class AccountEvent(models.Model):
    """A change of an account or an invitation, in an append-only log."""

    class Kind(models.TextChoices):
        """The kinds of changes."""

        INVITED = "invited"
        JOINED = "joined"
        ROLE = "role"
        DETAILS = "details"
        DEACTIVATED = "deactivated"
        REACTIVATED = "reactivated"
        PASSWORD_LINK = "password_link", "link to a new password"
        PASSWORD = "password", "password chosen"
        WITHDRAWN = "withdrawn", "link withdrawn"

    kind = models.CharField(max_length=13, choices=Kind)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="events",
        help_text="Null for an invitation to an account that does not exist yet.",
    )
    invitation = models.ForeignKey(
        Invitation, null=True, on_delete=models.PROTECT, related_name="events"
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deeds"
    )
    role_before = models.CharField(max_length=12, choices=User.Role, blank=True)
    role_after = models.CharField(max_length=12, choices=User.Role, blank=True)
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-done_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="account_event_is_of_an_account_or_a_link",
                condition=Q(account__isnull=False) | Q(invitation__isnull=False),
            ),
            models.CheckConstraint(
                name="account_event_role_changes_to_another",
                condition=~Q(kind="role")
                | (
                    ~Q(role_before="")
                    & ~Q(role_after="")
                    & ~Q(role_before=models.F("role_after"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done_by}: {self.get_kind_display()} {self.account or ''}".strip()
