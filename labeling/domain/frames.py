"""Frames: the block of pictures that the labelling page draws from."""

import hashlib
from dataclasses import dataclass

from labeling.domain.session_files import opened_file
from labeling.models import Clip

# Frames shown before and after a clip, so that its ends are seen in their context.
CONTEXT_FRAMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameBlock:
    """Raw grey frames, one byte a pixel, row by row, frame by frame."""

    data: bytes
    digest: str


def block_range(clip: Clip) -> tuple[int, int]:
    """Return the frames of a clip's block: the clip and some on each side."""
    start = max(0, clip.start - CONTEXT_FRAMES)
    return start, min(clip.trial.n_frames, clip.stop + CONTEXT_FRAMES)


def frame_block(clip: Clip) -> FrameBlock:
    """Read a clip's block from its session's file."""
    start, stop = block_range(clip)
    first_row = clip.trial.first_row
    with opened_file(clip.trial.session.file) as source:
        data = source.frames(first_row + start, first_row + stop).tobytes()
    return FrameBlock(data=data, digest=hashlib.sha256(data).hexdigest()[:32])
