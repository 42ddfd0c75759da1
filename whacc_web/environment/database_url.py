"""Convert DATABASE_URL to an entry of Django's DATABASES."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from whacc_web.environment.variables import SettingError

EXAMPLE = "postgresql://user:password@host:5432/name"


def socket_url(socket_dir: Path, name: str) -> str:
    """Return the URL of a database behind a unix socket."""
    return f"postgresql://postgres@/{quote(name)}?host={quote(str(socket_dir))}"


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's settings of the PostgreSQL database in a URL.

    A unix socket is written as in libpq, ``postgresql://user@/name?host=/folder``.
    Other query parameters, such as ``sslmode``, are passed to libpq.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise _unusable(str(error)) from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise _unusable(f"its scheme is {parts.scheme!r}, not postgresql")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise _unusable("it names no database")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(port or "")),
        "OPTIONS": options,
    }


def _unusable(reason: str) -> SettingError:
    # The URL may contain a password, so the message does not repeat it.
    return SettingError(
        f"DATABASE_URL cannot be used: {reason}. Write it like {EXAMPLE}."
    )
