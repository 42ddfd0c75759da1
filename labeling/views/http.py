"""What Django's types do not know of our requests."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from labeling.models import User


class UserRequest(HttpRequest):
    """A request of somebody who logged in, which all our views require."""

    user: User
    htmx: HtmxDetails
