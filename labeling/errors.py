"""Exceptions that a user can fix; each message is shown on a page as it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from models_ml.exceptions import CoreError


class LabelingError(Exception):
    """A user can fix the cause; the message says how."""


class NotFoundError(LabelingError):
    """The object does not exist or the user may not see it; both look alike."""


class NotAllowedError(LabelingError):
    """The user may see the object but not do this to it."""


@contextmanager
def translated_core_errors() -> Iterator[None]:
    """Raise the core's exceptions as LabelingError, with the same message."""
    try:
        yield
    except CoreError as error:
        raise LabelingError(str(error)) from error
