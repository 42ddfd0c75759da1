"""Videos: what a file holds, and its frames one after the other.

A file is opened read-only, as one of the few containers that labs record in; nothing in
it can make the decoder open another file or an address. Frames are decoded in order,
since seeking before every frame costs most of the time and lands beside the frame in
some files. Their places come from their time stamps, so a frame that cannot be decoded
leaves a gap at its own place and moves none of the others.
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

# Playlists name other files and addresses, so those readers stay out.
_OPTIONS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm",
    "protocol_whitelist": "file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedFrame:
    """A frame at its place in the video.

    Attributes
    ----------
    index : int
        Its place, from zero.
    grey : array of uint8, shape (height, width), or None
        None where nothing could be decoded.
    damaged : bool
        Nothing could be decoded, or the decoder had to guess parts of it.
    """

    index: int
    grey: npt.NDArray[np.uint8] | None
    damaged: bool


def read_facts(path: Path) -> VideoFacts:
    """Read what a video holds, without decoding it.

    Parameters
    ----------
    path : Path
        The file; only read.

    Returns
    -------
    facts : VideoFacts

    Raises
    ------
    VideoError
        If it is no video, or one without frames.
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
        The file; only read.

    Yields
    ------
    frame : DecodedFrame
        One for each frame that lies in the file, in order, without gaps: one that
        cannot be decoded, or has another size than the first, comes without picture.

    Raises
    ------
    VideoError
        If the file is no video, or one without frames.
    """
    with _opened(path) as container:
        stamps = sorted(_time_stamps(container))
        if not stamps:
            raise _without_frames(path)
    # Files without time stamps of their own give every packet the same one, or none.
    places = {stamp: index for index, stamp in enumerate(stamps)}
    if len(places) < len(stamps):
        places = {}
    due = 0
    tables = GreyTables()
    shape: tuple[int, int] | None = None
    with _opened(path) as container:
        for frame in _decoded(container):
            index = places.get(frame.pts, due) if places else due
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
    return VideoError(
        f"Expected a video with frames; {path.name} holds none: record or copy it "
        "again."
    )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise VideoError(f"Expected a video; there is no file {path}.")
    try:
        container = av.open(str(path.absolute()), options=_OPTIONS)
    except (av.error.FFmpegError, ValueError) as error:
        raise VideoError(
            f"Expected a video; {path.name} is none, or its end is missing "
            f"({_reason(error)}): record or copy it again."
        ) from error
    with container:
        if not container.streams.video:
            raise VideoError(f"Expected a video; {path.name} holds no pictures.")
        stream = container.streams.video[0]
        # One video is one process's work; the others use the other cores.
        stream.thread_type = "NONE"
        if not stream.codec_context.width:
            raise VideoError(f"Expected a video; {path.name} holds no pictures.")
        yield container


def _time_stamps(container: Any) -> list[int]:
    """Return when each frame in the file is shown, in the file's order."""
    stamps = []
    with suppress(av.error.FFmpegError):
        for packet in container.demux(container.streams.video[0]):
            if packet.size and not packet.is_discard:
                stamps.append(-1 if packet.pts is None else packet.pts)
    return stamps


def _decoded(container: Any) -> Iterator[Any]:
    """Yield what can be decoded, in the order in which it is shown."""
    # A cut file ends with an error in place of its last packets.
    with suppress(av.error.FFmpegError):
        for packet in container.demux(container.streams.video[0]):
            with suppress(av.error.FFmpegError):
                yield from packet.decode()


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)
