"""The key that signs sessions, stored in a file that only its owner can read."""

import os
import secrets
import tempfile
from pathlib import Path

from whacc_web.environment.variables import SettingError


def secret_key_from(path: Path) -> str:
    """Return the key in a file; create the file if it does not exist."""
    try:
        if not path.exists():
            _create(path)
        key = path.read_text().strip()
    except OSError as error:
        raise SettingError(
            f"The secret key in {path} cannot be read or written: {error.strerror}. "
            "Set SECRET_KEY, or give this user access to the file."
        ) from None
    if len(key) < 50:
        raise SettingError(
            f"The secret key in {path} has {len(key)} characters; it needs 50 or more. "
            "Delete the file: the next start creates a new key."
        )
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-key-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(60))
        # Of several processes that start together, the first one's key is used.
        Path(path).hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
