"""Key maps: the keys that an account's owner chose, on whatever computer."""

from typing import Any

from labeling.models import KeyMap, User


def key_map_of(user: User) -> dict[str, Any]:
    """Return preset and changed keys; empty for who never chose any."""
    chosen = KeyMap.objects.filter(user=user).values("preset", "keys").first()
    return dict(chosen) if chosen else {}


def keep_key_map(user: User, *, preset: str, keys: dict[str, list[str]]) -> None:
    """Keep what a user chose, in place of what was chosen before."""
    KeyMap.objects.update_or_create(
        user=user, defaults={"preset": preset, "keys": keys}
    )
