"""The keyboard settings of an account."""

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from labeling.domain.accounts.key_maps import key_map_of, save_key_map
from labeling.forms.key_maps import key_map_from
from labeling.views.http import UserRequest


@require_POST
def key_map(request: UserRequest) -> JsonResponse:
    """Save a user's keys; respond after they are committed."""
    preset, keys = key_map_from(request.body)
    save_key_map(request.user, preset=preset, keys=keys)
    return JsonResponse(key_map_of(request.user))
