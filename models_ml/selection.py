"""Which clips are worth a person's look.

Most clips are taken where the model is unsure: scores near the threshold, and touches
or gaps of a few frames, which smoothing may drop or keep. The others are random, so
that errors the model is sure of are found as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Float32s, Float64s
from models_ml.intervals import mask_from_intervals, n_shared_frames
from models_ml.touches.detection import touches_from_mask

UNCERTAIN = "uncertain"
SHORT_RUN = "short run"
RANDOM = "random"
WHOLE_TRIAL = "whole trial"

# A score this far from the threshold or farther is not unsure at all.
_UNSURE_WITHIN = 0.25
_SHORT_RUN_FRAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ChosenClip:
    """A clip that was chosen for labelling.

    Parameters
    ----------
    trial : int
        Position of its trial in what was chosen from.
    start, stop : int
        Frames of the trial, half-open.
    reason : str
        Why: ``uncertain``, ``short run``, ``random`` or ``whole trial``.
    """

    trial: int
    start: int
    stop: int
    reason: str


def select_clips(
    *,
    scores: Sequence[Float32s | None],
    n_frames: Sequence[int] | npt.NDArray[np.int64],
    n_clips: int,
    clip_frames: int | None,
    random_share: float = 0.2,
    threshold: float = 0.5,
    taken: Sequence[ChosenClip] = (),
    seed: int,
) -> list[ChosenClip]:
    """Choose clips for labelling.

    Parameters
    ----------
    scores : sequence of arrays of float32, shape (n_frames,), or None
        Raw scores of each trial; None where it was not scored.
    n_frames : sequence of int
        Length of each trial.
    n_clips : int
        How many clips; fewer are chosen when no more fit.
    clip_frames : int or None
        Length of a clip; shorter trials give a clip of their own length. None for
        whole trials.
    random_share : float
        Share of the clips that is random, in [0, 1]; all of them without scores.
    threshold : float
        Above this score a frame counts as a touch.
    taken : sequence of ChosenClip
        Clips that were chosen before; no frame of them is chosen again.
    seed : int
        The same seed, scores and taken clips give the same clips.

    Returns
    -------
    clips : list of ChosenClip
        By trial and start; no two overlap.

    Raises
    ------
    ValueError
        If scores and lengths do not belong together, or a number makes no sense.

    Notes
    -----
    The random clips are drawn first and evenly over the trials' time, so that rates
    measured on them hold for the whole. Other clips keep a clip's length apart.
    """
    _check(scores, n_frames, n_clips, clip_frames, random_share)
    lengths = np.asarray(n_frames, np.int64)
    rng = np.random.default_rng(seed)
    n_random = round(n_clips * random_share)
    if clip_frames is None:
        interest = [_mean_interest(of_trial, threshold) for of_trial in scores]
        free = _free_trials(len(lengths), taken)
        return _whole_trials(interest, lengths, free, n_clips, n_random, rng)
    chosen = _random_clips(lengths, n_random, clip_frames, taken, rng)
    wanted = n_clips - len(chosen)
    blocked = [*taken, *chosen]
    chosen += _unsure_clips(scores, wanted, clip_frames, threshold, blocked)
    missing = n_clips - len(chosen)
    chosen += _random_clips(lengths, missing, clip_frames, [*taken, *chosen], rng)
    return sorted(chosen)


def _free_trials(n_trials: int, taken: Sequence[ChosenClip]) -> npt.NDArray[np.int64]:
    return np.setdiff1d(np.arange(n_trials), [clip.trial for clip in taken])


def _whole_trials(
    interest: Sequence[float],
    lengths: npt.NDArray[np.int64],
    free: npt.NDArray[np.int64],
    n_clips: int,
    n_random: int,
    rng: np.random.Generator,
) -> list[ChosenClip]:
    order = rng.permutation(free).tolist()
    # Of equally interesting trials the random order decides.
    by_interest = sorted(order[n_random:], key=lambda trial: -interest[trial])
    return [
        ChosenClip(trial=trial, start=0, stop=int(lengths[trial]), reason=WHOLE_TRIAL)
        for trial in sorted((order[:n_random] + by_interest)[:n_clips])
    ]


def _random_clips(
    lengths: npt.NDArray[np.int64],
    n_clips: int,
    clip_frames: int,
    taken: Iterable[ChosenClip],
    rng: np.random.Generator,
) -> list[ChosenClip]:
    """Draw clips from a grid over all trials, shifted in each trial at random."""
    n_slots = np.maximum(lengths // clip_frames, 1)
    shifts = rng.integers(0, np.maximum(lengths - n_slots * clip_frames, 0) + 1)
    ends = np.cumsum(n_slots)
    blocked = list(taken)
    chosen: list[ChosenClip] = []
    for slot in rng.permutation(ends[-1]):
        if len(chosen) == n_clips:
            break
        trial = int(np.searchsorted(ends, slot, side="right"))
        slot_in_trial = slot - ends[trial] + n_slots[trial]
        start = int(shifts[trial] + slot_in_trial * clip_frames)
        stop = int(min(start + clip_frames, lengths[trial]))
        clip = ChosenClip(trial=trial, start=start, stop=stop, reason=RANDOM)
        if _is_apart(clip, blocked):
            chosen.append(clip)
    return chosen


def _unsure_clips(
    scores: Sequence[Float32s | None],
    n_clips: int,
    clip_frames: int,
    threshold: float,
    taken: Sequence[ChosenClip],
) -> list[ChosenClip]:
    """Choose the most interesting clips.

    To spread them, a trial's second clip must be twice as interesting as the first of
    another, its third three times, and so on.
    """
    ranked: list[tuple[float, ChosenClip]] = []
    for trial, of_trial in enumerate(scores):
        if of_trial is None:
            continue
        blocked = [clip for clip in taken if clip.trial == trial]
        marks = _marks(of_trial, threshold)
        found = _clips_of_trial(marks, trial, n_clips, clip_frames, blocked)
        ranked += [
            (interest / rank, clip)
            for rank, (interest, clip) in enumerate(found, start=1)
        ]
    ranked.sort(key=lambda pair: (-pair[0], pair[1]))
    return [clip for _, clip in ranked[:n_clips]]


def _clips_of_trial(
    marks: "_Marks",
    trial: int,
    n_clips: int,
    clip_frames: int,
    blocked: Sequence[ChosenClip],
) -> list[tuple[float, ChosenClip]]:
    """Return a trial's interesting clips with their interest, best first."""
    length = min(clip_frames, len(marks.unsure))
    # Weighted towards the middle, so that what is interesting has frames around it.
    weights = np.hanning(length + 2)[1:-1]
    interest = np.convolve(marks.interest, weights, mode="valid")
    for clip in blocked:
        _forbid(interest, clip, 0)
    found: list[tuple[float, ChosenClip]] = []
    while len(found) < n_clips and interest.max() > 0:
        start = int(interest.argmax())
        stop = start + length
        reason = marks.reason(start, stop)
        clip = ChosenClip(trial=trial, start=start, stop=stop, reason=reason)
        found.append((float(interest[start]), clip))
        _forbid(interest, clip, clip_frames)
    return found


def _forbid(interest: Float64s, clip: ChosenClip, gap: int) -> None:
    """Take the starts of clips that come too near this one out of the running."""
    length = clip.stop - clip.start
    interest[max(clip.start - length - gap + 1, 0) : clip.stop + gap] = 0


@dataclass(frozen=True, slots=True)
class _Marks:
    """For each frame of a trial, how unsure its score is, and 1 in a short run."""

    unsure: Float64s
    short: Float64s

    @property
    def interest(self) -> Float64s:
        return self.unsure + self.short

    def reason(self, start: int, stop: int) -> str:
        unsure, short = self.unsure[start:stop], self.short[start:stop]
        return SHORT_RUN if short.sum() > unsure.sum() else UNCERTAIN


def _mean_interest(scores: Float32s | None, threshold: float) -> float:
    if scores is None:
        return 0.0
    return float(_marks(scores, threshold).interest.mean())


def _marks(scores: Float32s, threshold: float) -> _Marks:
    return _Marks(_unsure(scores, threshold), _in_short_run(scores, threshold))


def _unsure(scores: Float32s, threshold: float) -> Float64s:
    """Return for each frame how near its score is to the threshold, in [0, 1]."""
    distance = np.abs(scores.astype(np.float64) - threshold)
    return np.maximum(1 - distance / _UNSURE_WITHIN, 0)


def _in_short_run(scores: Float32s, threshold: float) -> Float64s:
    """Return 1 for frames of short touches and of short gaps between touches."""
    touches = touches_from_mask(scores > threshold, [len(scores)])[:, 1:]
    gaps = np.stack([touches[:-1, 1], touches[1:, 0]], axis=1)
    runs = np.concatenate([touches, gaps])
    short = runs[runs[:, 1] - runs[:, 0] <= _SHORT_RUN_FRAMES]
    starts, stops = short.T
    return mask_from_intervals(starts, stops, len(scores)).astype(np.float64)


def _is_apart(clip: ChosenClip, others: Iterable[ChosenClip]) -> bool:
    return all(
        clip.trial != other.trial
        or not n_shared_frames(clip.start, clip.stop, other.start, other.stop)
        for other in others
    )


def _check(
    scores: Sequence[Float32s | None],
    n_frames: Sequence[int] | npt.NDArray[np.int64],
    n_clips: int,
    clip_frames: int | None,
    random_share: float,
) -> None:
    if n_clips < 0 or (clip_frames is not None and clip_frames < 1):
        raise ValueError(
            "Expected no negative number of clips and clips of at least one frame; "
            f"got {n_clips} clips of {clip_frames} frames."
        )
    if not 0 <= random_share <= 1:
        raise ValueError(f"Expected a random share in [0, 1]; got {random_share}.")
    if not len(scores) or len(scores) != len(n_frames):
        raise ValueError(
            "Expected trials, and scores or None for each; "
            f"got {len(n_frames)} trials and {len(scores)} scores."
        )
    if min(n_frames) < 1:
        raise ValueError("Expected trials of at least one frame; one has none.")
    for trial, (of_trial, length) in enumerate(zip(scores, n_frames, strict=True)):
        if of_trial is not None and len(of_trial) != length:
            raise ValueError(
                f"Expected {length} scores for trial {trial}; got {len(of_trial)}."
            )
