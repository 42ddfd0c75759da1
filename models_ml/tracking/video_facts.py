"""What a video file says of itself; free of decoders."""

from dataclasses import dataclass

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".avi", ".mkv")


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What a video file says of itself.

    Attributes
    ----------
    width, height : int
        Size of a frame in pixels.
    n_frames : int
        Frames that its header announces; counted where it announces none.
    rate_hz : float
        Frames a second at which it plays, which is seldom that of the camera.
    codec : str
        Name of the codec, such as ``h264``.
    """

    width: int
    height: int
    n_frames: int
    rate_hz: float
    codec: str
