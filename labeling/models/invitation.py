"""Invitations: links with which people create an account or choose a new password."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.models.user import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, with the filters that the domain shares."""

    def still_open(self) -> "InvitationQuerySet":
        """Leave out used, withdrawn and expired invitations."""
        return self.filter(
            used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
        )


class Invitation(models.Model):
    """A link that works once: it creates an account or renews a password.

    The database stores only a hash of the token, so that readers of the database cannot
    use the link.
    """

    token_sha256 = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        help_text="The account whose password it renews, or that it created.",
    )
    role = models.CharField(max_length=12, choices=User.Role)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(InvitationQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_role_is_known",
                condition=Q(role__in=["annotator", "adjudicator", "admin", "viewer"]),
            ),
            models.CheckConstraint(
                name="invitation_used_or_withdrawn",
                condition=Q(used_at=None) | Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="invitation_used_by_an_account",
                condition=Q(used_at=None) | Q(account__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.account or self.name or self.role}"
