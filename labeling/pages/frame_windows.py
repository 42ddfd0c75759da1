"""Windows: the frames around a touch, a change or an error that a page shows."""

from dataclasses import dataclass

from models_ml.arrays import LabelValues

# Shown on each side of a change or an error, and at most in all: a wider strip would
# be illegible.
CONTEXT_FRAMES, WINDOW_FRAMES = 4, 30
LABEL_NAMES = {-1: "none", 0: "not-touch", 1: "touch", 2: "unsure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameWindow:
    """The frames `[start, stop)` of a trial."""

    start: int
    stop: int

    @property
    def frames(self) -> range:
        """The indices of the frames."""
        return range(self.start, self.stop)


def window_around(start: int, stop: int, n_frames: int) -> tuple[int, int]:
    """Return the frames to show around `[start, stop)`; the beginning of long runs."""
    first = max(0, start - CONTEXT_FRAMES)
    return first, min(n_frames, stop + CONTEXT_FRAMES, first + WINDOW_FRAMES)


def label_names(values: LabelValues) -> list[str]:
    """Return labels as the stylesheet names them."""
    return [LABEL_NAMES[value] for value in values.tolist()]
