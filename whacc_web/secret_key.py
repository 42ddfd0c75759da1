"""The key that signs sessions: made once, kept in a file only its owner can read."""

import os
import secrets
import tempfile
from pathlib import Path

from whacc_web.env import SettingError


def secret_key_from(path: Path) -> str:
    """Return the key kept in a file, making the file when there is none."""
    try:
        if not path.exists():
            _make(path)
        key = path.read_text().strip()
    except OSError as error:
        raise SettingError(
            f"The secret key in {path} cannot be read or written: {error.strerror}. "
            "Set SECRET_KEY, or let this user write there."
        ) from None
    if len(key) < 50:
        raise SettingError(
            f"Expected a secret key of 50 characters or more in {path}; "
            f"found {len(key)}. Delete the file, and a new one is made."
        )
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-key-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(60))
        # Of several processes that start at once, the first one's key counts.
        Path(path).hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
