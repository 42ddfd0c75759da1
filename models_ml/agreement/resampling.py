"""Intervals by resampling whole trials: frames of one trial are no independent draws.

What is counted in a trial stands in a table, and tables of trials add up. Drawing
trials anew is then a weighted sum of tables, whatever statistic follows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float64s

# Tables with any number of leading axes to values with these axes; NaN: undefined.
Statistic = Callable[[Float64s], Float64s]

N_RESAMPLES = 1000
INTERVAL = (2.5, 97.5)
# In more undefined resamples than these an interval would hide something.
UNDEFINED_MAX = 0.05
RESAMPLES_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A statistic with its interval, or the reason why there is none.

    Parameters
    ----------
    value : float or None
        None where the statistic is undefined; never NaN.
    low, high : float or None
        Ends of the 95 % interval; None where it was not assigned for or is undefined.
    why : str
        One sentence that says why the value or the interval is None; else empty.
    n : int
        What the value rests on: frames, touches or pairs of touches.
    n_trials : int
        Trials in which there is anything of that.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""
    n: int
    n_trials: int


class Resampling:
    """The same draws of trials for every statistic of a comparison.

    Parameters
    ----------
    n_trials : int
        Trials to draw from.
    n_resamples : int
        How often as many trials are drawn, with replacement.
    seed : int
        Of the draws.
    """

    def __init__(
        self, n_trials: int, *, n_resamples: int = N_RESAMPLES, seed: int = 0
    ) -> None:
        self.n_trials = n_trials
        rng = np.random.default_rng(seed)
        even = np.full(n_trials, 1 / n_trials) if n_trials else np.ones(1)
        # How often each trial was drawn, resample by resample.
        self._weights = rng.multinomial(n_trials, even, n_resamples).astype(np.uint16)

    def values(self, tables: npt.NDArray[Any], statistic: Statistic) -> Float64s:
        """Return a statistic of each resample.

        Parameters
        ----------
        tables : array, shape (n_trials, ...)
            A table for each trial; they add up.
        statistic : callable
            From tables with a leading axis to as many values, NaN where undefined.

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
        A table for each trial; they add up.
    statistic : callable
        From tables with any leading axes to values, NaN where undefined.
    n_by_trial : array of int, shape (n_trials,)
        What the value rests on, in each trial.
    why_undefined : callable
        From the table of all trials to the sentence that says why there is no value.
    resampling : Resampling, optional
        The draws of trials; without it there is no interval.

    Returns
    -------
    estimate : Estimate
        Percentiles 2.5 and 97.5 of the resamples in which it is defined.
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
        return None, None, "One trial has no interval: there is nothing to resample."
    values = resampling.values(tables, statistic)
    defined = values[~np.isnan(values)]
    n_undefined = len(values) - len(defined)
    if n_undefined > UNDEFINED_MAX * len(values):
        return (
            None,
            None,
            f"No interval: undefined in {n_undefined} of {len(values)} resamples, "
            "as too few trials hold what it needs.",
        )
    low, high = np.percentile(defined, INTERVAL).tolist()
    return low, high, ""
