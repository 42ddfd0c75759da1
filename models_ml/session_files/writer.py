"""Writing session files with the keys and types of WhACC's tracker."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.arrays import Frames
from models_ml.atomic_file import replaced_file
from models_ml.session_files.layout import SessionFileError

# About 100 frames of 61 x 61 px: fast to read in runs, and cheap for one frame.
_CHUNK_BYTES = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionArrays:
    """The arrays of a session file in addition to the frames and trials.

    Parameters
    ----------
    locations_x_y : array-like of int, shape (n_frames, 2), optional
        Top-left corner of each crop in the video's frame, in pixels; (0, 0) by default.
    max_val_stack : array-like of float, shape (n_frames,), optional
        The tracker's match of each frame with the template; NaN by default.
    template_img : array of uint8, shape (height, width), optional
        The tracker's template; black by default.
    truth : array-like of bool, shape (n_frames,), optional
        Exact touch frames of a simulated session.
    pole_times : array-like of float, shape (2, n_trials), optional
        Frames of each trial from which and until which the pole is in reach.
    in_range : array-like of float, shape (n_frames,), optional
        1 with the pole in reach, 0 with the pole out of reach; NaN by default.
    of_each_frame : mapping of str to array-like
        Keys that WhACC does not have, with one row per frame.
    """

    locations_x_y: npt.ArrayLike | None = None
    max_val_stack: npt.ArrayLike | None = None
    template_img: Frames | None = None
    truth: npt.ArrayLike | None = None
    pole_times: npt.ArrayLike | None = None
    in_range: npt.ArrayLike | None = None
    of_each_frame: Mapping[str, npt.ArrayLike] = field(default_factory=dict)


def write_session_file(
    path: str | Path,
    *,
    trials: Sequence[tuple[int, str]],
    frames: Iterable[Frames],
    arrays: SessionArrays | None = None,
    grey_once: bool = False,
) -> None:
    """Write a session file with the keys and types of WhACC's tracker.

    Parameters
    ----------
    path : str or Path
        The file to write. An existing file is replaced once the new one is complete.
    trials : sequence of (int, str)
        Number and video name of each trial.
    frames : iterable of array of uint8, shape (n_frames, height, width)
        The frames of each trial; read one trial at a time.
    arrays : SessionArrays, optional
        The other arrays of the file.
    grey_once : bool
        Write the images as frames x height x width, in a third of the space. WhACC's
        next step, the lag images, reads both shapes; its labelling window needs three
        channels.

    Raises
    ------
    SessionFileError
        If the trials, the frames and the other arrays do not match, or the disk is
        full. Then no file is left.
    """
    _check_numbers([number for number, _ in trials])
    with (
        _room_errors(Path(path)),
        replaced_file(Path(path)) as part,
        h5py.File(part, "w", locking=False) as file,
    ):
        counts = _write_images(file, frames, grey_once=grey_once)
        if len(counts) != len(trials):
            raise SessionFileError(
                f"There are frames for {len(counts)} trials of {len(trials)}."
            )
        _write_trials(file, trials, counts)
        _write_arrays(file, arrays or SessionArrays(), n_trials=len(trials))


@contextmanager
def _room_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        # HDF5 reports a full disk as an OSError with a number in its message, and as
        # another exception when the file is closed.
        if isinstance(error, OSError) or "errno = " in str(error):
            raise SessionFileError(
                f"{path.name} cannot be written ({error}). Free some disk space or "
                "change the folder's permissions, and start again. No file was left."
            ) from error
        raise


def _write_images(
    file: h5py.File, frames: Iterable[Frames], *, grey_once: bool
) -> list[int]:
    """Write the frames of all trials, with three equal channels or with one."""
    counts: list[int] = []
    images = None
    for trial in frames:
        if trial.dtype != np.uint8 or trial.ndim != 3 or 0 in trial.shape:
            raise SessionFileError(
                f"The frames of a trial are {trial.dtype} of shape {trial.shape}. They "
                "must be uint8 of shape frames x height x width, with at least one "
                "frame."
            )
        if images is None:
            images = _empty_images(file, trial.shape[1:], () if grey_once else (3,))
        if trial.shape[1:] != images.shape[1:3]:
            raise SessionFileError(
                f"The frames of trial {len(counts) + 1} have {trial.shape[1:]} px. "
                f"They must have {images.shape[1:3]} px, as in the first trial."
            )
        first_row = sum(counts)
        counts.append(len(trial))
        images.resize(sum(counts), axis=0)
        images[first_row:] = (
            trial if grey_once else np.repeat(trial[..., np.newaxis], 3, axis=3)
        )
    return counts


def _empty_images(
    file: h5py.File, size: tuple[int, ...], channels: tuple[int, ...]
) -> h5py.Dataset:
    shape = (*size, *channels)
    n_frames_in_chunk = max(_CHUNK_BYTES // math.prod(shape), 1)
    return file.create_dataset(
        "images",
        shape=(0, *shape),
        maxshape=(None, *shape),
        chunks=(n_frames_in_chunk, *shape),
        dtype=np.uint8,
    )


def _write_trials(
    file: h5py.File, trials: Sequence[tuple[int, str]], counts: list[int]
) -> None:
    numbers = np.array([number for number, _ in trials], np.float64)
    names = [name for _, name in trials]
    encoding = "ascii" if all(name.isascii() for name in names) else "utf-8"
    file["full_file_names"] = np.array(names, h5py.string_dtype(encoding))
    file["frame_nums"] = np.array(counts, np.float64)
    file["trial_nums_and_frame_nums"] = np.stack([numbers, file["frame_nums"]])
    file["file_name_nums"] = np.repeat(numbers, counts)
    file["labels"] = np.full(sum(counts), -1, np.int32)
    file["multiplier"] = np.array(counts[:1], np.int32)
    file["custom_image_extract_size"] = np.array(file["images"].shape[1:3], np.int64)


def _write_arrays(file: h5py.File, arrays: SessionArrays, *, n_trials: int) -> None:
    n_frames, size = len(file["images"]), file["images"].shape[1:3]
    unknown = {
        "locations_x_y": np.zeros((n_frames, 2), np.int64),
        "max_val_stack": np.full(n_frames, np.nan),
        "in_range": np.full(n_frames, np.nan),
        "template_img": np.zeros(size, np.uint8),
    }
    for key, like in unknown.items():
        values = getattr(arrays, key)
        if key == "template_img" and values is not None:
            # A template has a size of its own.
            like = values
        _write_values(file, key, like if values is None else values, like)
    for key, values in arrays.of_each_frame.items():
        array = np.asarray(values)
        like = np.empty((n_frames, *array.shape[1:]), array.dtype)
        _write_values(file, key, array, like)
    if arrays.truth is not None:
        _write_values(file, "simulated_touch", arrays.truth, np.zeros(n_frames, bool))
    if arrays.pole_times is not None:
        _write_values(file, "pole_times", arrays.pole_times, np.zeros((2, n_trials)))


def _write_values(
    file: h5py.File, key: str, values: npt.ArrayLike, like: npt.NDArray[np.generic]
) -> None:
    array = np.asarray(values)
    if array.shape != like.shape or not np.can_cast(
        array.dtype, like.dtype, "same_kind"
    ):
        raise SessionFileError(
            f"{key} is {array.dtype} of shape {array.shape}. It must be {like.dtype} "
            f"of shape {like.shape}."
        )
    file[key] = array.astype(like.dtype)


def _check_numbers(numbers: list[int]) -> None:
    repeated = {number for number in numbers if numbers.count(number) > 1}
    if repeated or not numbers:
        raise SessionFileError(
            f"There are {len(numbers)} trials with repeated numbers "
            f"{sorted(repeated)}. There must be at least one trial, and each number "
            "once."
        )
