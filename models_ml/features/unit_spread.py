"""Spreads: the standard deviation over all units of a frame, WhACC's TOTAL features."""

from collections.abc import Collection

import numpy as np

from models_ml.arrays import Float64s, Units
from models_ml.features.workspace import Workspace

# From this number of units, the method with products of frames is faster.
_MANY_UNITS = 512
# Number of frames of a tile, whose products with later frames are computed at once, and
# largest number of multiplications. With more, OpenBLAS starts threads of its own, and
# the threads of several callers wait for each other.
_TILE_FRAMES = 16
_TILE_PRODUCTS = 2**18
# Where the products exceed the spread by more than this factor, rounding of their sum
# could change the float32 result.
_CANCELLED = 2.0**16


def spread_over_units(units: Units) -> Units:
    """Return the population standard deviation over all units, frame by frame.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        A transform of every unit, for frames of one trial.

    Returns
    -------
    spread : array of float32, shape (n_frames,)
        Standard deviation, computed in float64 in two passes; NaN where a unit is NaN.
    """
    spread: Units = units.astype(np.float64).std(axis=1).astype(np.float32)
    return spread


def mean_spreads(
    units: Units, widths: Collection[int], workspace: Workspace
) -> dict[int, Units]:
    """Return spreads over all units of their means over centred windows.

    Parameters
    ----------
    units : array of float32, shape (n_frames, n_units)
        Units of consecutive frames.
    widths : collection of int
        Widths of the windows in frames; odd, at least 1. With 1, the result is the
        spread of the units themselves.
    workspace : Workspace
        Memory for intermediate arrays.

    Returns
    -------
    spreads : dict of int to array of float32, shape (n_frames,)
        For each width, `spread_over_units` of the means rounded to float32, to one unit
        in the last place; NaN where the window is incomplete.

    Notes
    -----
    The squared sums over windows, added up over many units, are sums of products of
    frames. These products are a band of ``units @ units.T``, which serves all widths,
    and the means are not rounded before they are squared. Rounding errors add up like a
    random walk: where the squares exceed the spread by less than a sixteenth of the
    number of units, the errors are below a quarter of the last bit of float32. All
    other frames are computed in two passes.
    """
    n_frames, n_units = units.shape
    spreads = {width: np.full(n_frames, np.nan, np.float32) for width in widths}
    usable = [width for width in spreads if width <= n_frames]
    if n_units < _MANY_UNITS or not usable:
        for width in usable:
            complete = _complete(n_frames, width)
            spreads[width][complete] = _two_pass_spread(units, width)
        return spreads
    products, totals = _frame_products(units, max(usable), workspace)
    own = products[0, :n_frames].copy()
    squares_of = _squares(products, usable)
    for width in usable:
        squares = squares_of[width][: n_frames - width + 1]
        spread = squares - _sums(totals, width) ** 2 / n_units
        stds = (np.sqrt(np.maximum(spread, 0) / n_units) / width).astype(np.float32)
        is_doubtful = spread * (n_units / 16) < squares
        is_doubtful |= spread * _CANCELLED < width * _sums(own, width)
        if is_doubtful.any():
            stds[is_doubtful] = _two_pass_spread(units, width)[is_doubtful]
        spreads[width][_complete(n_frames, width)] = stds
    return spreads


def _frame_products(
    units: Units, n_lags: int, workspace: Workspace
) -> tuple[Float64s, Float64s]:
    """Return the products of each frame with itself and later ones, and unit sums.

    The products have the shape (n_lags, n_frames): ``[k, t]`` is the product of frames
    t and t + k, and 0 after the last frame. The sums over units have the shape
    (n_frames,).
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
    """Return the squared sums over windows, added up over all units, by width.

    `products` is overwritten: ``[k, t]`` becomes the product of frame t with itself
    plus twice its products with the next k frames. This is what a window gains when it
    starts one frame earlier.
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


def _two_pass_spread(units: Units, width: int) -> Units:
    """Return the spread of the mean of each complete window, in two passes."""
    if width == 1:
        return spread_over_units(units)
    # Imported at the first use, because loading the compiled code takes a second.
    from models_ml.features.windows import window_means

    means = np.empty((len(units) - width + 1, units.shape[1]), np.float32)
    indices = np.arange(units.shape[1])
    window_means(np.ascontiguousarray(units), indices, width, means, 0, 0)
    return spread_over_units(means)


def _complete(n_frames: int, width: int) -> slice:
    return slice(width // 2, n_frames - width // 2)
