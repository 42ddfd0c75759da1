"""Intervals by resampling whole trials, since frames of one trial are not independent.

Each trial has a table of counts, and the tables add up. A resample of trials is then a
weighted sum of tables, for every statistic alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float64s

# From tables with any number of leading axes to values with these axes; NaN where the
# statistic is undefined.
Statistic = Callable[[Float64s], Float64s]

N_RESAMPLES = 1000
INTERVAL = (2.5, 97.5)
# With a larger share of undefined resamples, an interval would be misleading.
UNDEFINED_MAX = 0.05
RESAMPLES_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A statistic with its interval, or the reason why one is missing.

    Parameters
    ----------
    value : float or None
        None where the statistic is undefined; never NaN.
    low, high : float or None
        Ends of the 95 % interval; None if it was not requested or is undefined.
    why : str
        Why the value or the interval is None, in one sentence; else empty.
    n : int
        Number of frames, touches or pairs of touches behind the value.
    n_trials : int
        Number of trials with any of those.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""
    n: int
    n_trials: int


class Resampling:
    """Draws of trials, shared by all statistics of a comparison.

    Parameters
    ----------
    n_trials : int
        Number of trials to draw from.
    n_resamples : int
        Number of resamples; each draws `n_trials` trials with replacement.
    seed : int
        Seed of the draws.
    """

    def __init__(
        self, n_trials: int, *, n_resamples: int = N_RESAMPLES, seed: int = 0
    ) -> None:
        self.n_trials = n_trials
        rng = np.random.default_rng(seed)
        even = np.full(n_trials, 1 / n_trials) if n_trials else np.ones(1)
        # One row per resample: how often each trial was drawn.
        self._weights = rng.multinomial(n_trials, even, n_resamples).astype(np.uint16)

    def values(self, tables: npt.NDArray[Any], statistic: Statistic) -> Float64s:
        """Return the statistic of each resample.

        Parameters
        ----------
        tables : array, shape (n_trials, ...)
            One table per trial; the tables add up.
        statistic : callable
            Maps tables with one leading axis to one value each, NaN where undefined.

        Returns
        -------
        values : array of float64, shape (n_resamples,)
            In the order of the draws.
        """
        flat = tables.reshape(len(tables), -1).astype(np.float64)
        parts = [
            statistic(
                (self._weights[first : first + RESAMPLES_AT_ONCE] @ flat).reshape(
                    -1, *tables.shape[1:]
                )
            )
            for first in range(0, len(self._weights), RESAMPLES_AT_ONCE)
        ]
        return np.concatenate(parts)


def estimate(
    tables: npt.NDArray[Any],
    statistic: Statistic,
    *,
    n_by_trial: npt.NDArray[Any],
    why_undefined: Callable[[Float64s], str],
    resampling: Resampling | None = None,
) -> Estimate:
    """Return a statistic of all trials together, with its interval over trials.

    Parameters
    ----------
    tables : array, shape (n_trials, ...)
        One table per trial; the tables add up.
    statistic : callable
        Maps tables with any leading axes to values, NaN where undefined.
    n_by_trial : array of int, shape (n_trials,)
        Frames, touches or pairs of touches behind the value, in each trial.
    why_undefined : callable
        Maps the table of all trials to the sentence that explains a missing value.
    resampling : Resampling, optional
        Draws of trials; without it there is no interval.

    Returns
    -------
    estimate : Estimate
        Its interval holds percentiles 2.5 to 97.5 of the defined resamples.
    """
    total = tables.sum(axis=0, dtype=np.float64)
    found = float(statistic(total[np.newaxis])[0])
    value = None if np.isnan(found) else found
    low, high, why = None, None, ""
    if value is None:
        why = why_undefined(total)
    elif resampling is not None:
        low, high, why = _interval(tables, statistic, n_by_trial, resampling)
    return Estimate(
        value=value,
        low=low,
        high=high,
        why=why,
        n=int(n_by_trial.sum()),
        n_trials=int((n_by_trial > 0).sum()),
    )


def _interval(
    tables: npt.NDArray[Any],
    statistic: Statistic,
    n_by_trial: npt.NDArray[Any],
    resampling: Resampling,
) -> tuple[float | None, float | None, str]:
    if (n_by_trial > 0).sum() < 2:
        return None, None, "No interval: only one trial."
    values = resampling.values(tables, statistic)
    defined = values[~np.isnan(values)]
    n_undefined = len(values) - len(defined)
    if n_undefined > UNDEFINED_MAX * len(values):
        return (
            None,
            None,
            f"No interval: undefined in {n_undefined} of {len(values)} resamples, "
            "because too few trials have the necessary frames or touches.",
        )
    low, high = np.percentile(defined, INTERVAL).tolist()
    return low, high, ""
