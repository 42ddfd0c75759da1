"""Previews of videos before tracking: facts, single frames, a few tracked crops.

A web process calls these functions through `run_in_child_process`, so decoders are
imported inside them.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models_ml.tracking.crops import crop_corner, cut
from models_ml.tracking.exceptions import TemplateError, VideoError
from models_ml.tracking.video_facts import VideoFacts

_SAMPLE_FRAMES = 10
_BETWEEN_PX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSource:
    """The frame and position of a template, and the size of crops.

    Attributes
    ----------
    path : Path
        The video.
    frame : int or None
        Index of the frame; None for the middle one.
    x, y : int
        Middle of the template in the frame, in pixels.
    template_px, crop_px : int
        Side of the template and of the crops, in pixels.
    """

    path: Path
    frame: int | None
    x: int
    y: int
    template_px: int
    crop_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A few tracked frames of a video.

    Attributes
    ----------
    name : str
        File name of the video.
    png : bytes
        The crops side by side, as a PNG.
    score_min : float
        The lowest correlation with the template, -1 to 1.
    """

    name: str
    png: bytes
    score_min: float


def facts_of(paths: Sequence[Path]) -> list[VideoFacts | str]:
    """Read the facts about videos.

    Parameters
    ----------
    paths : sequence of Path
        The videos; only read.

    Returns
    -------
    facts : list of VideoFacts or str
        In the order of the videos; the error message for one that cannot be read.
    """
    from models_ml.tracking.videos import read_facts

    facts: list[VideoFacts | str] = []
    for path in paths:
        try:
            facts.append(read_facts(path))
        except VideoError as error:
            facts.append(str(error))
    return facts


def grey_frame(path: Path, index: int | None) -> npt.NDArray[np.uint8]:
    """Decode one frame.

    Parameters
    ----------
    path : Path
        The video; only read.
    index : int or None
        Index of the frame, from 0; None for the middle one.

    Returns
    -------
    grey : array of uint8, shape (height, width)

    Raises
    ------
    VideoError
        If the video has no such frame, or it cannot be decoded.
    """
    from models_ml.tracking.videos import decoded_frames, read_facts

    wanted = read_facts(path).n_frames // 2 if index is None else index
    for frame in decoded_frames(path):
        if frame.index == wanted and frame.grey is not None:
            return frame.grey
        if frame.index >= wanted:
            break
    raise VideoError(
        f"Frame {wanted} of {path.name} does not exist or cannot be decoded. Choose "
        "another frame."
    )


def frame_png(
    path: Path, index: int | None, box: tuple[int, int, int, int] | None = None
) -> bytes:
    """Decode one frame as a PNG; see `grey_frame`.

    Parameters
    ----------
    path : Path
        The video; only read.
    index : int or None
        Index of the frame, from 0; None for the middle one.
    box : (int, int, int, int), optional
        Left, top, width and height of a white frame to draw, in pixels.

    Returns
    -------
    png : bytes

    Raises
    ------
    VideoError
        If the video has no such frame, or it cannot be decoded.
    """
    return _png(grey_frame(path, index), box)


def template_at(source: TemplateSource) -> npt.NDArray[np.uint8]:
    """Cut the template out of its frame.

    Parameters
    ----------
    source : TemplateSource
        Frame and position of the template.

    Returns
    -------
    template : array of uint8, shape (template_px, template_px)

    Raises
    ------
    TemplateError
        If the template would extend beyond the frame.
    VideoError
        If the frame cannot be decoded.
    """
    grey = grey_frame(source.path, source.frame)
    left, top = (middle - source.template_px // 2 for middle in (source.x, source.y))
    right, bottom = left + source.template_px, top + source.template_px
    if min(left, top) < 0 or right > grey.shape[1] or bottom > grey.shape[0]:
        raise TemplateError(
            f"A template of {source.template_px} px around ({source.x}, {source.y}) "
            f"extends beyond the frame of {grey.shape[1]}x{grey.shape[0]} px. Choose "
            "the pole's middle, or a smaller template."
        )
    return grey[top:bottom, left:right].copy()


def samples(source: TemplateSource, paths: Sequence[Path]) -> list[Sample]:
    """Track a few frames of each video, spread over its length.

    Parameters
    ----------
    source : TemplateSource
        Frame and position of the template.
    paths : sequence of Path
        The videos; only read.

    Returns
    -------
    samples : list of Sample

    Raises
    ------
    TemplateError, VideoError
        If the template or a video cannot be used.
    """
    template = template_at(source)
    return [_sample(template, source.crop_px, path) for path in paths]


def _sample(template: npt.NDArray[np.uint8], crop_px: int, path: Path) -> Sample:
    from models_ml.tracking.matching import PoleMatcher
    from models_ml.tracking.videos import decoded_frames, read_facts

    last = read_facts(path).n_frames - 1
    wanted = set(np.linspace(0, last, _SAMPLE_FRAMES).astype(int).tolist())
    matcher, crops, scores = PoleMatcher(template), [], []
    size = template.shape[1], template.shape[0]
    for frame in decoded_frames(path):
        if frame.index in wanted and frame.grey is not None:
            match = matcher.match(frame.grey)
            corner = crop_corner(
                (match.x, match.y), template_px=size, crop_px=(crop_px, crop_px)
            )
            crops.append(cut(frame.grey, corner, (crop_px, crop_px)))
            scores.append(match.score)
    if not crops:
        raise VideoError(
            f"None of the sampled frames of {path.name} can be decoded. Record or copy "
            "it again."
        )
    return Sample(
        name=path.name, png=_png(_side_by_side(crops)), score_min=float(min(scores))
    )


def _side_by_side(crops: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    gap = np.full((len(crops[0]), _BETWEEN_PX), 255, np.uint8)
    return np.hstack([part for crop in crops for part in (crop, gap)][:-1])


def _png(
    grey: npt.NDArray[np.uint8], box: tuple[int, int, int, int] | None = None
) -> bytes:
    from PIL import Image, ImageDraw

    picture, image = io.BytesIO(), Image.fromarray(grey)
    if box is not None:
        left, top, width, height = box
        around = (left - 1, top - 1, left + width, top + height)
        ImageDraw.Draw(image).rectangle(around, outline=255)
    image.save(picture, "PNG", compress_level=1)
    return picture.getvalue()
