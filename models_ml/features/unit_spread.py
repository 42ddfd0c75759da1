"""The spread over all units of a frame, as WhACC's TOTAL features have it."""

from collections.abc import Collection

import numpy as np

from models_ml.arrays import Float64s, Units
from models_ml.features.workspace import Workspace

# From this many units on, products of frames are worth their care.
_MANY_UNITS = 512
# Frames whose products with the frames after them are computed at once, and how many
# multiplications that may be: with more, OpenBLAS makes threads of its own, and those
# of several callers wait for each other.
_TILE_FRAMES = 16
_TILE_PRODUCTS = 2**18
# Where the products exceed the spread by more than this, the rounding of their sum
# could show in float32.
_CANCELLED = 2.0**16


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


def mean_spreads(
    units: Units, widths: Collection[int], workspace: Workspace
) -> dict[int, Units]:
    """Return the spread over all units of their means over centred windows.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        Frames of one trial.
    widths : collection of int
        Lengths of the windows in frames; odd. With 1, the spread of the units.
    workspace : Workspace
        Memory for what it takes.

    Returns
    -------
    spreads : dict of int to array of float32, shape (n_frames,)
        For each width as `spread_over_units` of the means rounded to float32, but for
        one unit in the last place; NaN where the window leaves the frames.

    Notes
    -----
    The squares of sums over windows, summed up over many units, are sums of products
    of frames: a band of ``units @ units.T``, which is the same for all widths. So
    the means are not rounded before they are squared. The errors of rounding
    add up as a random walk does: where squares exceed the spread by less than a
    sixteenth of the number of units, they make less than a quarter of float32's last
    bit. All other frames are computed in two passes.
    """
    n_frames, n_units = units.shape
    spreads = {width: np.full(n_frames, np.nan, np.float32) for width in widths}
    fitting = [width for width in spreads if width <= n_frames]
    if n_units < _MANY_UNITS or not fitting:
        for width in fitting:
            inside = _inside(n_frames, width)
            spreads[width][inside] = _careful_spread(units, width)
        return spreads
    products, totals = _frame_products(units, max(fitting), workspace)
    own = products[0, :n_frames].copy()
    squares_of = _squares(products, fitting)
    for width in fitting:
        squares = squares_of[width][: n_frames - width + 1]
        spread = squares - _sums(totals, width) ** 2 / n_units
        stds = (np.sqrt(np.maximum(spread, 0) / n_units) / width).astype(np.float32)
        is_doubtful = spread * (n_units / 16) < squares
        is_doubtful |= spread * _CANCELLED < width * _sums(own, width)
        if is_doubtful.any():
            stds[is_doubtful] = _careful_spread(units, width)[is_doubtful]
        spreads[width][_inside(n_frames, width)] = stds
    return spreads


def _frame_products(
    units: Units, n_lags: int, workspace: Workspace
) -> tuple[Float64s, Float64s]:
    """Return the products of each frame with itself and the next ones, and totals.

    The products of shape (n_lags, n_frames) have those with frame t + k in [k, t];
    beyond the last frame they are 0.
    """
    n_frames, n_units = units.shape
    n_tiles = -(-n_frames // _TILE_FRAMES)
    reach = _TILE_FRAMES + n_lags - 1
    chunk = max(_TILE_PRODUCTS // (_TILE_FRAMES * reach), 1)
    chunk = min(chunk, n_units)
    values = workspace.array("frames", (n_tiles * _TILE_FRAMES + n_lags - 1, chunk))
    row, column = values.strides
    tiles = np.lib.stride_tricks.as_strided(
        values, (n_tiles, reach, chunk), (_TILE_FRAMES * row, row, column)
    )
    shape = (n_tiles, _TILE_FRAMES, reach)
    products, sums = workspace.array("products", shape), workspace.array("band", shape)
    totals = np.zeros(n_frames)
    values[n_frames:] = 0
    sums[...] = 0
    for first in range(0, n_units, chunk):
        some = units[:, first : first + chunk]
        values[:n_frames, : some.shape[1]] = some
        values[:n_frames, some.shape[1] :] = 0
        totals += values[:n_frames].sum(axis=1)
        np.matmul(tiles[:, :_TILE_FRAMES], tiles.transpose(0, 2, 1), out=products)
        sums += products
    tile, row, column = sums.strides
    lagged = np.lib.stride_tricks.as_strided(
        sums, (n_lags, n_tiles, _TILE_FRAMES), (column, tile, row + column)
    )
    return lagged.reshape(n_lags, -1), totals


def _squares(products: Float64s, widths: Collection[int]) -> dict[int, Float64s]:
    """Return the squares of sums over windows, summed up over all units.

    `products` are written over: by those with up to k frames after, once for the
    frame itself and twice for the others. One more frame before a window adds these.
    """
    products[1:] *= 2
    np.cumsum(products, axis=0, out=products)
    squares = {}
    longer = products[0]
    for width in range(1, max(widths) + 1):
        if width > 1:
            longer = products[width - 1, : len(longer) - 1] + longer[1:]
        if width in widths:
            squares[width] = longer
    return squares


def _sums(values: Float64s, width: int) -> Float64s:
    windows = np.lib.stride_tricks.sliding_window_view(values, width)
    sums: Float64s = windows.sum(axis=1)
    return sums


def _careful_spread(units: Units, width: int) -> Units:
    """Return the spread of every whole window's mean, in two passes."""
    if width == 1:
        return spread_over_units(units)
    # Imported by who computes: compiled code takes a second to load.
    from models_ml.features.windows import window_means

    means = np.empty((len(units) - width + 1, units.shape[1]), np.float32)
    places = np.arange(units.shape[1])
    window_means(np.ascontiguousarray(units), places, width, means, 0, 0)
    return spread_over_units(means)


def _inside(n_frames: int, width: int) -> slice:
    return slice(width // 2, n_frames - width // 2)
