"""Where session files lie, and how they are opened: below the data root, read-only."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.conf import settings

from labeling.errors import LabelingError, core_errors_said
from labeling.models import Session
from models_ml.session_file import SessionFile, open_session_file

LISTED_FILES_MAX = 500


def data_root() -> Path:
    """Return the folder below which all session files lie."""
    return Path(settings.WHACC_DATA_ROOT).resolve()


def importable_files() -> list[str]:
    """Return session files below the data root that no session uses yet.

    There may be more: a lab's disk is not searched to its end.
    """
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
    root = data_root()
    if not file.isprintable():
        raise LabelingError(
            f"Expected a file name of printable characters, found {file!a}: rename "
            "the file."
        )
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise LabelingError(
            f"Expected a file below the data root, found {file!r}, which leads out of "
            "it: copy the recording into the data root."
        )
    if not path.is_file():
        raise LabelingError(
            f"Expected a session file at {file!r} below the data root, found none: "
            "check the name, or copy the file there."
        )
    return path


@contextmanager
def opened_file(file: str) -> Iterator[SessionFile]:
    """Open a session file below the data root, checked in full."""
    path = path_below_data_root(file)
    with core_errors_said(), open_session_file(path) as source:
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
