"""Shifts between raters: how much later one sees the onset and offset of touches."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.agreement.resampling import Estimate, Resampling, estimate
from models_ml.arrays import Float64s, Int64s

NO_PAIR = "No shift: no touches match one to one with edges that are certain."
# Rounded to nanoseconds, so that equal shifts compare as equal.
MS_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """How much later a rater sees one edge of touches than a reference.

    Parameters
    ----------
    ms : array of float64, shape (n_pairs,)
        Shift of each pair of touches; positive where the rater is later.
    median, mean : Estimate
        In ms. The n is the number of pairs.
    quartiles : tuple of float, or None
        First and third quartile in ms; None without pairs.
    """

    ms: npt.NDArray[np.float64]
    median: Estimate
    mean: Estimate
    quartiles: tuple[float, float] | None


def onset_and_offset_shifts(
    pairs: Int64s,
    frame_ms: npt.NDArray[np.float64],
    resampling: Resampling | None = None,
) -> tuple[Shifts, Shifts]:
    """Return the shifts of onsets and of offsets.

    Parameters
    ----------
    pairs : array of int64, shape (n_pairs, 5)
        Rows of trial, onset and offset of the reference, onset and offset of the
        rater; see `TouchComparison.pairs`.
    frame_ms : array of float64, shape (n_trials,)
        Duration of one frame of each trial, in ms.
    resampling : Resampling, optional
        Draws of trials for the intervals; without it there are no intervals.

    Returns
    -------
    onsets, offsets : Shifts
        Positive where the rater is later.

    Examples
    --------
    >>> pairs = np.array([[0, 5, 9, 7, 9], [0, 20, 30, 23, 29], [0, 50, 60, 52, 60]])
    >>> onsets, offsets = onset_and_offset_shifts(pairs, np.array([1.0]))
    >>> onsets.median.value, onsets.ms.tolist(), offsets.ms.tolist()
    (2.0, [2.0, 3.0, 2.0], [0.0, -1.0, 0.0])
    """
    onsets, offsets = (
        np.round((pairs[:, at + 2] - pairs[:, at]) * frame_ms[pairs[:, 0]], MS_DECIMALS)
        for at in (1, 2)
    )
    n_trials = len(frame_ms)
    return (
        _shifts(onsets, pairs[:, 0], n_trials, resampling),
        _shifts(offsets, pairs[:, 0], n_trials, resampling),
    )


def _shifts(
    ms: Float64s, trials: Int64s, n_trials: int, resampling: Resampling | None
) -> Shifts:
    values, place = np.unique(ms, return_inverse=True)
    cells = np.bincount(trials * len(values) + place, minlength=n_trials * len(values))
    table = cells.reshape(n_trials, len(values))

    def median(counts: Float64s) -> Float64s:
        return _median_of_counts(counts, values)

    def mean(counts: Float64s) -> Float64s:
        n = counts.sum(axis=-1)
        undefined = np.full(n.shape, np.nan)
        result: Float64s = np.divide(counts @ values, n, out=undefined, where=n > 0)
        return result

    middle, average = (
        estimate(
            table,
            statistic,
            n_by_trial=np.bincount(trials, minlength=n_trials),
            why_undefined=lambda total: NO_PAIR,
            resampling=resampling,
        )
        for statistic in (median, mean)
    )
    quartiles = np.percentile(ms, [25, 75]).tolist() if len(ms) else None
    return Shifts(
        ms=ms,
        median=middle,
        mean=average,
        quartiles=None if quartiles is None else (quartiles[0], quartiles[1]),
    )


def _median_of_counts(counts: Float64s, values: Float64s) -> Float64s:
    """Return the median of values that occur `counts` times, along the last axis."""
    n = counts.sum(axis=-1)
    if not len(values):
        return np.full(n.shape, np.nan)
    up_to = counts.cumsum(axis=-1)
    # The ranks of the middle value, or of both middle values.
    ranks = ((n - 1) // 2, n // 2)
    low, high = (
        values[(up_to > rank[..., np.newaxis]).argmax(axis=-1)] for rank in ranks
    )
    return np.where(n > 0, (low + high) / 2, np.nan)
