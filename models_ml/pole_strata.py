"""Where the pole stood in each trial, and which trials are alike in that."""

import numpy as np

from models_ml.arrays import Float64s, Int64s
from models_ml.trial_lengths import TrialLengths, checked_lengths, first_frames

STRATA_MAX = 5
# So that of three roles in shares of 3, 1 and 1 each can be in every stratum.
TRIALS_IN_STRATUM_MIN = 5


def pole_positions(
    locations: Float64s, trial_lengths: TrialLengths, pole_times: Float64s | None = None
) -> Float64s:
    """Return where the pole stood in each trial.

    Parameters
    ----------
    locations : array of float64, shape (n_frames, 2)
        Corner of the crop around the tracked pole, x and y in pixels.
    trial_lengths : sequence of int
        Frames in each trial.
    pole_times : array of float64, shape (2, n_trials), optional
        Frames between which the pole is within reach; NaN where unknown.

    Returns
    -------
    places : array of float64, shape (n_trials, 2)
        Medians, over the frames with the pole within reach where that is known, else
        over all; NaN where a frame's location is none.

    Raises
    ------
    ValueError
        If the lengths do not add up to the frames.
    """
    lengths = checked_lengths(trial_lengths, len(locations))
    places = np.full((len(lengths), 2), np.nan)
    for trial, (first, n_frames) in enumerate(
        zip(first_frames(lengths), lengths, strict=True)
    ):
        up, down = 0, int(n_frames)
        if pole_times is not None and np.isfinite(pole_times[:, trial]).all():
            inside = np.clip(np.ceil(pole_times[:, trial]), 0, n_frames).astype(int)
            if inside[0] < inside[1]:
                up, down = inside.tolist()
        places[trial] = np.median(locations[first + up : first + down], axis=0)
    return places


def pole_strata(places: Float64s) -> Int64s:
    """Return groups of trials whose pole stood near each other.

    Parameters
    ----------
    places : array of float64, shape (n_trials, 2)
        Where the pole stood; NaN where unknown.

    Returns
    -------
    strata : array of int64, shape (n_trials,)
        Numbers from 0 along the line on which the places differ most, in groups of
        equal size: one to five, of at least five trials. -1 where the place is unknown.
        The same for the same places.
    """
    strata = np.full(len(places), -1, np.int64)
    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    if not len(known):
        return strata
    apart = places[known] - places[known].mean(axis=0)
    along = apart @ _direction(apart)
    n_strata = int(np.clip(len(known) // TRIALS_IN_STRATUM_MIN, 1, STRATA_MAX))
    order = known[np.argsort(along, kind="stable")]
    strata[order] = np.arange(len(known)) * n_strata // len(known)
    return strata


def _direction(apart: Float64s) -> Float64s:
    direction: Float64s = np.linalg.svd(apart, full_matrices=False)[2][0]
    # Which of the two ways it points is chance.
    if direction[np.argmax(np.abs(direction))] < 0:
        direction = -direction
    return direction
