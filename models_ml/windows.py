"""Sums, means and standard deviations over windows of frames, exact to float32.

A running sum would carry its rounding from window to window; sums made of sums of 2,
4, 8 ... neighbours do not, and a window of equal float32 values sums without any
rounding. Arrays are of shape (n_frames, n_columns); results have one row for each
whole window, ``n_frames - width + 1`` of them.
"""

import numpy as np
import numpy.typing as npt

from models_ml.workspace import Workspace

Values = npt.NDArray[np.float64]
Result = npt.NDArray[np.float32] | npt.NDArray[np.float64]

# Where the sum of squares exceeds the part that is spread by more than this, too few
# bits of the difference are left: then deviations are taken from the mean itself.
_CANCELLED = 2.0**17


def window_sums(
    values: Values, width: int, workspace: Workspace, name: str = "sums"
) -> Values:
    """Return the sum over each whole window.

    Parameters
    ----------
    values : array of float64, shape (n_frames, n_columns)
        Float32 values, or squares of such.
    width : int
        Length of the window in frames; odd, at least 3 and at most `n_frames`.
    workspace : Workspace
        Memory for this and what it takes.
    name : str
        What the memory is called.

    Returns
    -------
    sums : array of float64, shape (n_frames - width + 1, n_columns)
        Overwritten by the next call with the same memory and name.
    """
    n_columns = values.shape[1]
    n_windows = len(values) - width + 1
    sums = workspace.array(name, (n_windows, n_columns))
    doubled, size = values, 1
    # The sums so far, over the window's first frames.
    so_far, covered = values[:n_windows], 1
    while covered < width:
        n_left = len(doubled) - size
        # Two arrays in turn: the one before last has been added where it was wanted.
        memory = f"doubled {size.bit_length() % 2}"
        larger = workspace.array(memory, (len(values) - 1, n_columns))[:n_left]
        doubled = np.add(doubled[:n_left], doubled[size:], out=larger)
        size *= 2
        if width & size:
            so_far = np.add(so_far, doubled[covered : covered + n_windows], out=sums)
            covered += size
    return so_far


def window_means(values: Values, width: int, workspace: Workspace, out: Result) -> None:
    """Write the mean over each whole window.

    Parameters
    ----------
    values : array of float64, shape (n_frames, n_columns)
        Float32 values.
    width : int
        Length of the window in frames; odd, at least 3 and at most `n_frames`.
    workspace : Workspace
        Memory for what it takes.
    out : array of float, shape (n_frames - width + 1, n_columns)
        Exactly the value where a window's values are equal.
    """
    sums = window_sums(values, width, workspace)
    np.divide(sums, width, out=out, casting="same_kind")


def window_stds(values: Values, width: int, workspace: Workspace, out: Result) -> None:
    """Write the sample standard deviation over each whole window.

    Parameters
    ----------
    values : array of float64, shape (n_frames, n_columns)
        Float32 values.
    width : int
        Length of the window in frames; odd, at least 3 and at most `n_frames`.
    workspace : Workspace
        Memory for what it takes.
    out : array of float, shape (n_frames - width + 1, n_columns)
        Divided by ``width - 1``; exactly 0 where a window's values are equal.
    """
    squared = workspace.array("squared", values.shape)
    np.multiply(values, values, out=squared)
    squares = window_sums(squared, width, workspace, "squares")
    sums = window_sums(values, width, workspace)
    spread = workspace.array("spread", sums.shape)
    np.multiply(sums, sums, out=spread)
    spread /= -width
    spread += squares
    np.multiply(spread, _CANCELLED, out=sums)
    is_cancelled = sums < squares
    if is_cancelled.any():
        again = is_cancelled.any(axis=0)
        spread[:, again] = _spread_in_two_passes(values[:, again], width)
    spread /= width - 1
    np.sqrt(spread, out=out, casting="same_kind")


def _spread_in_two_passes(values: Values, width: int) -> Values:
    means = np.empty((len(values) - width + 1, values.shape[1]))
    window_means(values, width, Workspace(), means)
    spread = np.zeros_like(means)
    deviation = np.empty_like(means)
    for first in range(width):
        np.subtract(values[first : first + len(means)], means, out=deviation)
        deviation *= deviation
        spread += deviation
    return spread
