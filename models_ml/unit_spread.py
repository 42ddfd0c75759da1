"""The spread over all units of a frame, as WhACC's TOTAL features have it."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from models_ml.windows import window_means, window_sums

Units = npt.NDArray[np.float32]
Values = npt.NDArray[np.float64]

# Working arrays of a thousand frames and this many units stay within a core's cache.
_CHUNK_UNITS = 32
# From this many units on, sums of squares are worth their care.
_MANY_UNITS = 512


def spread_over_units(units: Units) -> Units:
    """Return the population standard deviation over all units, frame by frame.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        The result of an operation on every unit of one trial.

    Returns
    -------
    spread : array of float32, shape (n_frames,)
        Computed in float64, in two passes; NaN where a unit is NaN.
    """
    spread: Units = units.astype(np.float64).std(axis=1).astype(np.float32)
    return spread


def mean_spreads(units: Units, widths: Iterable[int]) -> dict[int, Units]:
    """Return the spread over all units of their means over centred windows.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        One trial.
    widths : iterable of int
        Lengths of the windows in frames; odd. With 1, the spread of the units.

    Returns
    -------
    spreads : dict of int to array of float32, shape (n_frames,)
        For each width as `spread_over_units` of the means rounded to float32, but for
        one unit in the last place; NaN where the window leaves the trial.

    Notes
    -----
    For many units, the means are summed and squared before they are rounded. The
    errors of rounding add up as a random walk does: where squares exceed the spread
    by less than a sixteenth of the number of units, they make less than a quarter of
    float32's last bit. All other frames are computed in two passes.
    """
    n_frames, n_units = units.shape
    spreads = {width: np.full(n_frames, np.nan, np.float32) for width in widths}
    fitting = [width for width in spreads if width <= n_frames]
    if n_units < _MANY_UNITS:
        for width in fitting:
            inside = _inside(n_frames, width)
            spreads[width][inside] = _careful_spread(units, width)
        return spreads
    for width, spread, squares in _quick_spreads(units, fitting):
        stds = (np.sqrt(np.maximum(spread, 0) / n_units) / width).astype(np.float32)
        is_doubtful = spread * (n_units / 16) < squares
        if is_doubtful.any():
            stds[is_doubtful] = _careful_spread(units, width)[is_doubtful]
        spreads[width][_inside(n_frames, width)] = stds
    return spreads


def _quick_spreads(
    units: Units, widths: Iterable[int]
) -> Iterator[tuple[int, Values, Values]]:
    """Yield, for each width, squared deviations and squares of window sums."""
    n_frames, n_units = units.shape
    totals = np.zeros((n_frames, 1))
    squares = {width: np.zeros(n_frames - width + 1) for width in widths}
    values = np.empty((n_frames, _CHUNK_UNITS))
    scratch: dict[int, Values] = {}
    for first in range(0, n_units, _CHUNK_UNITS):
        chunk = units[:, first : first + _CHUNK_UNITS]
        values[:, : chunk.shape[1]] = chunk
        values[:, chunk.shape[1] :] = 0
        totals[:, 0] += np.einsum("ij->i", values)
        for width, sums in window_sums(values, widths, scratch):
            squares[width] += np.einsum("ij,ij->i", sums, sums)
    for width, sums in window_sums(totals, widths):
        spread = squares[width] - sums[:, 0] ** 2 / n_units
        yield width, spread, squares[width]


def _careful_spread(units: Units, width: int) -> Units:
    """Return the spread of every whole window's mean, in two passes."""
    if width == 1:
        return spread_over_units(units)
    means = window_means(units.astype(np.float64), width)
    return spread_over_units(means.astype(np.float32))


def _inside(n_frames: int, width: int) -> slice:
    return slice(width // 2, n_frames - width // 2)
