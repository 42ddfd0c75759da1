"""Ctrl-C: the first one stops the product in order, the second one at once."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Raise KeyboardInterrupt at the first signal; set `must_hurry` at later ones.

    Nothing is raised a second time, so the clean-up that the first signal started
    runs to its end.
    """

    def __init__(self) -> None:
        self.is_requested = False
        self.must_hurry = False

    def install(self) -> None:
        """Handle Ctrl-C, `kill` and a terminal that closes."""
        for number in SIGNALS:
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.is_requested:
            self.must_hurry = True
            return
        self.is_requested = True
        raise KeyboardInterrupt
