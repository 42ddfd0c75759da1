"""Frames: the blocks of frames that the labelling page draws."""

import hashlib
from collections.abc import Iterator

from labeling.domain.recordings.session_files import opened_session
from labeling.models import Clip, Trial

# Frames shown before and after a clip, so that annotators see its ends in context.
CONTEXT_FRAMES = 10
# Frames that are sent and unpacked together. The page draws as soon as the first run
# has arrived, and unpacks only the runs around the frames that it shows.
RUN_FRAMES = 64


def block_range(clip: Clip) -> tuple[int, int]:
    """Return the frame interval of a clip's block: the clip and some on each side."""
    start = max(0, clip.start - CONTEXT_FRAMES)
    return start, min(clip.trial.n_frames, clip.stop + CONTEXT_FRAMES)


def block_digest(clip: Clip) -> str:
    """Return a hash that identifies a block's frames and encoding, without reading."""
    return frames_digest(clip.trial, *block_range(clip))


def frames_digest(trial: Trial, start: int, stop: int) -> str:
    """Return a hash that identifies frames of a trial and their encoding."""
    first_row = trial.first_row
    rows = f"{trial.session.fingerprint} {first_row + start} {first_row + stop}"
    return hashlib.sha256(f"{rows} differences {RUN_FRAMES}".encode()).hexdigest()[:32]


def block_differences(clip: Clip) -> Iterator[bytes]:
    """Read a clip's block; see `frame_differences`."""
    return frame_differences(clip.trial, *block_range(clip))


def frame_differences(trial: Trial, start: int, stop: int) -> Iterator[bytes]:
    """Read frames run by run: each frame minus the one before it, modulo 256.

    One byte per pixel, row by row, frame by frame; the first frame of a run is stored
    unchanged. This compresses well where nothing moves; sensor noise it does not.
    """
    first_row = trial.first_row
    with opened_session(trial.session) as source:
        for run_start in range(start, stop, RUN_FRAMES):
            run_stop = min(stop, run_start + RUN_FRAMES)
            frames = source.frames(first_row + run_start, first_row + run_stop)
            differences = frames.copy()
            differences[1:] -= frames[:-1]
            yield differences.tobytes()
