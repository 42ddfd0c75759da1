"""Frames: the block of pictures that the labelling page draws from."""

import hashlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from labeling.domain.session_files import opened_session
from labeling.models import Clip

# Frames shown before and after a clip, so that its ends are seen in their context.
CONTEXT_FRAMES = 10
# The first run is short: the page draws as soon as it has arrived.
FIRST_RUN_FRAMES = 32
RUN_FRAMES = 256


def block_range(clip: Clip) -> tuple[int, int]:
    """Return the frames of a clip's block: the clip and some on each side."""
    start = max(0, clip.start - CONTEXT_FRAMES)
    return start, min(clip.trial.n_frames, clip.stop + CONTEXT_FRAMES)


def block_digest(clip: Clip) -> str:
    """Return what names a block's content, and how it is sent, without reading it."""
    start, stop = block_range(clip)
    first_row = clip.trial.first_row
    rows = f"{clip.trial.session.fingerprint} {first_row + start} {first_row + stop}"
    return hashlib.sha256(f"{rows} differences".encode()).hexdigest()[:32]


def block_differences(clip: Clip) -> Iterator[bytes]:
    """Read a clip's block run by run: each frame less the one before it, modulo 256.

    A byte a pixel, row by row, frame by frame; the first frame as it is. Noise of one
    frame packs no better this way, but everything that stands still does.
    """
    start, stop = block_range(clip)
    first_row = clip.trial.first_row
    before: npt.NDArray[np.uint8] | None = None
    with opened_session(clip.trial.session) as source:
        for run_start, run_stop in _runs(first_row + start, first_row + stop):
            frames = source.frames(run_start, run_stop)
            differences = frames.copy()
            differences[1:] -= frames[:-1]
            if before is not None:
                differences[0] -= before
            before = frames[-1]
            yield differences.tobytes()


def _runs(start: int, stop: int) -> Iterator[tuple[int, int]]:
    run_start, run_stop = start, min(stop, start + FIRST_RUN_FRAMES)
    while run_start < stop:
        yield run_start, run_stop
        run_start, run_stop = run_stop, min(stop, run_stop + RUN_FRAMES)
