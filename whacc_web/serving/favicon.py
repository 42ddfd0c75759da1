"""The icon of pages that name none: browsers request /favicon.ico for them."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the icon of the product's pages."""
    return redirect(static("favicon.svg"))
