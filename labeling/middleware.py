"""Login for every page, and error pages for errors that a user can correct."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from labeling.domain.accounts.administration import (
    DEACTIVATED,
    is_deactivated,
    record_visit,
)
from labeling.errors import LabelingError, NotAllowedError, NotFoundError


class AccountMiddleware(LoginRequiredMiddleware):
    """Require login; distinguish deactivated accounts from expired sessions."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Require login, and record that the user is active."""
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        is_public = not getattr(view_func, "login_required", True)
        if refused is None and not is_public and request.user.is_authenticated:
            record_visit(request.user)
        return refused

    # Django's stubs allow only redirects.
    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        """Redirect to the login, or report that the account is deactivated."""
        if not is_deactivated(request.session):
            return super().handle_no_permission(request, view_func)
        return _answer(request, DEACTIVATED, status=403, code="deactivated")


class LabelingErrorMiddleware:
    """Turn errors into 404, 403 or 400 responses, as HTML or JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Respond to a LabelingError of a view; leave other errors to Django."""
        if not isinstance(error, LabelingError):
            return None
        return _answer(request, str(error), status=_status(error))


def _answer(
    request: HttpRequest, message: str, *, status: int, **codes: str
) -> HttpResponse:
    """Return the message as JSON to scripts, as a page to others."""
    if _is_from_script(request):
        return JsonResponse({"error": message, **codes}, status=status)
    context = {"message": message, "status": status}
    return render(request, "labeling/error.html", context, status=status)


def _status(error: LabelingError) -> int:
    if isinstance(error, NotFoundError):
        return 404
    return 403 if isinstance(error, NotAllowedError) else 400


def _is_from_script(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return "application/json" in (request.content_type or "") + accepted
