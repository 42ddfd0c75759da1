"""Transforms: what a temporal feature computes of the units of one trial.

Each function takes float32 units and writes the frames for which all needed frames are
in the array. Windows are summed in float64 and rounded once, so that a window of equal
values has exactly that mean and a standard deviation of exactly 0. The published WhACC
classifier splits on ``> 1e-35``, where a rounding error would flip labels.
"""

from collections.abc import Callable
from typing import Any

from models_ml.arrays import Int64s, Units

Corner = tuple[int, int]
Transform = Callable[[Units, Int64s, int, Units, Corner], None]


def original(
    units: Units, indices: Int64s, frames: int, out: Units, corner: Corner
) -> None:
    """Write the units unchanged.

    Parameters
    ----------
    units : C-contiguous array of float32, shape (n_frames, n_units)
        Units of consecutive frames of one trial.
    indices : C-contiguous array of int64, shape (n_columns,)
        Indices of the units, one for each column. They are not checked.
    frames : int
        Not used.
    out : C-contiguous array of float32, two-dimensional
        Array to write to. Its size is not checked.
    corner : tuple of int
        First row and first column in `out`; `n_frames` rows and `n_columns` columns are
        written.
    """
    _windows().copied(units, indices, out, *corner)


def shift(
    units: Units, indices: Int64s, frames: int, out: Units, corner: Corner
) -> None:
    """Write the units of another frame: ``units[t - frames]`` for frame t.

    Parameters
    ----------
    units, indices, out, corner
        See `original`. ``n_frames - abs(frames)`` rows are written.
    frames : int
        Distance to an earlier frame, or to a later one when negative; not 0.
    """
    source = units[:-frames] if frames > 0 else units[-frames:]
    _windows().copied(source, indices, out, *corner)


def diff(
    units: Units, indices: Int64s, frames: int, out: Units, corner: Corner
) -> None:
    """Write the difference to another frame: ``units[t] - units[t - frames]``.

    Parameters
    ----------
    units, indices, out, corner
        See `original`. ``n_frames - abs(frames)`` rows are written.
    frames : int
        Distance to an earlier frame, or to a later one when negative; not 0.
    """
    first, last = units[: -abs(frames)], units[abs(frames) :]
    if frames < 0:
        first, last = last, first
    _windows().differences(last, first, indices, out, *corner)


def rolling_mean(
    units: Units, indices: Int64s, width: int, out: Units, corner: Corner
) -> None:
    """Write the mean of each unit over a centred window.

    Parameters
    ----------
    units, indices, out, corner
        See `original`. ``n_frames - width + 1`` rows are written, one for each complete
        window.
    width : int
        Width of the window in frames; odd, at least 3 and at most `n_frames`.
    """
    _windows().window_means(units, indices, width, out, *corner)


def rolling_std(
    units: Units, indices: Int64s, width: int, out: Units, corner: Corner
) -> None:
    """Write the sample standard deviation of each unit over a centred window.

    Parameters
    ----------
    units, indices, out, corner
        See `rolling_mean`.
    width : int
        Width of the window in frames; odd, at least 3 and at most `n_frames`. The sum
        of squared deviations is divided by ``width - 1``.
    """
    _windows().window_stds(units, indices, width, out, *corner)


TRANSFORM_FUNCTIONS: dict[str, Transform] = {
    "original": original,
    "shift": shift,
    "diff": diff,
    "rolling_mean": rolling_mean,
    "rolling_std": rolling_std,
}


def _windows() -> Any:
    # Imported at the first use, because loading the compiled code takes a second.
    from models_ml.features import windows

    return windows
