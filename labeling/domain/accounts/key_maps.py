"""Key maps: the keys that a user chose, the same on every computer."""

from typing import Any

from labeling.models import KeyMap, User


def key_map_of(user: User) -> dict[str, Any]:
    """Return the preset and the changed keys; empty if the user never chose any."""
    chosen = KeyMap.objects.filter(user=user).values("preset", "keys").first()
    return dict(chosen) if chosen else {}


def save_key_map(user: User, *, preset: str, keys: dict[str, list[str]]) -> None:
    """Save the keys that a user chose, in place of earlier ones."""
    KeyMap.objects.update_or_create(
        user=user, defaults={"preset": preset, "keys": keys}
    )
