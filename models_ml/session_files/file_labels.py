"""Labels that a file holds: WhACC's key ``labels``, of whole trials or of windows.

A session file has a label for each of its frames. A curation subset of WhACC
(``TL_DATA_*.h5``) has windows of a session, without the numbers of their trials and
frames: `located_windows` finds them by their pixels.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from models_ml.arrays import NOT_TOUCH, TOUCH, UNLABELLED, Frames, Int64s, LabelValues
from models_ml.session_files.layout import SessionFileError
from models_ml.session_files.reader import opened_h5

# Larger files are no curation subsets; their frames would not fit into memory.
_WINDOW_FRAMES_MAX = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledWindows:
    """Windows of consecutive frames with their labels.

    Parameters
    ----------
    frames : array of uint8, shape (n_frames, height, width)
        Frames of all windows, one window after the other.
    labels : array of int8, shape (n_frames,)
        1 touch, 0 not touch, -1 not labelled.
    lengths : array of int64, shape (n_windows,)
        Number of frames of each window.
    """

    frames: Frames
    labels: LabelValues
    lengths: Int64s


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedWindow:
    """Where a window lies in a session.

    Parameters
    ----------
    window : int
        Number of the window, from 0.
    row : int or None
        Row of its first frame among all frames of the session; None if the session does
        not have these frames one after the other.
    """

    window: int
    row: int | None


def read_labels(path: str | Path, n_frames: int) -> LabelValues | None:
    """Return the labels of all frames of a session file.

    Parameters
    ----------
    path : str or Path
        The H5 file; only read.
    n_frames : int
        Number of frames of the session.

    Returns
    -------
    labels : array of int8, shape (n_frames,), or None
        1 touch, 0 not touch, -1 not labelled. None without the key ``labels``.

    Raises
    ------
    SessionFileError
        If the file cannot be read, if there is not one label per frame, or if a label
        is another number.
    """
    with opened_h5(Path(path)) as file:
        return _labels(file, n_frames) if "labels" in file else None


def read_windows(path: str | Path) -> LabelledWindows:
    """Return the windows of a curation subset of WhACC with their labels.

    Parameters
    ----------
    path : str or Path
        The H5 file; only read.

    Returns
    -------
    windows : LabelledWindows
        The last channel of its lag images is frame t.

    Raises
    ------
    SessionFileError
        If the file cannot be read, if a key is missing, or if images, labels and
        windows do not have the same number of frames.
    """
    with opened_h5(Path(path)) as file:
        wanted = ("images", "labels", "frame_nums")
        missing = [key for key in wanted if key not in file]
        if missing:
            raise SessionFileError(
                f"{Path(path).name} has no labels of windows: {', '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} missing. Choose a curation "
                "subset (TL_DATA), or the session file itself."
            )
        images = file["images"]
        if images.ndim not in (3, 4) or images.dtype != np.uint8:
            raise SessionFileError(
                f"The images are {images.dtype} of shape {images.shape}. They must be "
                "uint8 of shape frames x height x width x 3 or frames x height x width."
            )
        n_frames = len(images)
        if n_frames > _WINDOW_FRAMES_MAX:
            raise SessionFileError(
                f"The file has {n_frames:,} frames. A curation subset has at most "
                f"{_WINDOW_FRAMES_MAX:,}. Import it as a session."
            )
        lengths = np.atleast_1d(np.asarray(file["frame_nums"][()]))
        if lengths.dtype.kind not in "iuf" or not (lengths == np.floor(lengths)).all():
            raise SessionFileError(
                "frame_nums must have the whole number of frames of each window."
            )
        lengths = lengths.astype(np.int64)
        if (lengths < 1).any() or lengths.sum() != n_frames:
            raise SessionFileError(
                f"The file has {n_frames} images, but its windows have {lengths.sum()} "
                "frames (frame_nums). Correct frame_nums."
            )
        labels = _labels(file, n_frames)
        frames = images[..., -1] if images.ndim == 4 else images[()]
    return LabelledWindows(frames=frames, labels=labels, lengths=lengths)


def located_windows(
    windows: LabelledWindows, session: Iterable[tuple[int, Frames]]
) -> list[LocatedWindow]:
    """Find windows in a session by their pixels.

    Parameters
    ----------
    windows : LabelledWindows
        The windows.
    session : iterable of pairs
        For each trial, the row of its first frame and all its frames.

    Returns
    -------
    located : list of LocatedWindow
        An entry for each window. A window is only found where all its frames follow
        each other in one trial. Of equal places, it is the first.
    """
    stops = np.cumsum(windows.lengths)
    starts = stops - windows.lengths
    wanted = [
        [_digest(frame) for frame in windows.frames[start:stop]]
        for start, stop in zip(starts, stops, strict=True)
    ]
    rows: list[int | None] = [None] * len(wanted)
    for first_row, frames in session:
        digests = [_digest(frame) for frame in frames]
        positions: dict[bytes, list[int]] = {}
        for position, digest in enumerate(digests):
            positions.setdefault(digest, []).append(position)
        for number, of_window in enumerate(wanted):
            if rows[number] is None:
                found = _place(of_window, digests, positions)
                rows[number] = None if found is None else first_row + found
    return [LocatedWindow(window=n, row=row) for n, row in enumerate(rows)]


def _place(
    wanted: Sequence[bytes], digests: Sequence[bytes], positions: dict[bytes, list[int]]
) -> int | None:
    for position in positions.get(wanted[0], ()):
        if list(digests[position : position + len(wanted)]) == list(wanted):
            return position
    return None


def _digest(frame: Frames) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(frame).data, digest_size=16).digest()


def _labels(file: h5py.File, n_frames: int) -> LabelValues:
    try:
        values = np.asarray(file["labels"][()], np.float64)
    except (TypeError, ValueError, AttributeError) as error:
        raise SessionFileError(f"labels cannot be read as numbers: {error}.") from error
    if values.shape != (n_frames,):
        raise SessionFileError(
            f"labels has the shape {values.shape}, and the file has {n_frames} frames. "
            "There must be one label for each frame."
        )
    values = np.where(np.isnan(values), UNLABELLED, values)
    wrong = values[~np.isin(values, (UNLABELLED, NOT_TOUCH, TOUCH))]
    if len(wrong):
        raise SessionFileError(
            f"labels has the value {wrong[0]:g}. It must have 1 (touch), 0 (not touch) "
            "and -1 or NaN (not labelled)."
        )
    labels: LabelValues = values.astype(np.int8)
    return labels
