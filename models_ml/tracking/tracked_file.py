"""What a session file keeps of its tracking, and which trials of it are odd."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from models_ml.session_files.layout import SessionFileError

KEYS = ("locations_x_y_fine", "match_scores", "frame_states", "max_val_stack")
# As in `FrameState`, whose module loads a decoder.
_POLE_OUT = 2
# WhACC's `pole_tracking_outliers`.
_BEST_SHARE, _LOW_MATCH, _LOW_FRAMES_SHARE, _LOW_TRIAL_SHARE = 0.1, 0.5, 0.1, 0.5
# Ours: so many median absolute deviations from the session's median, and so much.
_DEVIATIONS = 5
_SCORE_DROP, _PLACE_PX, _SEEN_DROP, _JUMP_PX, _JUMPS_MIN = 0.1, 10.0, 0.3, 20.0, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedFile:
    """What tracking found in each frame of a session.

    Attributes
    ----------
    corners : array of float64, shape (n_frames, 2)
        x and y of the crop's corner, in pixels.
    scores : array of float32, shape (n_frames,)
        Correlation with the template, -1 to 1; NaN where nothing was decoded.
    states : array of uint8, shape (n_frames,)
        `FrameState`.
    values : array of float64, shape (n_frames,)
        WhACC's ``max_val_stack``.
    template : array of uint8, shape (height, width)
        What was looked for.
    """

    corners: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float32]
    states: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    template: npt.NDArray[np.uint8]


def read_tracked_file(path: Path) -> TrackedFile | None:
    """Read what a session file keeps of its tracking.

    Parameters
    ----------
    path : Path
        The file; only read.

    Returns
    -------
    tracked : TrackedFile or None
        None if it was not tracked by `track_session`.

    Raises
    ------
    SessionFileError
        If it cannot be read.
    """
    try:
        with h5py.File(path, "r", locking=False) as file:
            if not all(key in file for key in (*KEYS, "template_img")):
                return None
            corners, scores, states, values = (file[key][()] for key in KEYS)
            template = np.asarray(file["template_img"][()], np.uint8)
    except (OSError, RuntimeError) as error:
        raise SessionFileError(
            f"Expected to read {path.name} to its end; it is damaged ({error})."
        ) from error
    return TrackedFile(
        corners=corners, scores=scores, states=states, values=values, template=template
    )


def crop_corner_in(path: Path, row: int) -> tuple[int, int] | None:
    """Read where a frame's crop was cut.

    Parameters
    ----------
    path : Path
        The session file; only read.
    row : int
        The frame's row in it.

    Returns
    -------
    corner : (int, int) or None
        Its x and y in the video's frame; None if the file does not tell.
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
    """Flag trials by WhACC's rule.

    Parameters
    ----------
    values : array of float64, shape (n_frames,)
        ``max_val_stack`` of the session.
    spans : list of (int, int)
        Rows of each trial, half-open.

    Returns
    -------
    flags : list of bool
        Matches are divided by the mean of the best tenth. If more than a tenth of all
        frames is below half of it, trials with more than half of theirs are flagged.

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
    """How well a session was tracked, in figures that mean the same in every session.

    Attributes
    ----------
    score : float
        Median correlation with the template over the frames that show the pole, -1 to
        1; NaN where none does.
    seen : float
        Share of the frames that show it, 0 to 1.
    jumps : float
        Steps of more than 20 px from one frame to the next, in 1,000 frames.
    drift_px : float
        How far the pole's place moved, in pixels, from the first quarter of the trials
        to the last: between the medians of where it stands in each trial.
    """

    score: float
    seen: float
    jumps: float
    drift_px: float


def tracking_quality(
    tracked: TrackedFile, spans: list[tuple[int, int]]
) -> TrackingQuality:
    """Return how well a session was tracked.

    Parameters
    ----------
    tracked : TrackedFile
        The session.
    spans : list of (int, int)
        Rows of each trial, half-open.

    Returns
    -------
    quality : TrackingQuality
    """
    is_seen = tracked.states == 0
    facts = np.array([_facts(tracked, start, stop) for start, stop in spans])
    places = facts[:, 1:3][np.isfinite(facts[:, 1])]
    quarter = -(-len(places) // 4)
    drift = np.zeros(2)
    if len(places):
        ends = places[:quarter], places[-quarter:]
        drift = np.subtract(*(np.median(end, axis=0) for end in ends))
    return TrackingQuality(
        score=float(np.median(tracked.scores[is_seen])) if is_seen.any() else np.nan,
        seen=float(is_seen.mean()),
        jumps=1000 * float(facts[:, 4].sum()) / len(is_seen),
        drift_px=float(np.hypot(*drift)),
    )


def oddities(tracked: TrackedFile, spans: list[tuple[int, int]]) -> list[list[str]]:
    """Say what sets trials apart from most of their session.

    Parameters
    ----------
    tracked : TrackedFile
        The session.
    spans : list of (int, int)
        Rows of each trial, half-open.

    Returns
    -------
    sentences : list of list of str
        For each trial; empty where it is like the others.
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
        if away > max(_PLACE_PX, spread[1], spread[2]):
            sentences.append(f"stands {away:.0f} px from where it does in others")
        if unseen > middle[3] + max(_SEEN_DROP, spread[3]):
            sentences.append(f"no pole in {unseen:.0%} of the frames")
        if jumps >= max(_JUMPS_MIN, middle[4] + spread[4] + 1):
            sentences.append(f"jumps {jumps:.0f} times")
    return found


def _facts(tracked: TrackedFile, start: int, stop: int) -> tuple[Any, ...]:
    """Return median score and place, the share without pole, and how often it jumps."""
    places, states = tracked.corners[start:stop], tracked.states[start:stop]
    is_seen = states == 0
    steps = np.abs(np.diff(places, axis=0)).max(axis=1, initial=0)
    jumps = np.count_nonzero((steps > _JUMP_PX) & is_seen[1:] & is_seen[:-1])
    unseen = np.count_nonzero(states == _POLE_OUT) / len(states)
    if not is_seen.any():
        return 0.0, np.nan, np.nan, unseen, jumps
    x, y = np.median(places[is_seen], axis=0)
    return np.median(tracked.scores[start:stop][is_seen]), x, y, unseen, jumps
