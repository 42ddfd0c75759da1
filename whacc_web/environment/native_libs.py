"""Let LightGBM find libgomp on a machine where it is not installed.

`make run` puts a link to scikit-learn's copy into .venv/lib/native. The dynamic
linker reads LD_LIBRARY_PATH only when a process starts, so the process starts twice.
"""

import os
import sys
from pathlib import Path

VARIABLE = "LD_LIBRARY_PATH"


def use_native_libs() -> None:
    """Restart this process with .venv/lib/native in its path, if the folder exists."""
    folder = native_libs_folder()
    paths = os.environ.get(VARIABLE, "").split(os.pathsep)
    if not folder.is_dir() or str(folder) in paths:
        return
    os.environ[VARIABLE] = os.pathsep.join(filter(None, [str(folder), *paths]))
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def native_libs_folder() -> Path:
    """Return the folder of this Python environment for additional libraries."""
    return Path(sys.prefix) / "lib" / "native"
