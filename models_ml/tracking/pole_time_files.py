"""Pole times from a lab's file: CSV, MATLAB or H5."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.tracking.exceptions import PoleTimesError

CSV_HEADER = ("trial", "up", "down")
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_MATLAB_HEADER_BYTES = 512


def read_pole_times_file(
    path: Path, trial_numbers: list[int]
) -> dict[int, tuple[float, float]]:
    """Read the frames of each trial from which and until which the pole is in reach.

    Parameters
    ----------
    path : Path
        A CSV file with the header ``trial,up,down``; or a MATLAB file (version 5 or
        7.3) or H5 file with WhACC's ``pole_times``: one row of ups and one of downs, in
        the order of the trials, or of ``trial_nums`` if the file has it.
    trial_numbers : list of int
        Trial numbers of the session, in order.

    Returns
    -------
    times : dict of int to (float, float)
        Start and stop frame in the trial, by trial number.

    Raises
    ------
    PoleTimesError
        If the file cannot be read or has no such table.
    """
    readers: Mapping[str, Callable[[Path], dict[str, Any]]] = {
        ".mat": _matlab_variables,
        ".h5": _hdf5_variables,
        ".hdf5": _hdf5_variables,
    }
    suffix = path.suffix.lower()
    if suffix == ".csv":
        times = _csv_times(path)
    elif suffix in readers:
        times = _times_of(readers[suffix](path), trial_numbers, path)
    else:
        raise PoleTimesError(
            f"{path.name} is not a .csv, .mat or .h5 file. Choose another file."
        )
    for number, (up, down) in times.items():
        check_pole_times(number, up, down)
    return times


def check_pole_times(number: int, up: float, down: float) -> None:
    """Check that pole times are possible.

    Parameters
    ----------
    number : int
        Number of the trial.
    up, down : float
        Start and stop frame in the trial; both NaN if unknown.

    Raises
    ------
    PoleTimesError
        Unless 0 <= up <= down, or both are NaN.
    """
    if np.isnan(up) and np.isnan(down):
        return
    if not 0 <= up <= down < np.inf:
        raise PoleTimesError(
            f"The pole times of trial {number} are {up:g} and {down:g}. The pole must "
            "be up from a frame from 0 on, and down later."
        )


def _csv_times(path: Path) -> dict[int, tuple[float, float]]:
    times: dict[int, tuple[float, float]] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PoleTimesError(
            f"{path.name} cannot be read as a table: {error}."
        ) from error
    header = tuple(cell.strip().lower() for cell in rows[0]) if rows else ()
    if header != CSV_HEADER:
        raise PoleTimesError(
            f"{path.name} has the header {','.join(header) or '(none)'}. It must be "
            f"{','.join(CSV_HEADER)}."
        )
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        number, up, down = _csv_row(row, line, path)
        if number in times:
            raise PoleTimesError(
                f"Trial {number} occurs again in line {line} of {path.name}. Each "
                "trial must occur once."
            )
        times[number] = up, down
    return times


def _csv_row(row: list[str], line: int, path: Path) -> tuple[int, float, float]:
    try:
        number, up, down = (cell.strip() for cell in row)
        return int(number), float(up or "nan"), float(down or "nan")
    except ValueError as error:
        raise PoleTimesError(
            f"Line {line} of {path.name} is {','.join(row)}. It must have a trial "
            "number and two frames."
        ) from error


def _matlab_variables(path: Path) -> dict[str, Any]:
    """Read a MATLAB file; version 7.3 is HDF5 with its axes transposed."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        with path.open("rb") as file:
            is_hdf5 = _HDF5_MAGIC in file.read(_MATLAB_HEADER_BYTES + len(_HDF5_MAGIC))
        if is_hdf5:
            return {name: values.T for name, values in _hdf5_variables(path).items()}
        names = ["pole_times", "trial_nums"]
        return dict(loadmat(path, variable_names=names))
    except (OSError, ValueError, TypeError, NotImplementedError, MatReadError) as error:
        raise PoleTimesError(
            f"{path.name} cannot be read as a MATLAB file: {error}."
        ) from error


def _hdf5_variables(path: Path) -> dict[str, Any]:
    try:
        with h5py.File(path, "r", locking=False) as file:
            return {
                name: np.asarray(file[name][()])
                for name in ("pole_times", "trial_nums")
                if isinstance(file.get(name, getlink=True), h5py.HardLink)
                and isinstance(file[name], h5py.Dataset)
                and not file[name].external
                and not file[name].is_virtual
            }
    except (OSError, RuntimeError) as error:
        raise PoleTimesError(
            f"{path.name} cannot be read as an HDF5 file: {error}."
        ) from error


def _times_of(
    variables: Mapping[str, Any], trial_numbers: list[int], path: Path
) -> dict[int, tuple[float, float]]:
    if "pole_times" not in variables:
        raise PoleTimesError(f"{path.name} has no pole_times.")
    table = _numbers(variables["pole_times"], path)
    numbers: list[int] = trial_numbers
    if "trial_nums" in variables:
        numbers = [int(value) for value in _numbers(variables["trial_nums"], path).flat]
    if table.shape != (2, len(numbers)):
        raise PoleTimesError(
            f"pole_times in {path.name} has the shape {table.shape}. It must have (2, "
            f"{len(numbers)}), one column per trial."
        )
    if len(set(numbers)) < len(numbers):
        raise PoleTimesError(f"trial_nums of {path.name} repeats a trial.")
    return {
        number: (float(up), float(down))
        for number, (up, down) in zip(numbers, table.T, strict=True)
    }


def _numbers(values: Any, path: Path) -> npt.NDArray[np.float64]:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise PoleTimesError(
            f"pole_times in {path.name} are not numbers: {error}."
        ) from error
