"""Types of requests, for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from labeling.models import User


class UserRequest(HttpRequest):
    """A request of a logged-in user."""

    user: User
    htmx: HtmxDetails
