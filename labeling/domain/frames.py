"""Frames: the block of pictures that the labelling page draws from."""

import hashlib

from labeling.domain.session_files import opened_session
from labeling.models import Clip

# Frames shown before and after a clip, so that its ends are seen in their context.
CONTEXT_FRAMES = 10


def block_range(clip: Clip) -> tuple[int, int]:
    """Return the frames of a clip's block: the clip and some on each side."""
    start = max(0, clip.start - CONTEXT_FRAMES)
    return start, min(clip.trial.n_frames, clip.stop + CONTEXT_FRAMES)


def block_digest(clip: Clip) -> str:
    """Return what names a block's content, without reading it."""
    start, stop = block_range(clip)
    first_row = clip.trial.first_row
    rows = f"{clip.trial.session.fingerprint} {first_row + start} {first_row + stop}"
    return hashlib.sha256(rows.encode()).hexdigest()[:32]


def block_pixels(clip: Clip) -> bytes:
    """Read a clip's block: a byte a pixel, row by row, frame by frame."""
    start, stop = block_range(clip)
    first_row = clip.trial.first_row
    with opened_session(clip.trial.session) as source:
        return source.frames(first_row + start, first_row + stop).tobytes()
