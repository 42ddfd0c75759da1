"""A back door for admins: accounts are kept here."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from labeling.models import Subset, User

admin.site.site_header = admin.site.site_title = "WhACC Web accounts"
admin.site.unregister(Group)


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts; the role says all that an account may do."""

    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "role", "is_active")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "role", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")


@admin.register(Subset)
class SubsetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Subsets, to be chosen for a retrain; they are made and kept elsewhere."""

    list_display = ("name", "created_by", "created_at")
    search_fields = ("name",)
    actions = ("retrain",)

    @admin.action(description="Retrain on these subsets…")
    def retrain(self, request: HttpRequest, subsets: QuerySet[Subset]) -> HttpResponse:
        """Go to the page that says what there is to learn from."""
        query = "&".join(f"subsets={subset.pk}" for subset in subsets)
        return redirect(f"{reverse('version-new')}?{query}")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only pages and commands make subsets."""
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Subset | None = None
    ) -> bool:
        """Nothing of a subset changes."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Subset | None = None
    ) -> bool:
        """Nor does one go."""
        return False
