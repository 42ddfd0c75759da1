"""What a temporal feature is: operations over time on the units of one trial.

Each takes float32 units and writes the frames whose window lies within these. Windows
are computed in float64 and rounded once, so that a window of equal values has a mean
of exactly that value and a standard deviation of exactly 0: the published classifier
splits on ``> 1e-35``, where any dust would flip labels.
"""

from collections.abc import Callable
from typing import Any

from models_ml.arrays import Int64s, Units

Corner = tuple[int, int]
Operation = Callable[[Units, Int64s, int, Units, Corner], None]


def original(
    units: Units, places: Int64s, frames: int, out: Units, corner: Corner
) -> None:
    """Write the units as they are.

    Parameters
    ----------
    units : C-contiguous array of float32, shape (n_frames, n_units)
        Frames of one trial.
    places : C-contiguous array of int64, shape (n_columns,)
        The units to take, one for each column; not checked.
    frames : int
        Not used.
    out : C-contiguous array of float32
        Where to write; not checked.
    corner : tuple of int
        The first row and column to write: `n_frames` rows, `n_columns` columns.
    """
    _windows().copied(units, places, out, *corner)


def shift(
    units: Units, places: Int64s, frames: int, out: Units, corner: Corner
) -> None:
    """Write what each unit was some frames before.

    Parameters
    ----------
    units, places, out, corner
        As `original`; ``n_frames - abs(frames)`` rows, ``units[t - frames]`` of each
        frame t where that is known.
    frames : int
        How far to look back; ahead when negative.
    """
    known = units[:-frames] if frames > 0 else units[-frames:]
    _windows().copied(known, places, out, *corner)


def diff(units: Units, places: Int64s, frames: int, out: Units, corner: Corner) -> None:
    """Write how much each unit has grown since some frames before.

    Parameters
    ----------
    units, places, out, corner
        As `original`; ``n_frames - abs(frames)`` rows, ``units[t] - units[t - frames]``
        of each frame t where that is known.
    frames : int
        How far to look back; ahead when negative.
    """
    first, last = units[: -abs(frames)], units[abs(frames) :]
    if frames < 0:
        first, last = last, first
    _windows().differences(last, first, places, out, *corner)


def rolling_mean(
    units: Units, places: Int64s, width: int, out: Units, corner: Corner
) -> None:
    """Write each unit's mean over a centred window.

    Parameters
    ----------
    units, places, out, corner
        As `original`; ``n_frames - width + 1`` rows, one for each whole window.
    width : int
        Length of the window in frames; odd, at least 3 and at most `n_frames`.
    """
    _windows().window_means(units, places, width, out, *corner)


def rolling_std(
    units: Units, places: Int64s, width: int, out: Units, corner: Corner
) -> None:
    """Write each unit's sample standard deviation over a centred window.

    Parameters
    ----------
    units, places, out, corner
        As `rolling_mean`.
    width : int
        Length of the window in frames; odd, at least 3 and at most `n_frames`.
        Squares are divided by ``width - 1``.
    """
    _windows().window_stds(units, places, width, out, *corner)


OPERATION: dict[str, Operation] = {
    "original": original,
    "shift": shift,
    "diff": diff,
    "rolling_mean": rolling_mean,
    "rolling_std": rolling_std,
}


def _windows() -> Any:
    # Imported by who computes: compiled code takes a second to load.
    from models_ml.features import windows

    return windows
