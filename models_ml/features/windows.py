"""Loops over frames and windows of frames, compiled: exact to float32, at full speed.

A running sum would carry its rounding from window to window; sums made of sums of 2,
4, 8 ... neighbours do not, and a window of equal float32 values sums without any
rounding. Each loop takes some columns at a time through all of its steps, so that
everything between the units and the results stays in a core's cache.

Importing this compiles it: seconds the first time, a moment from then on. The loops
trust whoever calls them: indices are not checked. All take the arrays

units : C-contiguous array of float32, shape (n_frames, n_units)
    The frames from the first that a window holds to the last.
places : C-contiguous array of int64, shape (n_columns,)
    The units to take, in the order of the columns.
out, top, left : C-contiguous array of float32, int, int
    Where to write: one row for each window, from this row and column on.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from models_ml.arrays import Float64s, Int64s, Units

# Columns that go through the steps together: two cache lines of float64.
_LANES = 16
# Where the sum of squares exceeds the part that is spread by more than this, too few
# bits of the difference are left: then deviations are taken from the mean itself.
_CANCELLED = 2.0**17

_UNITS = numba.types.Array(numba.float32, 2, "C", readonly=True)
_PLACES = numba.types.Array(numba.int64, 1, "C", readonly=True)
_OUT = (numba.types.Array(numba.float32, 2, "C"), numba.int64, numba.int64)


def _compiled(loop: Callable[..., Any], *signature: Any) -> Any:
    options = {"nogil": True, "error_model": "numpy"}
    form = [numba.void(*signature)] if signature else []
    try:
        return numba.njit(*form, cache=True, **options)(loop)
    except RuntimeError:
        # There is no folder to keep it in: it is compiled in each process.
        return numba.njit(*form, **options)(loop)


def _copied(units: Units, places: Int64s, out: Units, top: int, left: int) -> None:
    for row in range(len(units)):
        source, target = units[row], out[top + row, left : left + len(places)]
        for column in range(len(places)):
            target[column] = source[np.uint32(places[column])]


def _differences(
    later: Units, earlier: Units, places: Int64s, out: Units, top: int, left: int
) -> None:
    for row in range(len(later)):
        target = out[top + row, left : left + len(places)]
        after, before = later[row], earlier[row]
        for column in range(len(places)):
            place = np.uint32(places[column])
            target[column] = after[place] - before[place]


def _means(
    units: Units, places: Int64s, width: int, out: Units, top: int, left: int
) -> None:
    n_values, n_windows = len(units) * _LANES, len(units) - width + 1
    values, sums = np.zeros(n_values), np.empty(n_values)
    spare = np.empty(n_values), np.empty(n_values)
    for first in range(0, len(places), _LANES):
        some = places[first : first + _LANES]
        _gather(units, some, values)
        _sum_windows(values, width, spare, sums)
        for row in range(n_windows):
            lanes = sums[row * _LANES : (row + 1) * _LANES]
            target = out[top + row, left + first : left + first + len(some)]
            # The loop of a known length is the one that is fast.
            if len(some) == _LANES:
                for lane in range(_LANES):
                    target[lane] = lanes[lane] / width
            else:
                for lane in range(len(some)):
                    target[lane] = lanes[lane] / width


def _stds(
    units: Units, places: Int64s, width: int, out: Units, top: int, left: int
) -> None:
    n_values, n_windows = len(units) * _LANES, len(units) - width + 1
    values, squared = np.zeros(n_values), np.empty(n_values)
    sums, squares = np.empty(n_values), np.empty(n_values)
    spare = np.empty(n_values), np.empty(n_values)
    for first in range(0, len(places), _LANES):
        some = places[first : first + _LANES]
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


def _gathered(units: Units, places: Int64s, values: Float64s) -> None:
    for row in range(len(units)):
        source = units[row]
        lanes = values[row * _LANES : row * _LANES + len(places)]
        for lane in range(len(places)):
            lanes[lane] = source[np.uint32(places[lane])]


def _window_sums(
    values: Float64s, width: int, spare: tuple[Float64s, Float64s], sums: Float64s
) -> None:
    """Write the sum over each whole window; `spare` is memory for what it takes."""
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
            # The sums so far are over the window's first frames.
            _add(of_windows, doubled[covered * _LANES :], of_windows)
            covered += size


def _added(first: Float64s, second: Float64s, out: Float64s) -> None:
    for i in range(len(first)):
        out[i] = first[i] + second[i]


def _squared_deviations(
    values: Float64s, width: int, squares: Float64s, sums: Float64s
) -> None:
    """Write over the sums what their windows' squared deviations add up to."""
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
# (units, places, *out): the units as they are.
copied = _compiled(_copied, _UNITS, _PLACES, *_OUT)
# (later units, earlier units, places, *out): how much each unit has grown.
differences = _compiled(_differences, _UNITS, _UNITS, _PLACES, *_OUT)
# (units, places, width, *out): exactly the value where a window's values are equal.
window_means = _compiled(_means, _UNITS, _PLACES, numba.int64, *_OUT)
# (units, places, width, *out): divided by `width - 1`; exactly 0 of equal values.
window_stds = _compiled(_stds, _UNITS, _PLACES, numba.int64, *_OUT)
