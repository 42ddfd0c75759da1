"""A back door for admins: accounts are kept here, everything else is read."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from labeling.models import User


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts, with the role that each has."""

    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Role", {"fields": ("role",)}))
