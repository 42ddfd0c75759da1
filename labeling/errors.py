"""What can go wrong in front of a user; every message is fit to be shown."""

from collections.abc import Iterator
from contextlib import contextmanager

from models_ml.cnn.backbone import BackboneError
from models_ml.session_files.reader import SessionFileError
from models_ml.shipped import ShippedModelError
from models_ml.tracking.tracking_error import TrackingError
from models_ml.training.labelled_trials import TrainingError
from models_ml.trees.classifier import ClassifierError
from models_ml.whacc.arrays import WhaccBackboneError
from models_ml.whacc.model import WhaccModelError
from models_ml.whacc.training_data import WhaccTrainingDataError


class LabelingError(Exception):
    """Something that its user can mend; the message says how."""


class NotFoundError(LabelingError):
    """There is no such object, or this user has no right to it: both look alike."""


class NotAllowedError(LabelingError):
    """The user may see the object, but not do this to it."""


@contextmanager
def translated_core_errors() -> Iterator[None]:
    """Raise the core's errors as `LabelingError`, with the same message."""
    try:
        yield
    except (
        BackboneError,
        ClassifierError,
        SessionFileError,
        ShippedModelError,
        TrackingError,
        TrainingError,
        WhaccBackboneError,
        WhaccModelError,
        WhaccTrainingDataError,
    ) as error:
        raise LabelingError(str(error)) from error
