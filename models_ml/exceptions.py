"""The base of the core's exceptions; importing it loads no other module."""


# A ValueError, so that a caller of the core alone needs to know nothing more.
class CoreError(ValueError):
    """The core cannot use this input; the message is one clear sentence."""
