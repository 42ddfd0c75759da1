"""Forms for login, accounts and passwords, based on Django's forms."""

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
    """Django's login form, with its own message for deactivated accounts."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "The user name or the password is wrong. Both are "
        "case-sensitive.",
    }

    def get_invalid_login_error(self) -> ValidationError:
        """Show the message for deactivated accounts only if the password is right."""
        typed = self.cleaned_data
        account = User.objects.filter(
            username=typed["username"], is_active=False
        ).first()
        if account is None or not account.check_password(typed["password"]):
            return super().get_invalid_login_error()
        return ValidationError(
            "This account is deactivated. Its labels are stored. Ask an admin to "
            "reactivate it.",
            code="inactive",
        )


class AccountForm(forms.Form):
    """Name, e-mail address and role of an account."""

    role = forms.ChoiceField(
        choices=User.Role.choices,
        help_text="Annotators label the clips that are assigned to them. Viewers can "
        "read everything. Adjudicators can also adjudicate disagreements. Admins can "
        "do everything.",
    )
    name = forms.CharField(max_length=150, required=False, help_text="Optional.")
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="Optional. It is not used for login.",
    )


class NewAccountForm(UserCreationForm):  # type: ignore[type-arg]
    """User name and password of an invited person."""

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
    """A new password."""

    @property
    def choice(self) -> dict[str, Any]:
        """The password."""
        return {"password": self.cleaned_data["new_password1"]}
