"""One video, tracked: crops, places and quality, kept in two files."""

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

# Correlation of template and pixels below which they show something else.
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

# A record's values, and the crop.
Found = tuple[tuple[Any, ...], npt.NDArray[np.uint8]]


class FrameState(IntEnum):
    """What is known of a frame, as session files keep it in ``frame_states``."""

    TRACKED = 0
    DAMAGED = 1
    POLE_OUT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingSettings:
    """What is looked for, and what is cut out.

    Attributes
    ----------
    template : array of uint8, shape (height, width)
        A picture of the pole.
    crop_px : (int, int)
        Width and height of the crop around it.
    """

    template: npt.NDArray[np.uint8]
    crop_px: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedVideo:
    """What tracking found in a video.

    Attributes
    ----------
    crops : array of uint8, shape (n_frames, height, width)
        Read from disk as it is used. A frame that could not be decoded repeats the one
        before it, at the start the one after it.
    records : structured array, shape (n_frames,)
        ``corner`` and ``fine`` (x and y of the crop, whole and between pixels),
        ``value`` (the match; NaN where nothing was decoded), ``score`` (correlation,
        -1 to 1) and ``state`` (`FrameState`).
    """

    crops: npt.NDArray[np.uint8]
    records: npt.NDArray[Any]


def track_video(video: Path, part: Path, settings: TrackingSettings) -> None:
    """Track the pole through a video and keep what was found.

    Parameters
    ----------
    video : Path
        The video; only read.
    part : Path
        Where to keep it: two files with this name and a suffix each. The second is
        written when the first is whole.
    settings : TrackingSettings
        What to look for.

    Raises
    ------
    VideoError
        If the video cannot be read or none of its frames decoded.
    TemplateError
        If the template does not fit its frames.
    OSError
        If there is no room for the files; neither is left then.
    """
    key = part_key(video, settings)
    matcher = PoleMatcher(settings.template)
    with (
        replaced_file(_crops_path(part)) as path,
        path.open("wb", buffering=2**20) as file,
    ):
        kept = _Kept(file=file)
        find = partial(_found, matcher, settings)
        frames = decoded_frames(video)
        for _ in in_stages(frames, [find, kept.add], waiting=_FRAMES_AHEAD):
            pass
        if kept.last is None:
            raise VideoError(
                f"Expected frames that can be decoded; of {kept.n_before} in "
                f"{video.name} none can: record or copy it again."
            )
    with replaced_file(_records_path(part)) as path, path.open("wb") as file:
        np.savez(file, records=np.array(kept.records, RECORD), key=np.array(key))


def read_tracked_video(
    video: Path, part: Path, settings: TrackingSettings
) -> TrackedVideo | None:
    """Return what an earlier `track_video` kept.

    Parameters
    ----------
    video : Path
        The video.
    part : Path
        Where it was kept.
    settings : TrackingSettings
        What was looked for.

    Returns
    -------
    tracked : TrackedVideo or None
        None if nothing whole was kept, or it is of another video or other settings.
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
    """Return what changes when a video or the settings do.

    Parameters
    ----------
    video : Path
        The video.
    settings : TrackingSettings
        What is looked for.

    Returns
    -------
    key : str
        SHA-256, in hexadecimal, of the file's name, size and time of change, the
        template and the crop's size.
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
    """Return what is found in a frame, unless nothing of it could be decoded."""
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
class _Kept:
    """Takes what is found; a frame without picture gets its neighbour's."""

    file: BinaryIO
    records: list[tuple[Any, ...]] = field(default_factory=list)
    last: Found | None = None
    n_before: int = 0

    def add(self, found: Found | None) -> None:
        """Write a frame's crop and keep its record."""
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
    """Return a neighbour's place and picture for a frame that has none."""
    corner, fine, *_ = record
    return (corner, fine, np.nan, np.nan, FrameState.DAMAGED), crop
