"""Facts about a video file; importing them loads no decoder."""

from dataclasses import dataclass

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """Facts about a video file, from its header.

    Attributes
    ----------
    width, height : int
        Size of a frame in pixels.
    n_frames : int
        Number of frames by the header; counted if the header has no number.
    rate_hz : float
        Frames per second of playback, which often differs from the camera's rate.
    codec : str
        Name of the codec, such as ``h264``.
    """

    width: int
    height: int
    n_frames: int
    rate_hz: float
    codec: str
