"""The middleware that manages the session cookie."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


class StableCookieMiddleware(SessionMiddleware):
    """Django's sessions, except that only logging out deletes the browser's cookie.

    A page with an expired login continues to send requests. Meanwhile its annotator
    may have logged in again in another tab, which has a new cookie. Django's own
    middleware would delete the new cookie in its response to the old one.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        """Leave the cookie in the browser when its session was not found."""
        session = request.session
        is_named = settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_named and session.is_empty() and not session.modified:
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)
