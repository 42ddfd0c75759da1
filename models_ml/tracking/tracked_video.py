"""Tracking of one video: crops, positions and quality, stored in two files."""

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from models_ml.atomic_file import replaced_file
from models_ml.stages import in_stages
from models_ml.tracking.crops import crop_corner, cut
from models_ml.tracking.exceptions import VideoError
from models_ml.tracking.matching import PoleMatcher
from models_ml.tracking.videos import DecodedFrame, decoded_frames

# Below this correlation with the template, the pole is not in the frame.
POLE_SCORE_MIN = 0.5
RECORD = np.dtype(
    [
        ("corner", np.int64, 2),
        ("fine", np.float64, 2),
        ("value", np.float64),
        ("score", np.float32),
        ("state", np.uint8),
    ]
)
_FRAMES_AHEAD = 8

# The values of a record, and the crop.
Found = tuple[tuple[Any, ...], npt.NDArray[np.uint8]]


class FrameState(IntEnum):
    """State of a frame, as in the key ``frame_states`` of session files."""

    TRACKED = 0
    DAMAGED = 1
    POLE_OUT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSettings:
    """The template, and the size of crops.

    Attributes
    ----------
    template : array of uint8, shape (height, width)
        A picture of the pole, which tracking searches for.
    crop_px : (int, int)
        Width and height of the crop around the pole.
    """

    template: npt.NDArray[np.uint8]
    crop_px: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedVideo:
    """The result of tracking a video.

    Attributes
    ----------
    crops : array of uint8, shape (n_frames, height, width)
        Read from disk on use. A frame that could not be decoded repeats the crop before
        it or, at the start, the first crop.
    records : structured array, shape (n_frames,)
        ``corner`` and ``fine`` (x and y of the crop's corner, in whole pixels and
        between pixels), ``value`` (the match; NaN if nothing was decoded), ``score``
        (correlation, -1 to 1) and ``state`` (`FrameState`).
    """

    crops: npt.NDArray[np.uint8]
    records: npt.NDArray[Any]


def track_video(video: Path, part: Path, settings: TrackingSettings) -> None:
    """Track the pole through a video and store the result.

    Parameters
    ----------
    video : Path
        The video; only read.
    part : Path
        Path of the result: two files with this name and a suffix. The second is
        written after the first is complete.
    settings : TrackingSettings
        The template, and the size of crops.

    Raises
    ------
    VideoError
        If the video cannot be read, or none of its frames can be decoded.
    TemplateError
        If the template is larger than the frames.
    OSError
        If the disk is full. Then neither file is left.
    """
    key = part_key(video, settings)
    matcher = PoleMatcher(settings.template)
    with (
        replaced_file(_crops_path(part)) as path,
        path.open("wb", buffering=2**20) as file,
    ):
        writer = _ResultWriter(file=file)
        find = partial(_found, matcher, settings)
        frames = decoded_frames(video)
        for _ in in_stages(frames, [find, writer.add], waiting=_FRAMES_AHEAD):
            pass
        if writer.last is None:
            raise VideoError(
                f"None of the {writer.n_before} frames of {video.name} can be decoded. "
                "Record or copy it again."
            )
    with replaced_file(_records_path(part)) as path, path.open("wb") as file:
        np.savez(file, records=np.array(writer.records, RECORD), key=np.array(key))


def read_tracked_video(
    video: Path, part: Path, settings: TrackingSettings
) -> TrackedVideo | None:
    """Read the result that an earlier `track_video` stored.

    Parameters
    ----------
    video : Path
        The video.
    part : Path
        Path of the result; see `track_video`.
    settings : TrackingSettings
        The template, and the size of crops.

    Returns
    -------
    tracked : TrackedVideo or None
        None if there is no complete result for this video with these settings.
    """
    try:
        with np.load(_records_path(part)) as file:
            records, key = file["records"], str(file["key"])
        if key != part_key(video, settings):
            return None
        width, height = settings.crop_px
        crops = np.memmap(_crops_path(part), np.uint8, "r")
        return TrackedVideo(
            crops=crops.reshape(len(records), height, width), records=records
        )
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def part_key(video: Path, settings: TrackingSettings) -> str:
    """Return a key that changes when the video or the settings change.

    Parameters
    ----------
    video : Path
        The video.
    settings : TrackingSettings
        The template, and the size of crops.

    Returns
    -------
    key : str
        SHA-256, in hexadecimal, of the name, size and modification time of the file,
        the template and the size of crops.
    """
    status = video.stat()
    digest = hashlib.sha256(
        f"{video.name}\n{status.st_size} {status.st_mtime_ns}\n"
        f"{settings.template.shape} {settings.crop_px}\n".encode()
    )
    digest.update(np.ascontiguousarray(settings.template).tobytes())
    return digest.hexdigest()


def _crops_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.crops")


def _records_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.npz")


def _found(
    matcher: PoleMatcher, settings: TrackingSettings, frame: DecodedFrame
) -> Found | None:
    """Find the pole in a frame; return None if the frame could not be decoded."""
    if frame.grey is None:
        return None
    match = matcher.match(frame.grey)
    height, width = settings.template.shape
    corner = crop_corner(
        (match.x, match.y), template_px=(width, height), crop_px=settings.crop_px
    )
    fine = corner[0] + match.x_fine - match.x, corner[1] + match.y_fine - match.y
    state = FrameState.TRACKED
    if match.score < POLE_SCORE_MIN:
        state = FrameState.POLE_OUT
    if frame.damaged:
        state = FrameState.DAMAGED
    record = (corner, fine, match.value, match.score, state)
    return record, cut(frame.grey, corner, settings.crop_px)


@dataclass(slots=True, kw_only=True)
class _ResultWriter:
    """Writes records and crops; a frame without picture has those of its neighbour."""

    file: BinaryIO
    records: list[tuple[Any, ...]] = field(default_factory=list)
    last: Found | None = None
    n_before: int = 0

    def add(self, found: Found | None) -> None:
        """Write the crop of a frame and remember its record."""
        if found is None:
            if self.last is None:
                self.n_before += 1
            else:
                self._write(_as_undecoded(*self.last))
            return
        if self.last is None:
            for _ in range(self.n_before):
                self._write(_as_undecoded(*found))
        self._write(found)
        self.last = found

    def _write(self, found: Found) -> None:
        record, crop = found
        self.records.append(record)
        self.file.write(crop.tobytes())


def _as_undecoded(record: tuple[Any, ...], crop: npt.NDArray[np.uint8]) -> Found:
    """Return the position and picture of a neighbour for a frame without picture."""
    corner, fine, *_ = record
    return (corner, fine, np.nan, np.nan, FrameState.DAMAGED), crop
