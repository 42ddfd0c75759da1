"""Who is signed in, as a page asks that was opened earlier."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@never_cache
@require_safe
def signed_in(request: HttpRequest) -> JsonResponse:
    """Send the account that is signed in now, null for none, and its token."""
    return JsonResponse({"user": request.user.pk, "csrf_token": get_token(request)})
