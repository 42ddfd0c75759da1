"""Sums, means and standard deviations of centred windows, exact to float32.

A running sum would carry its rounding from window to window; sums made of sums of 2,
4, 8 ... neighbours do not, and a window of equal float32 values sums without any
rounding. All arrays are float64 of shape (n_frames, n_columns); results have one row
for each whole window, ``n_frames - width + 1`` of them.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# Where the sum of squares exceeds the part that is spread by more than this, too few
# bits of the difference are left: then deviations are taken from the mean itself.
_CANCELLED = 2.0**17


def window_sums(
    values: Values, widths: Iterable[int], scratch: dict[int, Values] | None = None
) -> Iterator[tuple[int, Values]]:
    """Yield the sums over windows of several widths.

    Parameters
    ----------
    values : array of float64, shape (n_frames, n_columns)
        Float32 values.
    widths : iterable of int
        Lengths of windows in frames, at most `n_frames`.
    scratch : dict, optional
        Arrays of an earlier call for values of the same shape, to be written over:
        asking the system for memory takes longer than adding.

    Yields
    ------
    width : int
        Ascending, each once.
    sums : array of float64, shape (n_frames - width + 1, n_columns)
        Not to be written to: wider windows are made of narrower ones.
    """
    scratch = {} if scratch is None else scratch
    known = {1: values}
    largest = 1
    for width in sorted(set(widths)):
        # Doubled sums are made only where those of other widths do not do.
        while 2 * largest <= width and (largest < 4 or len(_parts(known, width)) > 3):
            largest *= 2
            known[largest] = _joined(known, largest, scratch)
        known[width] = _joined(known, width, scratch)
        yield width, known[width]


def window_means(values: Values, width: int) -> Values:
    """Return the mean over each whole window.

    Parameters
    ----------
    values : array of float64, shape (n_frames, n_columns)
        Float32 values.
    width : int
        Length of the window in frames, at most `n_frames`.

    Returns
    -------
    means : array of float64, shape (n_frames - width + 1, n_columns)
        Exactly the value where a window's values are equal.
    """
    (_, sums), *_ = window_sums(values, [width])
    return sums / width


def window_stds(values: Values, width: int) -> Values:
    """Return the sample standard deviation over each whole window.

    Parameters
    ----------
    values : array of float64, shape (n_frames, n_columns)
        Float32 values.
    width : int
        Length of the window in frames, at least 3 and at most `n_frames`.

    Returns
    -------
    stds : array of float64, shape (n_frames - width + 1, n_columns)
        Divided by ``width - 1``; exactly 0 where a window's values are equal.
    """
    (_, sums), *_ = window_sums(values, [width])
    (_, squares), *_ = window_sums(values * values, [width])
    spread = sums * sums
    spread /= -width
    spread += squares
    again = (spread * _CANCELLED < squares).any(axis=0)
    if again.any():
        spread[:, again] = _spread_in_two_passes(values[:, again], width)
    spread /= width - 1
    return np.sqrt(spread, out=spread)


def _joined(known: dict[int, Values], width: int, scratch: dict[int, Values]) -> Values:
    """Return the sums over windows of a width from those over narrower ones."""
    if width in known:
        return known[width]
    n_windows = len(known[1]) - width + 1
    first, parts = 0, []
    for size in _parts(known, width):
        parts.append(known[size][first : first + n_windows])
        first += size
    if width not in scratch:
        scratch[width] = np.empty_like(parts[0])
    sums = np.add(parts[0], parts[1], out=scratch[width])
    for part in parts[2:]:
        sums += part
    return sums


def _parts(known: dict[int, Values], width: int) -> list[int]:
    """Return the widths, largest first, that make up a width."""
    parts: list[int] = []
    while sum(parts) < width:
        parts.append(max(size for size in known if size <= width - sum(parts)))
    return parts


def _spread_in_two_passes(values: Values, width: int) -> Values:
    means = window_means(values, width)
    spread = np.zeros_like(means)
    deviation = np.empty_like(means)
    for first in range(width):
        np.subtract(values[first : first + len(means)], means, out=deviation)
        deviation *= deviation
        spread += deviation
    return spread
