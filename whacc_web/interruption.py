"""What Ctrl-C does: the first one stops in order, the second one hurries."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Turn the first signal into KeyboardInterrupt and the later ones into `hurry`.

    Nothing is raised a second time, so the clean-up that the first one started runs
    to its end.
    """

    def __init__(self) -> None:
        self.requested = False
        self.hurry = False

    def install(self) -> None:
        """Listen to Ctrl-C, `kill` and a terminal that closes."""
        for number in SIGNALS:
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            self.hurry = True
            return
        self.requested = True
        raise KeyboardInterrupt
