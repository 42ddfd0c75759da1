"""The layout of session files: WhACC's keys, and checks that they are consistent."""

from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.exceptions import CoreError

# Early releases of WhACC wrote neither frame_nums nor full_file_names.
REQUIRED_KEYS = ("images", "trial_nums_and_frame_nums")


class SessionFileError(CoreError):
    """A session file cannot be used."""


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
    check_data_inside(file)
    _check_images(file["images"])


def check_data_inside(file: h5py.File) -> None:
    """Check that all data of a file are in this file.

    Parameters
    ----------
    file : h5py.File
        The open file.

    Raises
    ------
    SessionFileError
        If a key links to another file.
    """
    for key in file:
        if _is_outside(file, key):
            raise SessionFileError(
                f"The data of {key} are in another file. Copy them into this file."
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
    check_shape(file, "simulated_touch", (len(file["images"]),))
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
    check_shape(file, "pole_times", (2, n_trials))
    pole_times: npt.NDArray[np.float64] = numbers_of(file, "pole_times")
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
    check_shape(file, "locations_x_y", (len(file["images"]), 2))
    return numbers_of(file, "locations_x_y")


def _likely_kind(file: h5py.File) -> str:
    """Describe what a file without the keys of a session file seems to be."""
    keys = set(file)
    if {"images", "frame_nums", "labels"} <= keys:
        return (
            "It seems to be a curation subset (TL_DATA), which has no trial numbers. "
            "Import the session that it was cut from, then its labels"
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


def numbers_of(file: h5py.File, key: str) -> npt.NDArray[np.float64]:
    """Return the values of a key as numbers, or refuse the file."""
    try:
        return np.asarray(file[key][()], np.float64)
    except (TypeError, ValueError, AttributeError) as error:
        raise SessionFileError(f"{key} cannot be read as numbers: {error}.") from error


def check_shape(file: h5py.File, key: str, expected: tuple[int, ...]) -> None:
    """Refuse a file where the values of a key have another shape."""
    found = getattr(file[key], "shape", None)
    if found != expected:
        raise SessionFileError(f"{key} has the shape {found}. It must have {expected}.")
