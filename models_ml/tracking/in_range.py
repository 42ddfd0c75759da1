"""When the pole is in reach, from the tracking of a video.

A pole moves up, stands still and moves down again. The period for which it stands still
follows from its position between pixels and from how well the template matches.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.intervals import true_runs
from models_ml.tracking.tracked_video import FrameState

# A standing pole sways. Half of the eleven frames around a frame are within STILL_PX,
# and no step from frame to frame is larger than STEP_PX.
STILL_PX = 3.0
STEP_PX = 1.5
# Touches, and the stop at the end of its movement, shift a standing pole by no more.
SHIFT_PX = 5.0
# Frames of the shortest still period: whiskers stop a moving pole for fewer.
STILL_FRAMES_MIN = 20
# Frames of the longest interruption by a whisker across the pole, or by lost frames.
GAP_FRAMES_MAX = 40
_HALF_WINDOW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StillPeriod:
    """A period for which the pole stands still at one position.

    Attributes
    ----------
    start, stop : int
        Frames of the trial, half-open.
    x, y : float
        Median of the crop's corner, in pixels.
    """

    start: int
    stop: int
    x: float
    y: float


def still_periods(records: npt.NDArray[Any]) -> list[StillPeriod]:
    """Return the periods for which the pole stands still in the picture.

    Parameters
    ----------
    records : structured array, shape (n_frames,)
        The records of the trial's video; see `TrackedVideo`.

    Returns
    -------
    periods : list of StillPeriod
        In order. A short interruption at the same position does not end a period.
    """
    corners = np.asarray(records["fine"], np.float64)
    is_seen = records["state"] == FrameState.TRACKED
    is_still = is_seen & ~_is_moving(corners)
    found: list[StillPeriod] = []
    for start, stop in true_runs(is_still).tolist():
        period = _exact_period(corners, is_seen, start, stop)
        same = [index for index, other in enumerate(found) if _is_same(other, period)]
        if same:
            # A position elsewhere in between was a whisker or a mistake.
            found[same[-1] :] = [replace(found[same[-1]], stop=period.stop)]
        else:
            found.append(period)
    return [each for each in found if each.stop - each.start >= STILL_FRAMES_MIN]


def pole_up_and_down(
    records: npt.NDArray[Any], near: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Return the frames from which and until which the pole is in reach.

    Parameters
    ----------
    records : structured array, shape (n_frames,)
        The records of the trial's video; see `TrackedVideo`.
    near : (float, float), optional
        Corner of the crop when the pole is in reach. Of several still periods, the
        nearest one is chosen; without `near`, the longest one.

    Returns
    -------
    up, down : float
        Start and stop frame in the trial; NaN if the pole never stands still.
    """
    found = still_periods(records)
    if not found:
        return np.nan, np.nan
    if near is None:
        best = max(found, key=lambda period: period.stop - period.start)
    else:
        best = min(
            found, key=lambda period: np.hypot(period.x - near[0], period.y - near[1])
        )
    return float(best.start), float(best.stop)


def in_range(
    pole_times: npt.NDArray[np.float64], n_frames: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return WhACC's ``in_range``: whether the pole is in reach, for each frame.

    Parameters
    ----------
    pole_times : array of float64, shape (2, n_trials)
        Frames of each trial from which and until which the pole is in reach; NaN where
        unknown.
    n_frames : array of int64, shape (n_trials,)
        Frames in each trial.

    Returns
    -------
    in_range : array of float64, shape (n_frames.sum(),)
        1 in reach, 0 out of reach, NaN unknown.
    """
    trials = []
    for (up, down), length in zip(pole_times.T, n_frames, strict=True):
        frames = np.arange(length)
        known = float("nan") if np.isnan(up) or np.isnan(down) else 1.0
        trials.append(known * ((frames >= up) & (frames < down)))
    return np.concatenate(trials) if trials else np.empty(0)


def _is_moving(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return for each frame whether the position changes in the frames around it."""
    padded = np.pad(corners, ((_HALF_WINDOW, _HALF_WINDOW), (0, 0)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(
        padded, 2 * _HALF_WINDOW + 1, axis=0
    )
    # Quartiles, because single frames that jump behind a whisker are no movement.
    low, high = np.quantile(around, [0.25, 0.75], axis=2)
    moving: npt.NDArray[np.bool_] = ((high - low) > STILL_PX).any(axis=1)
    return moving


def _exact_period(
    corners: npt.NDArray[np.float64],
    is_seen: npt.NDArray[np.bool_],
    start: int,
    stop: int,
) -> StillPeriod:
    """Return a period with exact ends, where the pole arrives and leaves."""
    middle = np.median(corners[start:stop][is_seen[start:stop]], axis=0)
    step = np.abs(np.diff(corners, axis=0)).max(axis=1)
    is_step = ~is_seen[:-1] | ~is_seen[1:] | (step > STEP_PX)
    # The given ends come from windows, so they are not exact.
    while start < stop - 1 and is_step[start]:
        start += 1
    while stop > start + 1 and is_step[stop - 2]:
        stop -= 1
    arrived, left = corners[start], corners[stop - 1]
    while start > 0 and not is_step[start - 1] and _near(corners[start - 1], arrived):
        start -= 1
    while stop < len(corners) and not is_step[stop - 1] and _near(corners[stop], left):
        stop += 1
    return StillPeriod(start=start, stop=stop, x=float(middle[0]), y=float(middle[1]))


def _near(corner: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> bool:
    return bool(np.abs(corner - other).max() <= STEP_PX)


def _is_same(first: StillPeriod, second: StillPeriod) -> bool:
    is_near = max(abs(first.x - second.x), abs(first.y - second.y)) <= SHIFT_PX
    return is_near and second.start - first.stop <= GAP_FRAMES_MAX
