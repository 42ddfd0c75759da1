"""Exceptions of tracking; importing them loads no decoder."""

from models_ml.exceptions import CoreError


class TrackingError(CoreError):
    """A user can fix the cause; the message says how."""


class VideoError(TrackingError):
    """A video cannot be used."""


class TemplateError(TrackingError):
    """A template cannot be used to find a pole."""


class TrialNamesError(TrackingError):
    """The names of videos do not identify their trials."""


class PoleTimesError(TrackingError):
    """Pole times cannot be used."""
