"""Where everybody starts."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from labeling.views.http import UserRequest


@require_safe
def home(request: UserRequest) -> HttpResponse:
    """Lead annotators to what they have to label, everybody else to the sessions."""
    if request.user.sees_everything:
        return redirect("session-list")
    return redirect("subset-list")
