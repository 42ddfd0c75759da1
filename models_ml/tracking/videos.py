"""Videos: facts about a file, and its decoded frames in order.

A file is opened read-only, and only as one of the containers that labs record in, so
that it cannot make the decoder open another file or an address. Frames are decoded in
order: seeking to each frame is slow and inexact in some files. The index of a frame
comes from its time stamp, so a frame that cannot be decoded leaves a gap and does not
move the others.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from models_ml.tracking.exceptions import VideoError
from models_ml.tracking.grey import GreyTables
from models_ml.tracking.video_facts import VideoFacts

# Without readers of playlists, which name other files and addresses.
_OPTIONS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm",
    "protocol_whitelist": "file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedFrame:
    """A frame with its index in the video.

    Attributes
    ----------
    index : int
        Index of the frame, from 0.
    grey : array of uint8, shape (height, width), or None
        None if the frame could not be decoded.
    damaged : bool
        The frame could not be decoded, or the decoder had to guess parts of it.
    """

    index: int
    grey: npt.NDArray[np.uint8] | None
    damaged: bool


def read_facts(path: Path) -> VideoFacts:
    """Read the facts about a video without decoding it.

    Parameters
    ----------
    path : Path
        The video; only read.

    Returns
    -------
    facts : VideoFacts

    Raises
    ------
    VideoError
        If the file is not a video or has no frames.
    """
    with _opened(path) as container:
        stream = container.streams.video[0]
        n_frames = stream.frames or len(_time_stamps(container))
        if not n_frames:
            raise _without_frames(path)
        return VideoFacts(
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            n_frames=n_frames,
            rate_hz=float(stream.average_rate or 0),
            codec=stream.codec_context.name,
        )


def decoded_frames(path: Path) -> Iterator[DecodedFrame]:
    """Decode a video from its first frame to its last.

    Parameters
    ----------
    path : Path
        The video; only read.

    Yields
    ------
    frame : DecodedFrame
        Every frame of the file, in order. The picture is missing from a frame that
        cannot be decoded or differs in size from the first.

    Raises
    ------
    VideoError
        If the file is not a video or has no frames.
    """
    with _opened(path) as container:
        stamps = sorted(_time_stamps(container))
        if not stamps:
            raise _without_frames(path)
    # In files without time stamps, all packets have the same one or none.
    index_at = {stamp: index for index, stamp in enumerate(stamps)}
    if len(index_at) < len(stamps):
        index_at = {}
    due = 0
    tables = GreyTables()
    shape: tuple[int, int] | None = None
    with _opened(path) as container:
        for frame in _decoded(container):
            index = index_at.get(frame.pts, due) if index_at else due
            if not due <= index < len(stamps):
                continue
            yield from (_missing(gap) for gap in range(due, index))
            due = index + 1
            shape = shape or (frame.height, frame.width)
            if shape != (frame.height, frame.width):
                yield _missing(index)
                continue
            yield DecodedFrame(
                index=index, grey=tables.grey(frame), damaged=bool(frame.is_corrupt)
            )
    yield from (_missing(gap) for gap in range(due, len(stamps)))


def _missing(index: int) -> DecodedFrame:
    return DecodedFrame(index=index, grey=None, damaged=True)


def _without_frames(path: Path) -> VideoError:
    return VideoError(f"{path.name} has no frames. Record or copy it again.")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise VideoError(f"There is no file {path}.")
    try:
        container = av.open(str(path.absolute()), options=_OPTIONS)
    except (av.error.FFmpegError, ValueError) as error:
        raise VideoError(
            f"{path.name} is not a video, or its end is missing ({_reason(error)}). "
            "Record or copy it again."
        ) from error
    with container:
        if not container.streams.video:
            raise VideoError(f"{path.name} is not a video: it has no pictures.")
        stream = container.streams.video[0]
        # Each process decodes one video; the other cores decode other videos.
        stream.thread_type = "NONE"
        if not stream.codec_context.width:
            raise VideoError(f"{path.name} is not a video: it has no pictures.")
        yield container


def _time_stamps(container: Any) -> list[int]:
    """Return the time stamp of each frame, in the order of the file."""
    stamps = []
    with suppress(av.error.FFmpegError):
        for packet in container.demux(container.streams.video[0]):
            if packet.size and not packet.is_discard:
                stamps.append(-1 if packet.pts is None else packet.pts)
    return stamps


def _decoded(container: Any) -> Iterator[Any]:
    """Yield the frames that can be decoded, in order of time."""
    # A truncated file ends with an error instead of its last packets.
    with suppress(av.error.FFmpegError):
        for packet in container.demux(container.streams.video[0]):
            with suppress(av.error.FFmpegError):
                yield from packet.decode()


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)
