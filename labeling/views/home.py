"""The start page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labeling.domain.assignments.returns import returns_of
from labeling.pages.queues import queue_rows
from labeling.views.http import UserRequest


@never_cache
@require_safe
def home(request: UserRequest) -> HttpResponse:
    """Show the user's queue; redirect viewers without a queue to the sessions."""
    queues = queue_rows(request.user)
    if request.user.sees_everything and not queues:
        return redirect("session-list")
    context = {
        "queues": queues,
        "resume": queues[0].resume if queues else None,
        "returns": returns_of(request.user),
    }
    return render(request, "labeling/home.html", context)
