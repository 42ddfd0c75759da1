"""Turns an error that a user can mend into a page or an answer with its sentence."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from labeling.errors import LabelingError, NotAllowedError, NotFoundError


class LabelingErrorMiddleware:
    """Answer 404, 403 or 400, in the form in which the question came."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass every request on."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Answer for a view that raised; leave what is not ours to Django."""
        if not isinstance(error, LabelingError):
            return None
        status = _status(error)
        if _is_from_script(request):
            return JsonResponse({"error": str(error)}, status=status)
        context = {"message": str(error), "status": status}
        return render(request, "labeling/error.html", context, status=status)


def _status(error: LabelingError) -> int:
    if isinstance(error, NotFoundError):
        return 404
    return 403 if isinstance(error, NotAllowedError) else 400


def _is_from_script(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return "application/json" in (request.content_type or "") + accepted
