"""Where session files lie, and how they are opened: below the data root, read-only."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.conf import settings

from labeling.domain.permissions import require_admin
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import Session, User
from models_ml.session_files.reader import SessionFile, open_session_file

LISTED_FILES_MAX = 500


def data_root() -> Path:
    """Return the folder below which all session files lie."""
    return Path(settings.WHACC_DATA_ROOT).resolve()


def importable_files(user: User) -> list[str]:
    """Return session files below the data root that no session uses yet, to admins.

    There may be more: a lab's disk is not searched to its end.
    """
    require_admin(user, "import sessions")
    imported = set(Session.objects.values_list("file", flat=True))
    free = (file for file in _files_below_data_root() if file not in imported)
    return sorted(islice(free, LISTED_FILES_MAX))


def _files_below_data_root() -> Iterator[str]:
    root = data_root()
    for path in root.rglob("*.h5"):
        target = path.resolve()
        if target.is_relative_to(root) and target.is_file():
            file = str(target.relative_to(root))
            # Names that are no UTF-8 can be neither shown nor stored.
            if file.isprintable():
                yield file


def path_below_data_root(file: str) -> Path:
    """Return the absolute path of a file that a user named.

    Links are followed first, so neither `..` nor a link leads out of the data root.
    """
    path = _below_data_root(file)
    if not path.is_file():
        raise LabelingError(
            f"Expected a session file at {file!r} below the data root, found none: "
            "check the name, or copy the file there."
        )
    return path


def folder_below_data_root(folder: str) -> Path:
    """Return the absolute path of a folder that a user named."""
    path = _below_data_root(folder)
    if not path.is_dir():
        raise LabelingError(
            f"Expected a folder at {folder!r} below the data root, found none: check "
            "the name, or copy the folder there."
        )
    return path


def new_file_below_data_root(file: str) -> Path:
    """Return the absolute path of a session file that is to be written."""
    path = _below_data_root(file)
    if path.suffix != ".h5" or path.name.startswith(".") or path.is_dir():
        raise LabelingError(
            f"Expected a name for a new session file that ends in .h5, found "
            f"{file!r}: choose another."
        )
    return path


def check_below_data_root(path: Path) -> None:
    """Refuse a file in a user's folder that is a link to somewhere else.

    The folder itself is below the data root, its links followed.
    """
    if path.is_symlink() and not path.resolve().is_relative_to(data_root()):
        raise LabelingError(
            f"Expected files below the data root, found {path.name!r}, a link that "
            "leads out of it: copy the file itself there, or leave it out."
        )


def _below_data_root(name: str) -> Path:
    root = data_root()
    if not name.isprintable():
        raise LabelingError(
            f"Expected a file name of printable characters, found {name!a}: rename "
            "the file."
        )
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise LabelingError(
            f"Expected a file below the data root, found {name!r}, which leads out of "
            "it: copy the recording into the data root."
        )
    return path


def file_mark(session: Session) -> tuple[int, ...]:
    """Return what changes when a session's file does, without opening it.

    Empty where there is none, or where it cannot be looked at.
    """
    try:
        found = path_below_data_root(session.file).stat()
    except (LabelingError, OSError):
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


@contextmanager
def opened_file(file: str) -> Iterator[SessionFile]:
    """Open a session file below the data root, checked in full."""
    path = path_below_data_root(file)
    with translated_core_errors(), open_session_file(path) as source:
        yield source


@contextmanager
def opened_session(session: Session) -> Iterator[SessionFile]:
    """Open a session's file, and refuse it when it is not the one that was imported.

    Labels and scores belong to frames: other frames under the same name must not
    inherit them.
    """
    with opened_file(session.file) as source:
        if source.fingerprint() != session.fingerprint:
            raise LabelingError(
                f"Expected the frames that session {session} was imported with, found "
                f"others in {session.file}: put the original file back, or import the "
                "new one under another name."
            )
        yield source
