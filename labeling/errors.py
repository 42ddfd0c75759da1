"""What can go wrong in front of a user; every message is fit to be shown."""


class LabelingError(Exception):
    """Something that its user can mend; the message says how."""


class NotFoundError(LabelingError):
    """There is no such object, or this user has no right to it: both look alike."""


class NotAllowedError(LabelingError):
    """The user may see the object, but not do this to it."""
