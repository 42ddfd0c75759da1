"""The icon for pages that name none: browsers then ask for /favicon.ico."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Send the browser to the icon of our own pages."""
    return redirect(static("favicon.svg"))
