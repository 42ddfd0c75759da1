"""TensorFlow without log messages, imported at the first call."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def quiet_tensorflow() -> Any:
    """Import TensorFlow so that it only prints errors.

    Returns
    -------
    tensorflow : module
        The same module at every call; Keras is ``tensorflow.keras``.
    """
    if "tensorflow" not in sys.modules:
        # TensorFlow reads this at import. A value set by the user has priority.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with _silent_stderr():
            import tensorflow

        logging.getLogger("absl").setLevel(logging.ERROR)
        tensorflow.get_logger().setLevel(logging.ERROR)
    return sys.modules["tensorflow"]


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Discard what the process writes to standard error.

    The C++ part of TensorFlow prints a message about oneDNN before it reads the log
    level. Errors of the import are Python exceptions, which are not affected.
    """
    sys.stderr.flush()
    original = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(original, 2)
        os.close(original)
        os.close(null)
