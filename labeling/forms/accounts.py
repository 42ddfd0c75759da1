"""What people type to log in and what admins say of accounts, on Django's own forms."""

from typing import Any

from django import forms
from django.contrib.auth.forms import (
    AuthenticationForm,
    SetPasswordForm,
    UserCreationForm,
)
from django.core.exceptions import ValidationError

from labeling.models import User


class LoginForm(AuthenticationForm):
    """Django's own, which tells the owner of a deactivated account that it is one."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "That user name and password do not belong together. Capital "
        "letters matter in both.",
    }

    def get_invalid_login_error(self) -> ValidationError:
        """Say it only to who knows the password."""
        typed = self.cleaned_data
        account = User.objects.filter(
            username=typed["username"], is_active=False
        ).first()
        if account is None or not account.check_password(typed["password"]):
            return super().get_invalid_login_error()
        return ValidationError(
            "This account is deactivated. Its labels are kept: ask an admin to "
            "reactivate it.",
            code="inactive",
        )


class AccountForm(forms.Form):
    """Who a person is and what they are here for."""

    role = forms.ChoiceField(
        choices=User.Role.choices,
        help_text="Annotators label what they are given. Viewers read everything, "
        "adjudicators settle disagreements besides, admins do all.",
    )
    name = forms.CharField(
        max_length=150, required=False, help_text="May be left empty."
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="May be left empty; nobody needs one to log in.",
    )


class NewAccountForm(UserCreationForm):  # type: ignore[type-arg]
    """The user name and the password that an invited person chooses."""

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username",)
        labels = {"username": "User name"}

    @property
    def choice(self) -> dict[str, Any]:
        """User name and password."""
        typed = self.cleaned_data
        return {"username": typed["username"], "password": typed["password1"]}


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """The new password that the owner of an account chooses."""

    @property
    def choice(self) -> dict[str, Any]:
        """The password."""
        return {"password": self.cleaned_data["new_password1"]}
