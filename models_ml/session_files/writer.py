"""Writing session files with the keys and types of WhACC's tracker."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.atomic_file import replaced_file
from models_ml.session_files.layout import SessionFileError

# About 100 frames of 61 x 61 px: a run is read fast and one frame costs little.
_CHUNK_BYTES = 2**20


def write_session_file(
    path: str | Path,
    *,
    trials: Sequence[tuple[int, str]],
    frames: Iterable[npt.NDArray[np.uint8]],
    locations_x_y: npt.ArrayLike | None = None,
    max_val_stack: npt.ArrayLike | None = None,
    template_img: npt.NDArray[np.uint8] | None = None,
    truth: npt.ArrayLike | None = None,
    pole_times: npt.ArrayLike | None = None,
    in_range: npt.ArrayLike | None = None,
    of_each_frame: Mapping[str, npt.ArrayLike] | None = None,
    grey_once: bool = False,
) -> None:
    """Write a session file with the keys and types of WhACC's tracker.

    Parameters
    ----------
    path : str or Path
        Where to write; a file that is there is replaced at the very end.
    trials : sequence of (int, str)
        Number and video name of each trial.
    frames : iterable of array of uint8, shape (n_frames, height, width)
        The frames of each trial; taken one trial at a time.
    locations_x_y : array-like of int, shape (n_frames, 2), optional
        Top-left corner of each frame in the video, in pixels; (0, 0) unless given.
    max_val_stack : array-like of float, shape (n_frames,), optional
        The tracker's match score of each frame; NaN unless given.
    template_img : array of uint8, shape (height, width), optional
        The tracker's template; black unless given.
    truth : array-like of bool, shape (n_frames,), optional
        Exact touch frames of a simulated session.
    pole_times : array-like of float, shape (2, n_trials), optional
        Frames of the trial when the pole comes up and goes down.
    in_range : array-like of float, shape (n_frames,), optional
        1 where the pole is in reach, 0 where not; NaN unless given.
    of_each_frame : mapping of str to array-like, optional
        Keys that WhACC does not know, with a row for each frame.
    grey_once : bool
        Write the images as frames x height x width: a third of the space. WhACC's own
        next step, the lag images, takes both shapes; its labelling window wants three
        channels.

    Raises
    ------
    SessionFileError
        If the trials, the frames and the other arrays do not fit together, or the disk
        has no room. Nothing is written then.
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
                f"Expected frames for {len(trials)} trials; got {len(counts)}."
            )
        _write_trials(file, trials, counts)
        n_frames = sum(counts)
        size = file["images"].shape[1:3]
        optional = (
            ("locations_x_y", locations_x_y, np.zeros((n_frames, 2), np.int64)),
            ("max_val_stack", max_val_stack, np.full(n_frames, np.nan)),
            ("in_range", in_range, np.full(n_frames, np.nan)),
        )
        for key, values, unknown in optional:
            _write_values(file, key, unknown if values is None else values, unknown)
        like = np.zeros(size, np.uint8) if template_img is None else template_img
        _write_values(file, "template_img", like, like)
        for key, values in (of_each_frame or {}).items():
            array = np.asarray(values)
            _write_values(
                file, key, array, np.empty((n_frames, *array.shape[1:]), array.dtype)
            )
        if truth is not None:
            _write_values(file, "simulated_touch", truth, np.zeros(n_frames, bool))
        if pole_times is not None:
            _write_values(file, "pole_times", pole_times, np.zeros((2, len(trials))))


@contextmanager
def _room_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        # HDF5 says so by number inside its own sentence, and of any kind when closing.
        if isinstance(error, OSError) or "errno = " in str(error):
            raise SessionFileError(
                f"Expected room to write {path.name}; the system refuses it ({error}): "
                "free some space or mend the folder's permissions, and start again. "
                "Nothing was left behind."
            ) from error
        raise


def _write_images(
    file: h5py.File, frames: Iterable[npt.NDArray[np.uint8]], *, grey_once: bool
) -> list[int]:
    """Write each trial's frames, three times over as grey video is decoded, or once."""
    counts: list[int] = []
    images = None
    for trial in frames:
        if trial.dtype != np.uint8 or trial.ndim != 3 or 0 in trial.shape:
            raise SessionFileError(
                "Expected the frames of a trial as uint8 of shape "
                f"frames x height x width; got {trial.dtype} of shape {trial.shape}."
            )
        if images is None:
            images = _empty_images(file, trial.shape[1:], () if grey_once else (3,))
        if trial.shape[1:] != images.shape[1:3]:
            raise SessionFileError(
                f"Expected frames of {images.shape[1:3]} px as in the first trial; "
                f"got {trial.shape[1:]} in trial {len(counts) + 1}."
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


def _write_values(
    file: h5py.File, key: str, values: npt.ArrayLike, like: npt.NDArray[np.generic]
) -> None:
    array = np.asarray(values)
    if array.shape != like.shape or not np.can_cast(
        array.dtype, like.dtype, "same_kind"
    ):
        raise SessionFileError(
            f"Expected {key} as {like.dtype} of shape {like.shape}; "
            f"got {array.dtype} of shape {array.shape}."
        )
    file[key] = array.astype(like.dtype)


def _check_numbers(numbers: list[int]) -> None:
    repeated = {number for number in numbers if numbers.count(number) > 1}
    if repeated or not numbers:
        raise SessionFileError(
            "Expected at least one trial and each trial number once; "
            f"got {len(numbers)} trials, repeated numbers {sorted(repeated)}."
        )
