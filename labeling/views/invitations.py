"""Pages for creating and using invitation links and password links."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from labeling.domain.accounts.administration import account_for
from labeling.domain.accounts.invitations import (
    Link,
    accept_invitation,
    choose_password,
    invitation_by,
    invite,
    mail_link,
    open_invitations,
    renew_password,
    withdraw,
)
from labeling.errors import LabelingError, NotFoundError
from labeling.forms.accounts import AccountForm, NewAccountForm, NewPasswordForm
from labeling.models import Invitation
from labeling.views.http import UserRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_new(request: UserRequest) -> HttpResponse:
    """Invite a person; the response shows the link, once."""
    open_invitations(request.user)
    form = AccountForm(request.POST or None)
    if form.is_valid():
        return _shown(request, invite(user=request.user, **form.cleaned_data))
    status = 422 if form.errors else 200
    template = "labeling/accounts/invitation_new.html"
    return render(request, template, {"form": form}, status=status)


@never_cache
@require_POST
def account_password_link(request: UserRequest, pk: int) -> HttpResponse:
    """Create a password link; the response shows it, once."""
    account = account_for(request.user, pk)
    return _shown(request, renew_password(user=request.user, account=account))


@require_POST
def invitation_withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Withdraw a link."""
    withdraw(user=request.user, pk=pk)
    return redirect("account-list")


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Create an account, or set a new password, with a link."""
    link = invitation_by(token)
    form = _form(request, link)
    if form.is_valid():
        try:
            act = accept_invitation if link.account is None else choose_password
            account = act(token=token, **form.choice)
        except NotFoundError:
            raise
        except LabelingError as error:
            form.add_error(None, str(error))
        else:
            login(request, account)
            return redirect("home")
    status = 422 if form.errors else 200
    context = {"form": form, "invitation": link}
    return render(request, "labeling/accounts/invitation.html", context, status=status)


def _form(request: HttpRequest, link: Invitation) -> NewAccountForm | NewPasswordForm:
    typed = request.POST if request.method == "POST" else None
    if link.account is None:
        return NewAccountForm(typed)
    return NewPasswordForm(link.account, typed)


def _shown(request: UserRequest, link: Link) -> HttpResponse:
    path = reverse("invitation", args=[link.token])
    url = request.build_absolute_uri(path)
    context = {
        "invitation": link.invitation,
        "url": url,
        "is_sent": mail_link(link.invitation, url),
    }
    return render(request, "labeling/accounts/invitation_link.html", context)
