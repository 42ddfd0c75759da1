"""The pole's position in each trial, and groups of trials with similar positions."""

import numpy as np

from models_ml.arrays import Float64s, Int64s
from models_ml.trial_lengths import TrialLengths, checked_lengths, first_frames

STRATA_MAX = 5
# With roles in shares of 3 : 1 : 1, each role can then be in every stratum.
TRIALS_IN_STRATUM_MIN = 5


def pole_positions(
    locations: Float64s, trial_lengths: TrialLengths, pole_times: Float64s | None = None
) -> Float64s:
    """Return the position of the pole in each trial.

    Parameters
    ----------
    locations : array of float64, shape (n_frames, 2)
        Top-left corner of each crop, x and y in pixels.
    trial_lengths : sequence of int
        Frames in each trial.
    pole_times : array of float64, shape (2, n_trials), optional
        Frames of each trial from which and until which the pole is in reach; NaN where
        unknown.

    Returns
    -------
    positions : array of float64, shape (n_trials, 2)
        Median over the frames with the pole in reach, if known, else over all frames;
        NaN if a frame has no location.

    Raises
    ------
    ValueError
        If the lengths do not add up to the frames.
    """
    lengths = checked_lengths(trial_lengths, len(locations))
    positions = np.full((len(lengths), 2), np.nan)
    for trial, (first, n_frames) in enumerate(
        zip(first_frames(lengths), lengths, strict=True)
    ):
        up, down = 0, int(n_frames)
        if pole_times is not None and np.isfinite(pole_times[:, trial]).all():
            inside = np.clip(np.ceil(pole_times[:, trial]), 0, n_frames).astype(int)
            if inside[0] < inside[1]:
                up, down = inside.tolist()
        positions[trial] = np.median(locations[first + up : first + down], axis=0)
    return positions


def pole_strata(positions: Float64s) -> Int64s:
    """Return groups of trials with similar positions of the pole.

    Parameters
    ----------
    positions : array of float64, shape (n_trials, 2)
        Position of the pole; NaN where unknown.

    Returns
    -------
    strata : array of int64, shape (n_trials,)
        Numbers from 0, along the line on which the positions differ most, in groups of
        equal size: one to five groups of at least five trials. -1 where the position is
        unknown. Equal positions always result in equal groups.
    """
    strata = np.full(len(positions), -1, np.int64)
    known = np.flatnonzero(np.isfinite(positions).all(axis=1))
    if not len(known):
        return strata
    apart = positions[known] - positions[known].mean(axis=0)
    along = apart @ _direction(apart)
    n_strata = int(np.clip(len(known) // TRIALS_IN_STRATUM_MIN, 1, STRATA_MAX))
    order = known[np.argsort(along, kind="stable")]
    strata[order] = np.arange(len(known)) * n_strata // len(known)
    return strata


def _direction(apart: Float64s) -> Float64s:
    direction: Float64s = np.linalg.svd(apart, full_matrices=False)[2][0]
    # The sign of a singular vector is arbitrary.
    if direction[np.argmax(np.abs(direction))] < 0:
        direction = -direction
    return direction
