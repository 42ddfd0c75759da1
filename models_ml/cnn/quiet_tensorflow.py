"""TensorFlow without its chatter, imported only where it is needed."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def quiet_tensorflow() -> Any:
    """Import TensorFlow so that it prints nothing but errors.

    Returns
    -------
    tensorflow : module
        The same module each time; Keras is at ``tensorflow.keras``.
    """
    if "tensorflow" not in sys.modules:
        # Read while TensorFlow is being imported; a user's own choice stands.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with _silent_stderr():
            import tensorflow

        logging.getLogger("absl").setLevel(logging.ERROR)
        tensorflow.get_logger().setLevel(logging.ERROR)
    return sys.modules["tensorflow"]


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Drop what the process writes to its standard error.

    TensorFlow's C++ part praises oneDNN before it reads any log level. Failures of
    the import are Python exceptions and come through.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
