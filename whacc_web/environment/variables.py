"""Read environment variables; a bad value is an error of one sentence."""

import os
from pathlib import Path

TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")


class SettingError(ValueError):
    """An environment variable, or a file that one names, cannot be used."""


def env_str(name: str, default: str) -> str:
    """Return a variable's text without surrounding blanks; empty means unset."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, *, default: bool) -> bool:
    """Return a variable that must be yes or no, in one of several words."""
    word = os.environ.get(name, "").strip().lower()
    if not word:
        return default
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise SettingError(
        f"{name} is {os.environ[name]!r}. Set {name}=1 or {name}=0, or unset it."
    )


def env_int(name: str, default: int, *, at_least: int, at_most: int) -> int:
    """Return a variable that must be a whole number within bounds."""
    text = env_str(name, str(default))
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or not at_least <= number <= at_most:
        raise SettingError(
            f"{name} is {text!r}. "
            f"Set it to a whole number from {at_least} to {at_most}."
        )
    return number


def env_path(name: str, default: Path) -> Path:
    """Return a variable that must be an absolute path."""
    text = env_str(name, str(default))
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise SettingError(
            f"{name} is {text!r}, which is not an absolute path. "
            f"Write {Path.cwd() / text} if that is what you mean."
        )
    return path


def env_list(name: str, default: str) -> list[str]:
    """Return a variable's comma-separated words."""
    return [word.strip() for word in env_str(name, default).split(",") if word.strip()]
