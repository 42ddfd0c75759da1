"""The trials of a session file: their numbers, names and numbers of frames.

Early releases of WhACC wrote neither ``frame_nums`` nor ``full_file_names``. Then the
numbers of frames follow from ``trial_nums_and_frame_nums``, and trials have no names.
"""

from dataclasses import dataclass

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.session_files.layout import SessionFileError, check_shape, numbers_of


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
    table = _whole_numbers(file, "trial_nums_and_frame_nums", n_dimensions=2)
    if len(table) != 2:
        raise SessionFileError(
            f"trial_nums_and_frame_nums has the shape {table.shape}. It must have two "
            "rows: the trials' numbers, and their numbers of frames."
        )
    counts = table[1]
    if "frame_nums" in file:
        counts = _whole_numbers(file, "frame_nums", n_dimensions=1)
    names = [f"trial {number}" for number in table[0].tolist()]
    if "full_file_names" in file:
        names = [_text(name) for name in np.atleast_1d(file["full_file_names"][()])]
    _check_trials(counts, table, names, n_frames=len(file["images"]))
    if "frame_nums" not in file and "file_name_nums" in file:
        _check_trial_of_each_frame(file, table)
    first_rows = np.cumsum(counts) - counts
    return tuple(
        TrialEntry(number=number, video_name=name, first_row=first, n_frames=n_frames)
        for number, name, first, n_frames in zip(
            table[0].tolist(), names, first_rows.tolist(), counts.tolist(), strict=True
        )
    )


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


def _check_trial_of_each_frame(file: h5py.File, table: npt.NDArray[np.int64]) -> None:
    """Check the trial numbers of all frames where nothing else repeats the table."""
    check_shape(file, "file_name_nums", (len(file["images"]),))
    found = numbers_of(file, "file_name_nums")
    differs = np.flatnonzero(found != np.repeat(*table))
    if len(differs):
        row = differs[0]
        raise SessionFileError(
            f"file_name_nums has trial {found[row]:g} at frame {row}, and "
            f"trial_nums_and_frame_nums has trial {np.repeat(*table)[row]} there."
        )


def _whole_numbers(
    file: h5py.File, key: str, *, n_dimensions: int
) -> npt.NDArray[np.int64]:
    values = numbers_of(file, key)
    whole = values.ndim == n_dimensions and (np.isfinite(values)).all()
    if not whole or (values != np.floor(values)).any() or (abs(values) > 2**53).any():
        raise SessionFileError(
            f"{key} is {np.array2string(values, threshold=6)}. It must have whole "
            f"numbers in {n_dimensions} dimension(s)."
        )
    return values.astype(np.int64)


def _text(name: object) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
