"""Files that are written completely or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced_file(path: Path, *, mode: int = 0o666) -> Iterator[Path]:
    """Write a file through a temporary path, which replaces the file at the end.

    Parameters
    ----------
    path : Path
        The file to write or replace; its folder is created if missing.
    mode : int
        Permissions of the file, less those that the process's umask removes.

    Yields
    ------
    part : Path
        An empty file in the same folder. It replaces `path` when the block ends, and is
        removed if the block raises.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _flush_to_disk(part)
        part.chmod(mode & ~_umask())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _flush_to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    # The mask can only be read by setting it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
