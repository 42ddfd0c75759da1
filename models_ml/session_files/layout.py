"""The layout of session files: WhACC's keys, and checks that they are consistent."""

from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.exceptions import CoreError

REQUIRED_KEYS = (
    "images",
    "frame_nums",
    "trial_nums_and_frame_nums",
    "full_file_names",
)


class SessionFileError(CoreError):
    """A session file cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEntry:
    """One trial of a session file.

    Parameters
    ----------
    number : int
        Number of the trial in the name of its video; unique in the session.
    video_name : str
        File name of the video.
    first_row : int
        Row of the trial's first frame among all frames of the session.
    n_frames : int
        Number of frames.
    """

    number: int
    video_name: str
    first_row: int
    n_frames: int


def check_layout(file: h5py.File) -> None:
    """Check that a file has the keys of a session file and usable images.

    Parameters
    ----------
    file : h5py.File
        The open file.

    Raises
    ------
    SessionFileError
        If a key is missing, data are outside the file, or the images are not frames.
    """
    missing = [key for key in REQUIRED_KEYS if key not in file]
    if missing:
        raise SessionFileError(
            f"This is not a session file: {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing. {_likely_kind(file)}."
        )
    for key in file:
        if _is_outside(file, key):
            raise SessionFileError(
                f"The data of {key} are in another file. Copy them into this file."
            )
    _check_images(file["images"])


def read_trials(file: h5py.File) -> tuple[TrialEntry, ...]:
    """Return the trials of a session file, in file order.

    Parameters
    ----------
    file : h5py.File
        A file that passed `check_layout`.

    Returns
    -------
    trials : tuple of TrialEntry
        They cover all frames, without gap or overlap.

    Raises
    ------
    SessionFileError
        If the trial tables are not whole numbers, disagree, or repeat a trial number.
    """
    counts = _whole_numbers(file, "frame_nums", n_dimensions=1)
    table = _whole_numbers(file, "trial_nums_and_frame_nums", n_dimensions=2)
    names = [_text(name) for name in np.atleast_1d(file["full_file_names"][()])]
    _check_trials(counts, table, names, n_frames=len(file["images"]))
    first_rows = np.cumsum(counts) - counts
    return tuple(
        TrialEntry(number=number, video_name=name, first_row=first, n_frames=n_frames)
        for number, name, first, n_frames in zip(
            table[0].tolist(), names, first_rows.tolist(), counts.tolist(), strict=True
        )
    )


def read_truth(file: h5py.File) -> npt.NDArray[np.bool_] | None:
    """Return the exact touch frames of a simulated session.

    Parameters
    ----------
    file : h5py.File
        A file that passed `check_layout`.

    Returns
    -------
    truth : array of bool, shape (n_frames,), or None
        Values of the key ``simulated_touch``; None for real recordings.

    Raises
    ------
    SessionFileError
        If there is not one value per frame.
    """
    if "simulated_touch" not in file:
        return None
    _check_shape(file, "simulated_touch", (len(file["images"]),))
    truth: npt.NDArray[np.bool_] = file["simulated_touch"][()].astype(bool)
    return truth


def read_pole_times(file: h5py.File, n_trials: int) -> npt.NDArray[np.float64] | None:
    """Return the frames of each trial with the pole in reach.

    Parameters
    ----------
    file : h5py.File
        A file that passed `check_layout`.
    n_trials : int
        Number of trials.

    Returns
    -------
    pole_times : array of float64, shape (2, n_trials), or None
        Frames of each trial from which and until which the pole is in reach; NaN where
        unknown. None without the key ``pole_times``.

    Raises
    ------
    SessionFileError
        If there are not two numbers per trial.
    """
    if "pole_times" not in file:
        return None
    _check_shape(file, "pole_times", (2, n_trials))
    pole_times: npt.NDArray[np.float64] = _numbers(file, "pole_times")
    return pole_times


def read_locations(file: h5py.File) -> npt.NDArray[np.float64] | None:
    """Return the position of each crop in the frame of its video.

    Parameters
    ----------
    file : h5py.File
        A file that passed `check_layout`.

    Returns
    -------
    locations : array of float64, shape (n_frames, 2), or None
        Top-left corner of each crop, x and y in pixels; None without the key
        ``locations_x_y``.

    Raises
    ------
    SessionFileError
        If there are not two numbers per frame.
    """
    if "locations_x_y" not in file:
        return None
    _check_shape(file, "locations_x_y", (len(file["images"]), 2))
    return _numbers(file, "locations_x_y")


def _likely_kind(file: h5py.File) -> str:
    """Describe what a file without the keys of a session file seems to be."""
    keys = set(file)
    if {"images", "frame_nums", "labels"} <= keys:
        return (
            "It seems to be a curation subset (TL_DATA), which has no trial numbers. "
            "Import the session that it was cut from"
        )
    if "images" not in keys and keys & {"final_features_2105", "FD__original"}:
        return (
            "It seems to be a WhACC feature file without images. Import the file that "
            "WhACC's tracker wrote"
        )
    return "It does not seem to be a file that WhACC wrote"


def _is_outside(file: h5py.File, key: str) -> bool:
    # External storage could show any file of the server as an image.
    if not isinstance(file.get(key, getlink=True), h5py.HardLink):
        return True
    item = file[key]
    return isinstance(item, h5py.Dataset) and bool(item.is_virtual or item.external)


def _check_images(images: Any) -> None:
    shape: tuple[int, ...] = getattr(images, "shape", ())
    is_frames = len(shape) == 3 or (len(shape) == 4 and shape[-1] == 3)
    if getattr(images, "dtype", None) != np.uint8 or not is_frames or 0 in shape[1:]:
        found = f"{images.dtype} of shape {shape}" if shape else "no array"
        raise SessionFileError(
            f"The images are {found}. They must be uint8 of shape frames x height x "
            "width x 3 or frames x height x width."
        )
    if not len(images):
        raise SessionFileError("The file has no frames.")


def _check_trials(
    counts: npt.NDArray[np.int64],
    table: npt.NDArray[np.int64],
    names: list[str],
    *,
    n_frames: int,
) -> None:
    if table.shape != (2, len(counts)) or len(names) != len(counts):
        raise SessionFileError(
            "The number of trials is not the same everywhere: frame_nums has "
            f"{len(counts)}, trial_nums_and_frame_nums has shape {table.shape}, "
            f"full_file_names has {len(names)}."
        )
    if (table[1] != counts).any():
        raise SessionFileError(
            "frame_nums and the second row of trial_nums_and_frame_nums differ at "
            f"trial {table[0][table[1] != counts][0]}."
        )
    if (counts < 1).any():
        raise SessionFileError(
            f"Trial {table[0][counts < 1][0]} has {counts.min()} frames. Each trial "
            "must have at least one."
        )
    if counts.sum() != n_frames:
        raise SessionFileError(
            f"The file has {n_frames} images, but its trials have {counts.sum()} "
            "frames."
        )
    numbers, times = np.unique(table[0], return_counts=True)
    if (times > 1).any():
        raise SessionFileError(
            f"Trial {numbers[times > 1][0]} occurs {times.max()} times. Each trial "
            "number must occur once."
        )


def _whole_numbers(
    file: h5py.File, key: str, *, n_dimensions: int
) -> npt.NDArray[np.int64]:
    values = _numbers(file, key)
    whole = values.ndim == n_dimensions and (np.isfinite(values)).all()
    if not whole or (values != np.floor(values)).any() or (abs(values) > 2**53).any():
        raise SessionFileError(
            f"{key} is {np.array2string(values, threshold=6)}. It must have whole "
            f"numbers in {n_dimensions} dimension(s)."
        )
    return values.astype(np.int64)


def _numbers(file: h5py.File, key: str) -> npt.NDArray[np.float64]:
    try:
        return np.asarray(file[key][()], np.float64)
    except (TypeError, ValueError, AttributeError) as error:
        raise SessionFileError(f"{key} cannot be read as numbers: {error}.") from error


def _check_shape(file: h5py.File, key: str, expected: tuple[int, ...]) -> None:
    found = getattr(file[key], "shape", None)
    if found != expected:
        raise SessionFileError(f"{key} has the shape {found}. It must have {expected}.")


def _text(name: object) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
