"""What every response carries, and what it must not take away."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


class ContentSecurityPolicyMiddleware:
    """Let a page load and run only what this server itself serves as a file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header to whatever comes back."""
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response


class KeptCookieMiddleware(SessionMiddleware):
    """Django's sessions, where only logging out takes the browser's cookie away.

    A page whose login has expired goes on asking. Meanwhile its annotator may have
    logged in again in another tab, with a new cookie; with Django's, an answer to what
    was asked with the old one would take the new one away.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        """Leave the cookie where the session was just not found."""
        session = request.session
        is_named = settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_named and session.is_empty() and not session.modified:
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)
