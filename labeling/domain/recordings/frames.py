"""Frames: the block of pictures that the labelling page draws from."""

import hashlib
from collections.abc import Iterator

from labeling.domain.recordings.session_files import opened_session
from labeling.models import Clip, Trial

# Frames shown before and after a clip, so that its ends are seen in their context.
CONTEXT_FRAMES = 10
# Frames that are sent and unpacked together. The page draws as soon as the first run
# has arrived, and unpacks no others than those around the frames that it shows.
RUN_FRAMES = 64


def block_range(clip: Clip) -> tuple[int, int]:
    """Return the frames of a clip's block: the clip and some on each side."""
    start = max(0, clip.start - CONTEXT_FRAMES)
    return start, min(clip.trial.n_frames, clip.stop + CONTEXT_FRAMES)


def block_digest(clip: Clip) -> str:
    """Return what names a block's content, and how it is sent, without reading it."""
    return frames_digest(clip.trial, *block_range(clip))


def frames_digest(trial: Trial, start: int, stop: int) -> str:
    """As `block_digest`, of any frames of a trial."""
    first_row = trial.first_row
    rows = f"{trial.session.fingerprint} {first_row + start} {first_row + stop}"
    return hashlib.sha256(f"{rows} differences {RUN_FRAMES}".encode()).hexdigest()[:32]


def block_differences(clip: Clip) -> Iterator[bytes]:
    """Read a clip's block; see `frame_differences`."""
    return frame_differences(clip.trial, *block_range(clip))


def frame_differences(trial: Trial, start: int, stop: int) -> Iterator[bytes]:
    """Read frames run by run: each frame less the one before it, modulo 256.

    A byte a pixel, row by row, frame by frame; the first frame of a run as it is. The
    noise of a sensor packs no better this way, but everything that stands still does.
    """
    first_row = trial.first_row
    with opened_session(trial.session) as source:
        for run_start in range(start, stop, RUN_FRAMES):
            run_stop = min(stop, run_start + RUN_FRAMES)
            frames = source.frames(first_row + run_start, first_row + run_stop)
            differences = frames.copy()
            differences[1:] -= frames[:-1]
            yield differences.tobytes()
