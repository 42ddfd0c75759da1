"""Session files: find them below the data root, and open them read-only."""

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
    """Return the folder that holds all session files."""
    return Path(settings.WHACC_DATA_ROOT).resolve()


def importable_files(user: User) -> list[str]:
    """Return session files below the data root that are not imported yet, to admins.

    The list has a limit, because the disk of a lab may hold very many files.
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
            # Names that are not UTF-8 can neither be shown nor stored.
            if file.isprintable():
                yield file


def path_below_data_root(file: str) -> Path:
    """Return the absolute path of a session file that a user named.

    Links are resolved first, so neither `..` nor a link can leave the data root.
    """
    path = _below_data_root(file)
    if not path.is_file():
        raise LabelingError(
            f"There is no session file {file!r} below the data root. Check the name, "
            "or copy the file there."
        )
    return path


def folder_below_data_root(folder: str) -> Path:
    """Return the absolute path of a folder that a user named."""
    path = _below_data_root(folder)
    if not path.is_dir():
        raise LabelingError(
            f"There is no folder {folder!r} below the data root. Check the name, or "
            "copy the folder there."
        )
    return path


def new_file_below_data_root(file: str) -> Path:
    """Return the absolute path of a session file that is to be written."""
    path = _below_data_root(file)
    if path.suffix != ".h5" or path.name.startswith(".") or path.is_dir():
        raise LabelingError(
            f"{file!r} is not a name for a new session file. Choose one that ends in "
            ".h5."
        )
    return path


def check_below_data_root(path: Path) -> None:
    """Refuse a file that is a link out of the data root.

    The folder of the file must already be resolved and below the data root.
    """
    if path.is_symlink() and not path.resolve().is_relative_to(data_root()):
        raise LabelingError(
            f"{path.name!r} is a link out of the data root. Copy the file itself "
            "there, or leave it out."
        )


def _below_data_root(name: str) -> Path:
    root = data_root()
    if not name.isprintable():
        raise LabelingError(
            f"The file name {name!a} has characters that cannot be printed. Rename "
            "the file."
        )
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise LabelingError(
            f"{name!r} is outside the data root. Copy the recording into the data root."
        )
    return path


def file_mark(session: Session) -> tuple[int, ...]:
    """Return a mark that changes when the file of a session changes.

    The file is not opened. The mark is empty if there is no readable file.
    """
    try:
        found = path_below_data_root(session.file).stat()
    except (LabelingError, OSError):
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


@contextmanager
def opened_file(file: str) -> Iterator[SessionFile]:
    """Open a session file below the data root, after a full check."""
    path = path_below_data_root(file)
    with translated_core_errors(), open_session_file(path) as source:
        yield source


@contextmanager
def opened_session(session: Session) -> Iterator[SessionFile]:
    """Open the file of a session; refuse one with other frames than the imported ones.

    Labels and scores belong to frames: other frames in a file of the same name must not
    get them.
    """
    with opened_file(session.file) as source:
        if source.fingerprint() != session.fingerprint:
            raise LabelingError(
                f"{session.file} has other frames than session {session} was imported "
                "with. Restore the original file, or import the new one under another "
                "name."
            )
        yield source
