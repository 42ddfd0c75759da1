"""The content security policy of every response."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse


class SecurityPolicyMiddleware:
    """Add the policy of the settings to every response.

    django-csp builds the header. Its own middleware builds it anew for each response, a
    twentieth of the time to save a label, and leaves it out on debug pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the header, unless the view has set its own."""
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy)
        return response
