"""Pages for managing accounts, and for changing one's password."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordChangeDoneView, PasswordChangeView
from django.core.paginator import Paginator
from django.http import (
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from labeling.domain.accounts.administration import (
    account_for,
    account_rows,
    change_account,
    deactivate,
    open_clips_of,
    reactivate,
)
from labeling.domain.accounts.invitations import open_invitations
from labeling.domain.accounts.log import account_events
from labeling.errors import LabelingError, NotAllowedError
from labeling.forms.accounts import AccountForm
from labeling.models import User
from labeling.pages.account_log import account_log_table, event_rows
from labeling.views.http import UserRequest
from labeling.views.responses import streamed_csv_download

LISTED_EVENTS_MAX = 100

account_password = PasswordChangeView.as_view(
    template_name="labeling/accounts/account_password.html",
    success_url=reverse_lazy("account-password-changed"),
)
account_password_changed = PasswordChangeDoneView.as_view(
    template_name="labeling/accounts/account_password_changed.html"
)


@login_not_required
@never_cache
@require_safe
def signed_in(request: HttpRequest) -> JsonResponse:
    """Return the id of the signed-in account (null for none) and a CSRF token."""
    return JsonResponse({"user": request.user.pk, "csrf_token": get_token(request)})


@never_cache
@require_safe
def account_list(request: UserRequest) -> HttpResponse:
    """List the accounts and the open invitation links."""
    context = {
        "rows": account_rows(request.user),
        "invitations": open_invitations(request.user),
    }
    return render(request, "labeling/accounts/account_list.html", context)


@never_cache
@require_safe
def account_log(request: UserRequest) -> HttpResponse:
    """List invitations and changes of accounts, newest first."""
    events = Paginator(account_events(request.user), LISTED_EVENTS_MAX)
    page = events.get_page(request.GET.get("page"))
    context = {"page": page, "rows": event_rows(page.object_list)}
    return render(request, "labeling/accounts/account_log.html", context)


@never_cache
@require_safe
def account_log_file(request: UserRequest) -> StreamingHttpResponse:
    """Send the account log as CSV."""
    # Check permissions before the response starts.
    account_events(request.user)
    return streamed_csv_download(account_log_table(request.user), "accounts.csv")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_detail(request: UserRequest, pk: int) -> HttpResponse:
    """Show one account with its unfinished clips; change its details."""
    account = account_for(request.user, pk)
    form = AccountForm(request.POST or None, initial=_initial(account))
    if form.is_valid():
        try:
            change_account(user=request.user, account=account, **form.cleaned_data)
        except NotAllowedError:
            raise
        except LabelingError as error:
            form.add_error("role", str(error))
        else:
            return redirect("account-detail", pk)
    return _detail(request, account, form)


@require_POST
def account_deactivate(request: UserRequest, pk: int) -> HttpResponse:
    """Deactivate an account."""
    account = account_for(request.user, pk)
    try:
        deactivate(user=request.user, account=account)
    except NotAllowedError:
        raise
    except LabelingError as error:
        form = AccountForm(initial=_initial(account))
        return _detail(request, account, form, error=str(error))
    return redirect("account-detail", pk)


@require_POST
def account_reactivate(request: UserRequest, pk: int) -> HttpResponse:
    """Reactivate an account."""
    reactivate(user=request.user, account=account_for(request.user, pk))
    return redirect("account-detail", pk)


def _detail(
    request: UserRequest, account: User, form: AccountForm, *, error: str = ""
) -> HttpResponse:
    context = {
        "account": account,
        "form": form,
        "error": error,
        "open_clips": open_clips_of(account),
        "rows": event_rows(account_events(request.user, account)[:LISTED_EVENTS_MAX]),
    }
    status = 422 if error or form.errors else 200
    template = "labeling/accounts/account_detail.html"
    return render(request, template, context, status=status)


def _initial(account: User) -> dict[str, Any]:
    name, email = account.get_full_name(), account.email
    return {"role": account.role, "name": name, "email": email}
