"""Read-only database admin; rows are created and changed on the product's pages."""

# Registers the groups that are unregistered below.
import django.contrib.auth.admin  # noqa: F401
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from labeling.models import Subset, User

admin.site.site_header = admin.site.site_title = "WhACC Web database admin"
admin.site.unregister(Group)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that are shown here, and created and changed on the product's pages."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: no rows are created here."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Return False: no rows are changed here."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Return False: no rows are deleted here."""
        return False


@admin.register(User)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts; the role decides what an account may do."""

    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    fields = ("username", "role", "is_active", "first_name", "email", "last_login")


@admin.register(Subset)
class SubsetAdmin(ReadOnlyAdmin):
    """Subsets, which can be chosen for a retrain."""

    list_display = ("name", "created_by", "created_at")
    search_fields = ("name",)
    actions = ("retrain",)

    @admin.action(description="Retrain on these subsets…")
    def retrain(self, request: HttpRequest, subsets: QuerySet[Subset]) -> HttpResponse:
        """Open the retrain form with these subsets."""
        query = "&".join(f"subsets={subset.pk}" for subset in subsets)
        return redirect(f"{reverse('version-new')}?{query}")
