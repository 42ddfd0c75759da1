"""Windows: compiled loops over frames and windows of frames, exact in float32.

A running sum would carry its rounding errors from window to window. Here a sum consists
of sums of 2, 4, 8, ... neighbours, so it does not, and a window of equal float32 values
is summed without any rounding. Each loop takes a few columns through all its steps, so
that all intermediate values stay in the cache of a core.

The first import compiles the loops, which takes seconds; later imports load them. The
loops do not check indices. They have these parameters:

units : C-contiguous array of float32, shape (n_frames, n_units)
    Units of all frames in the windows.
indices : C-contiguous array of int64, shape (n_columns,)
    Indices of the units, in the order of the columns.
out, top, left : C-contiguous array of float32, int, int
    Array to write to, with one row for each window, and its first row and column.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from models_ml.arrays import Float64s, Int64s, Units

# Number of columns that go through the steps together: two cache lines of float64.
_LANES = 16
# Where the sum of squares exceeds the squared deviations by more than this factor, too
# few bits of the difference are left. Then the deviations from the mean are squared.
_CANCELLED = 2.0**17

_UNITS = numba.types.Array(numba.float32, 2, "C", readonly=True)
_INDICES = numba.types.Array(numba.int64, 1, "C", readonly=True)
_OUT = (numba.types.Array(numba.float32, 2, "C"), numba.int64, numba.int64)


def _compiled(loop: Callable[..., Any], *signature: Any) -> Any:
    options = {"nogil": True, "error_model": "numpy"}
    form = [numba.void(*signature)] if signature else []
    try:
        return numba.njit(*form, cache=True, **options)(loop)
    except RuntimeError:
        # There is no folder for the compiled code, so each process compiles it.
        return numba.njit(*form, **options)(loop)


def _copy(units: Units, indices: Int64s, out: Units, top: int, left: int) -> None:
    for row in range(len(units)):
        source, target = units[row], out[top + row, left : left + len(indices)]
        for column in range(len(indices)):
            target[column] = source[np.uint32(indices[column])]


def _subtract(
    later: Units, earlier: Units, indices: Int64s, out: Units, top: int, left: int
) -> None:
    for row in range(len(later)):
        target = out[top + row, left : left + len(indices)]
        after, before = later[row], earlier[row]
        for column in range(len(indices)):
            unit = np.uint32(indices[column])
            target[column] = after[unit] - before[unit]


def _write_means(
    units: Units, indices: Int64s, width: int, out: Units, top: int, left: int
) -> None:
    n_values, n_windows = len(units) * _LANES, len(units) - width + 1
    values, sums = np.zeros(n_values), np.empty(n_values)
    spare = np.empty(n_values), np.empty(n_values)
    for first in range(0, len(indices), _LANES):
        some = indices[first : first + _LANES]
        _gather(units, some, values)
        _sum_windows(values, width, spare, sums)
        for row in range(n_windows):
            lanes = sums[row * _LANES : (row + 1) * _LANES]
            target = out[top + row, left + first : left + first + len(some)]
            # A loop of constant length is faster.
            if len(some) == _LANES:
                for lane in range(_LANES):
                    target[lane] = lanes[lane] / width
            else:
                for lane in range(len(some)):
                    target[lane] = lanes[lane] / width


def _write_stds(
    units: Units, indices: Int64s, width: int, out: Units, top: int, left: int
) -> None:
    n_values, n_windows = len(units) * _LANES, len(units) - width + 1
    values, squared = np.zeros(n_values), np.empty(n_values)
    sums, squares = np.empty(n_values), np.empty(n_values)
    spare = np.empty(n_values), np.empty(n_values)
    for first in range(0, len(indices), _LANES):
        some = indices[first : first + _LANES]
        _gather(units, some, values)
        for i in range(n_values):
            squared[i] = values[i] * values[i]
        _sum_windows(squared, width, spare, squares)
        _sum_windows(values, width, spare, sums)
        _spread(values, width, squares[: n_windows * _LANES], sums)
        for row in range(n_windows):
            lanes = sums[row * _LANES : (row + 1) * _LANES]
            target = out[top + row, left + first : left + first + len(some)]
            if len(some) == _LANES:
                for lane in range(_LANES):
                    target[lane] = np.sqrt(lanes[lane] / (width - 1))
            else:
                for lane in range(len(some)):
                    target[lane] = np.sqrt(lanes[lane] / (width - 1))


def _gathered(units: Units, indices: Int64s, values: Float64s) -> None:
    for row in range(len(units)):
        source = units[row]
        lanes = values[row * _LANES : row * _LANES + len(indices)]
        for lane in range(len(indices)):
            lanes[lane] = source[np.uint32(indices[lane])]


def _window_sums(
    values: Float64s, width: int, spare: tuple[Float64s, Float64s], sums: Float64s
) -> None:
    """Write the sum over each complete window; `spare` is memory for partial sums."""
    n_values = len(values)
    of_windows = sums[: n_values - (width - 1) * _LANES]
    of_windows[:] = values[: len(of_windows)]
    doubled, larger, other = values, spare[0], spare[1]
    size, covered = 1, 1
    while covered < width:
        n_values -= size * _LANES
        _add(doubled[:n_values], doubled[size * _LANES :], larger)
        doubled, larger, other = larger, other, larger
        size *= 2
        if width & size:
            # The sums so far cover the first frames of the window.
            _add(of_windows, doubled[covered * _LANES :], of_windows)
            covered += size


def _added(first: Float64s, second: Float64s, out: Float64s) -> None:
    for i in range(len(first)):
        out[i] = first[i] + second[i]


def _squared_deviations(
    values: Float64s, width: int, squares: Float64s, sums: Float64s
) -> None:
    """Overwrite the sums with the sums of squared deviations of their windows."""
    n_cancelled = 0
    for i in range(len(squares)):
        spread = sums[i] * sums[i] / -width + squares[i]
        n_cancelled += spread * _CANCELLED < squares[i]
    for i in range(len(squares)):
        spread = sums[i] * sums[i] / -width + squares[i]
        if n_cancelled and spread * _CANCELLED < squares[i]:
            mean, spread = sums[i] / width, 0.0
            for k in range(width):
                deviation = values[i + k * _LANES] - mean
                spread += deviation * deviation
        sums[i] = spread


_gather = _compiled(_gathered)
_add = _compiled(_added)
_sum_windows = _compiled(_window_sums)
_spread = _compiled(_squared_deviations)
# (units, indices, *out): the units unchanged.
copied = _compiled(_copy, _UNITS, _INDICES, *_OUT)
# (later units, earlier units, indices, *out): later minus earlier units.
differences = _compiled(_subtract, _UNITS, _UNITS, _INDICES, *_OUT)
# (units, indices, width, *out): means; exactly the value of a window of equal values.
window_means = _compiled(_write_means, _UNITS, _INDICES, numba.int64, *_OUT)
# (units, indices, width, *out): sample standard deviations; exactly 0 of equal values.
window_stds = _compiled(_write_stds, _UNITS, _INDICES, numba.int64, *_OUT)
