"""Where session files lie, and how they are opened: below the data root, read-only."""

from pathlib import Path

from django.conf import settings

from labeling.errors import LabelingError
from labeling.models import Session
from models_ml.session_file import SessionFile, SessionFileError, open_session_file

LISTED_FILES_MAX = 500


def data_root() -> Path:
    """Return the folder below which all session files lie."""
    return Path(settings.WHACC_DATA_ROOT).resolve()


def importable_files() -> list[str]:
    """Return the session files below the data root that no session uses yet."""
    root = data_root()
    imported = set(Session.objects.values_list("file", flat=True))
    found = (str(path.relative_to(root)) for path in sorted(root.rglob("*.h5")))
    return [name for name in found if name not in imported][:LISTED_FILES_MAX]


def path_below_data_root(file: str) -> Path:
    """Return the absolute path of a file that a user named.

    Links are followed first, so neither `..` nor a link leads out of the data root.
    """
    root = data_root()
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise LabelingError(
            f"Expected a file below the data root, found {file!r}, which leads out of "
            "it: copy or link the recording into the data root."
        )
    if not path.is_file():
        raise LabelingError(
            f"Expected a session file at {file!r} below the data root, found none: "
            "check the name, or copy the file there."
        )
    return path


def opened_file(file: str) -> SessionFile:
    """Open a session file below the data root, checked in full."""
    try:
        return open_session_file(path_below_data_root(file))
    except SessionFileError as error:
        raise LabelingError(str(error)) from error
