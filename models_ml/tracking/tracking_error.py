"""What videos and what belongs to them can be refused for; free of heavy imports."""


class TrackingError(ValueError):
    """Something that a user can mend; the message is one sentence that says how."""


class VideoError(TrackingError):
    """A video that cannot be used."""


class TemplateError(TrackingError):
    """A template that nothing can be found with."""


class TrialNamesError(TrackingError):
    """Videos that cannot be told apart as trials."""


class PoleTimesError(TrackingError):
    """Pole times that cannot be used."""
