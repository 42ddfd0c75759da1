"""The tracking in a session file, its quality, and unusual trials."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.session_files.layout import SessionFileError

KEYS = ("locations_x_y_fine", "match_scores", "frame_states", "max_val_stack")
# The value of `FrameState`, whose module would load a decoder.
_POLE_OUT = 2
# The limits of WhACC's `pole_tracking_outliers`.
_BEST_SHARE, _LOW_MATCH, _LOW_FRAMES_SHARE, _LOW_TRIAL_SHARE = 0.1, 0.5, 0.1, 0.5
# Our limits: a trial is unusual beyond this many median absolute deviations from the
# session's median, and beyond these differences.
_DEVIATIONS = 5
_SCORE_DROP, _AWAY_PX, _SEEN_DROP, _JUMP_PX, _JUMPS_MIN = 0.1, 10.0, 0.3, 20.0, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedFile:
    """The result of tracking each frame of a session.

    Attributes
    ----------
    corners : array of float64, shape (n_frames, 2)
        x and y of the crop's top-left corner, in pixels.
    scores : array of float32, shape (n_frames,)
        Correlation with the template, -1 to 1; NaN if nothing was decoded.
    states : array of uint8, shape (n_frames,)
        `FrameState`.
    values : array of float64, shape (n_frames,)
        WhACC's ``max_val_stack``.
    template : array of uint8, shape (height, width)
        The template.
    """

    corners: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float32]
    states: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    template: npt.NDArray[np.uint8]


def read_tracked_file(path: Path) -> TrackedFile | None:
    """Read the tracking in a session file.

    Parameters
    ----------
    path : Path
        The session file; only read.

    Returns
    -------
    tracked : TrackedFile or None
        None if the file does not come from `track_session`.

    Raises
    ------
    SessionFileError
        If the file cannot be read.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            if not all(key in file for key in (*KEYS, "template_img")):
                return None
            corners, scores, states, values = (file[key][()] for key in KEYS)
            template = np.asarray(file["template_img"][()], np.uint8)
    except (OSError, RuntimeError) as error:
        raise SessionFileError(
            f"{path.name} cannot be read to its end. It is damaged ({error})."
        ) from error
    return TrackedFile(
        corners=corners, scores=scores, states=states, values=values, template=template
    )


def crop_corner_in(path: Path, row: int) -> tuple[int, int] | None:
    """Read the position of the crop of a frame.

    Parameters
    ----------
    path : Path
        The session file; only read.
    row : int
        Row of the frame in the file.

    Returns
    -------
    corner : (int, int) or None
        x and y of its top-left corner in the video's frame; None if the file does not
        have them.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            x, y = file["locations_x_y"][row].tolist()
    except (OSError, RuntimeError, KeyError, ValueError):
        return None
    return int(x), int(y)


def whacc_outliers(
    values: npt.NDArray[np.float64], spans: list[tuple[int, int]]
) -> list[bool]:
    """Find outlier trials by WhACC's rule.

    Parameters
    ----------
    values : array of float64, shape (n_frames,)
        ``max_val_stack`` of the session.
    spans : list of (int, int)
        Start and stop row of each trial.

    Returns
    -------
    flags : list of bool
        Matches are divided by the mean of the best tenth. If more than a tenth of all
        frames are below 0.5, the outliers are the trials with more than half of their
        frames below 0.5.

    Notes
    -----
    WhACC 1.4.3's ``pole_tracking_outliers`` with its defaults.
    """
    finite = np.sort(values[np.isfinite(values)])
    if not len(finite):
        return [False] * len(spans)
    best = finite[-max(1, int(len(finite) * _BEST_SHARE)) :].mean()
    is_low = ~(values / best >= _LOW_MATCH)
    if is_low.mean() <= _LOW_FRAMES_SHARE:
        return [False] * len(spans)
    return [bool(is_low[start:stop].mean() > _LOW_TRIAL_SHARE) for start, stop in spans]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingQuality:
    """Quality of the tracking of a session, comparable between sessions.

    Attributes
    ----------
    score : float
        Median correlation with the template over the frames with the pole, -1 to 1; NaN
        without such frames.
    seen : float
        Share of the frames with the pole, 0 to 1.
    jumps : float
        Steps of more than 20 px from one frame to the next, per 1,000 frames.
    drift_px : float
        Distance in pixels between the pole's median position in the first and in the
        last quarter of the trials.
    """

    score: float
    seen: float
    jumps: float
    drift_px: float


def tracking_quality(
    tracked: TrackedFile, spans: list[tuple[int, int]]
) -> TrackingQuality:
    """Return the quality of the tracking of a session.

    Parameters
    ----------
    tracked : TrackedFile
        The tracking of the session.
    spans : list of (int, int)
        Start and stop row of each trial.

    Returns
    -------
    quality : TrackingQuality
    """
    is_seen = tracked.states == 0
    facts = np.array([_facts(tracked, start, stop) for start, stop in spans])
    positions = facts[:, 1:3][np.isfinite(facts[:, 1])]
    quarter = -(-len(positions) // 4)
    drift = np.zeros(2)
    if len(positions):
        ends = positions[:quarter], positions[-quarter:]
        drift = np.subtract(*(np.median(end, axis=0) for end in ends))
    return TrackingQuality(
        score=float(np.median(tracked.scores[is_seen])) if is_seen.any() else np.nan,
        seen=float(is_seen.mean()),
        jumps=1000 * float(facts[:, 4].sum()) / len(is_seen),
        drift_px=float(np.hypot(*drift)),
    )


def oddities(tracked: TrackedFile, spans: list[tuple[int, int]]) -> list[list[str]]:
    """Describe how trials differ from most trials of their session.

    Parameters
    ----------
    tracked : TrackedFile
        The tracking of the session.
    spans : list of (int, int)
        Start and stop row of each trial.

    Returns
    -------
    sentences : list of list of str
        For each trial; empty if it is like the others.
    """
    facts = np.array([_facts(tracked, start, stop) for start, stop in spans])
    found: list[list[str]] = [[] for _ in spans]
    if not len(facts):
        return found
    middle = np.nanmedian(facts, axis=0)
    spread = _DEVIATIONS * np.nanmedian(np.abs(facts - middle), axis=0)
    for sentences, (score, x, y, unseen, jumps) in zip(found, facts, strict=True):
        if score < middle[0] - max(_SCORE_DROP, spread[0]):
            sentences.append(f"matches at {score:.2f}, others at {middle[0]:.2f}")
        away = float(np.hypot(x - middle[1], y - middle[2]))
        if away > max(_AWAY_PX, spread[1], spread[2]):
            sentences.append(f"pole is {away:.0f} px from its position in others")
        if unseen > middle[3] + max(_SEEN_DROP, spread[3]):
            sentences.append(f"no pole in {unseen:.0%} of the frames")
        if jumps >= max(_JUMPS_MIN, middle[4] + spread[4] + 1):
            sentences.append(f"jumps {jumps:.0f} times")
    return found


def _facts(tracked: TrackedFile, start: int, stop: int) -> tuple[Any, ...]:
    """Return median score and position, share without pole, and number of jumps."""
    corners, states = tracked.corners[start:stop], tracked.states[start:stop]
    is_seen = states == 0
    steps = np.abs(np.diff(corners, axis=0)).max(axis=1, initial=0)
    jumps = np.count_nonzero((steps > _JUMP_PX) & is_seen[1:] & is_seen[:-1])
    unseen = np.count_nonzero(states == _POLE_OUT) / len(states)
    if not is_seen.any():
        return 0.0, np.nan, np.nan, unseen, jumps
    x, y = np.median(corners[is_seen], axis=0)
    return np.median(tracked.scores[start:stop][is_seen]), x, y, unseen, jumps
