"""When the pole is within reach, seen in the video itself.

A pole that comes, stands, and goes again is found by where it stands still: its place
between pixels and how well the template matches say from which frame until which.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.intervals import true_runs
from models_ml.tracking.tracked_video import FrameState

# A standing pole sways: half of the eleven frames around any lie within this, and it
# makes no larger step from frame to frame than that.
STILL_PX = 3.0
STEP_PX = 1.5
# Touches, and the stop at the end of its way, shift a standing pole by no more.
SHIFT_PX = 5.0
# Still for at least this long, in frames: whiskers stop a moving pole for less.
STILL_FRAMES_MIN = 20
# A whisker across the pole, or a lost frame, interrupts for at most this long.
GAP_FRAMES_MAX = 40
_HALF_WINDOW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StillPeriod:
    """A time for which the pole stood in one place.

    Attributes
    ----------
    start, stop : int
        Frames of the trial, half-open.
    x, y : float
        Where the crop's corner was, in pixels.
    """

    start: int
    stop: int
    x: float
    y: float


def still_periods(records: npt.NDArray[Any]) -> list[StillPeriod]:
    """Return when the pole stood still within the picture.

    Parameters
    ----------
    records : structured array, shape (n_frames,)
        What tracking found in the trial's video; see `TrackedVideo`.

    Returns
    -------
    periods : list of StillPeriod
        In order. A short interruption in one place does not end a stand.
    """
    places = np.asarray(records["fine"], np.float64)
    is_seen = records["state"] == FrameState.TRACKED
    is_still = is_seen & ~_is_moving(places)
    found: list[StillPeriod] = []
    for start, stop in true_runs(is_still).tolist():
        stand = _stand(places, is_seen, start, stop)
        earlier = [place for place, other in enumerate(found) if _is_one(other, stand)]
        if earlier:
            # What was seen elsewhere in between was a whisker, or a mistake.
            found[earlier[-1] :] = [replace(found[earlier[-1]], stop=stand.stop)]
        else:
            found.append(stand)
    return [stand for stand in found if stand.stop - stand.start >= STILL_FRAMES_MIN]


def pole_up_and_down(
    records: npt.NDArray[Any], near: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Return from when until when the pole is in reach.

    Parameters
    ----------
    records : structured array, shape (n_frames,)
        What tracking found in the trial's video.
    near : (float, float), optional
        Where the pole stands when it is in reach, as the corner of its crop: of two
        places in the picture, the nearer one is taken. Without it, where it stands
        longest.

    Returns
    -------
    up, down : float
        Frames of the trial, half-open; NaN where it never stands.
    """
    found = still_periods(records)
    if not found:
        return np.nan, np.nan
    if near is None:
        best = max(found, key=lambda stand: stand.stop - stand.start)
    else:
        best = min(
            found, key=lambda stand: np.hypot(stand.x - near[0], stand.y - near[1])
        )
    return float(best.start), float(best.stop)


def in_range(
    pole_times: npt.NDArray[np.float64], n_frames: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return WhACC's ``in_range``: whether the pole is in reach in each frame.

    Parameters
    ----------
    pole_times : array of float64, shape (2, n_trials)
        Frames of each trial from which and until which it is; NaN where unknown.
    n_frames : array of int64, shape (n_trials,)
        Frames in each trial.

    Returns
    -------
    in_range : array of float64, shape (n_frames.sum(),)
        1 in reach, 0 not, NaN unknown.
    """
    trials = []
    for (up, down), length in zip(pole_times.T, n_frames, strict=True):
        frames = np.arange(length)
        known = float("nan") if np.isnan(up) or np.isnan(down) else 1.0
        trials.append(known * ((frames >= up) & (frames < down)))
    return np.concatenate(trials) if trials else np.empty(0)


def _is_moving(places: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Say of each frame whether the place changes in the frames around it."""
    padded = np.pad(places, ((_HALF_WINDOW, _HALF_WINDOW), (0, 0)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(
        padded, 2 * _HALF_WINDOW + 1, axis=0
    )
    # Single frames that jump, behind a whisker, are no movement: hence the quartiles.
    low, high = np.quantile(around, [0.25, 0.75], axis=2)
    moving: npt.NDArray[np.bool_] = ((high - low) > STILL_PX).any(axis=1)
    return moving


def _stand(
    places: npt.NDArray[np.float64],
    is_seen: npt.NDArray[np.bool_],
    start: int,
    stop: int,
) -> StillPeriod:
    """Return a stand with its ends where the pole arrives and where it leaves."""
    middle = np.median(places[start:stop][is_seen[start:stop]], axis=0)
    step = np.abs(np.diff(places, axis=0)).max(axis=1)
    is_step = ~is_seen[:-1] | ~is_seen[1:] | (step > STEP_PX)
    # Which frames stand was said by windows: their first and last are not exact.
    while start < stop - 1 and is_step[start]:
        start += 1
    while stop > start + 1 and is_step[stop - 2]:
        stop -= 1
    arrived, left = places[start], places[stop - 1]
    while start > 0 and not is_step[start - 1] and _near(places[start - 1], arrived):
        start -= 1
    while stop < len(places) and not is_step[stop - 1] and _near(places[stop], left):
        stop += 1
    return StillPeriod(start=start, stop=stop, x=float(middle[0]), y=float(middle[1]))


def _near(place: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> bool:
    return bool(np.abs(place - other).max() <= STEP_PX)


def _is_one(first: StillPeriod, second: StillPeriod) -> bool:
    same_place = max(abs(first.x - second.x), abs(first.y - second.y)) <= SHIFT_PX
    return same_place and second.start - first.stop <= GAP_FRAMES_MAX
