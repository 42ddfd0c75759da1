"""Selection of clips for labelling, by a model's scores.

Most clips are chosen where the model is unsure: where scores are near the threshold,
and at touches or gaps of a few frames, which smoothing may or may not remove. The
others are random, to find errors of which the model is sure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models_ml.arrays import Float32s, Float64s, Int64s
from models_ml.intervals import mask_from_intervals, n_shared_frames
from models_ml.touches.detection import touches_from_mask

UNCERTAIN = "uncertain"
SHORT_RUN = "short run"
RANDOM = "random"
WHOLE_TRIAL = "whole trial"

# A score at this distance from the threshold, or farther, is not unsure.
_UNSURE_WITHIN = 0.25
_SHORT_RUN_FRAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ChosenClip:
    """A clip chosen for labelling.

    Parameters
    ----------
    trial : int
        Position of the trial in the arguments of `select_clips`.
    start, stop : int
        Frames of the trial, half-open.
    reason : str
        Why it was chosen: ``uncertain``, ``short run``, ``random`` or ``whole trial``.
    """

    trial: int
    start: int
    stop: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionPlan:
    """How many clips `select_clips` chooses, and how.

    Parameters
    ----------
    n_clips : int
        Number of clips; fewer are chosen if no more fit.
    clip_frames : int or None
        Length of a clip; a shorter trial has clips of its own length. None chooses
        whole trials.
    random_share : float
        Share of random clips, in [0, 1]. Without scores, all clips are random.
    threshold : float
        A frame counts as a touch frame when its score is greater.
    seed : int
        The same seed, scores and taken clips result in the same clips.
    """

    n_clips: int
    clip_frames: int | None
    random_share: float = 0.2
    threshold: float = 0.5
    seed: int


def select_clips(
    plan: SelectionPlan,
    *,
    scores: Sequence[Float32s | None],
    n_frames: Sequence[int] | Int64s,
    taken: Sequence[ChosenClip] = (),
) -> list[ChosenClip]:
    """Choose clips for labelling.

    Parameters
    ----------
    plan : SelectionPlan
        How many clips, and how to choose them.
    scores : sequence of arrays of float32, shape (n_frames,), or None
        Raw scores of each trial; None for a trial without scores.
    n_frames : sequence of int
        Length of each trial.
    taken : sequence of ChosenClip
        Clips chosen earlier; none of their frames is chosen again.

    Returns
    -------
    clips : list of ChosenClip
        Sorted by trial and start; no two overlap.

    Raises
    ------
    ValueError
        If scores and lengths do not match, or a number is out of its range.

    Notes
    -----
    Random clips are drawn first and evenly over the time of the trials, so that rates
    measured on them are unbiased. The other clips of a trial are at least one clip's
    length apart.
    """
    _check(plan, scores, n_frames)
    lengths = np.asarray(n_frames, np.int64)
    rng = np.random.default_rng(plan.seed)
    n_random = round(plan.n_clips * plan.random_share)
    if plan.clip_frames is None:
        interest = [_mean_interest(of_trial, plan.threshold) for of_trial in scores]
        free = np.setdiff1d(np.arange(len(lengths)), [clip.trial for clip in taken])
        return _whole_trials(interest, lengths, free, plan.n_clips, n_random, rng)
    chosen = _random_clips(lengths, n_random, plan.clip_frames, taken, rng)
    blocked, wanted = [*taken, *chosen], plan.n_clips - len(chosen)
    chosen += _unsure_clips(scores, wanted, plan.clip_frames, plan.threshold, blocked)
    blocked, missing = [*taken, *chosen], plan.n_clips - len(chosen)
    chosen += _random_clips(lengths, missing, plan.clip_frames, blocked, rng)
    return sorted(chosen)


def _whole_trials(
    interest: Sequence[float],
    lengths: Int64s,
    free: Int64s,
    n_clips: int,
    n_random: int,
    rng: np.random.Generator,
) -> list[ChosenClip]:
    order = rng.permutation(free).tolist()
    # The random order decides between equally interesting trials.
    by_interest = sorted(order[n_random:], key=lambda trial: -interest[trial])
    return [
        ChosenClip(trial=trial, start=0, stop=int(lengths[trial]), reason=WHOLE_TRIAL)
        for trial in sorted((order[:n_random] + by_interest)[:n_clips])
    ]


def _random_clips(
    lengths: Int64s,
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

    To spread clips over trials, the second clip of a trial must be twice as interesting
    as the first of another trial, the third three times, and so on.
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
    """Return the interesting clips of a trial with their interest, best first."""
    length = min(clip_frames, len(marks.unsure))
    # Weighted towards the middle, so that the interesting frames have others around.
    weights = np.hanning(length + 2)[1:-1]
    interest = np.convolve(marks.interest, weights, mode="valid")
    for clip in blocked:
        _block(interest, clip, 0)
    found: list[tuple[float, ChosenClip]] = []
    while len(found) < n_clips and interest.max() > 0:
        start = int(interest.argmax())
        stop = start + length
        reason = marks.reason(start, stop)
        clip = ChosenClip(trial=trial, start=start, stop=stop, reason=reason)
        found.append((float(interest[start]), clip))
        _block(interest, clip, clip_frames)
    return found


def _block(interest: Float64s, clip: ChosenClip, gap: int) -> None:
    """Exclude the starts of clips that would lie too near this one."""
    length = clip.stop - clip.start
    interest[max(clip.start - length - gap + 1, 0) : clip.stop + gap] = 0


@dataclass(frozen=True, slots=True)
class _Marks:
    """Interest of each frame: how unsure its score is, and 1 in a short run."""

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
    """Return how near each score is to the threshold, from 0 to 1."""
    distance = np.abs(scores.astype(np.float64) - threshold)
    return np.maximum(1 - distance / _UNSURE_WITHIN, 0)


def _in_short_run(scores: Float32s, threshold: float) -> Float64s:
    """Return 1 on frames of short touches and of short gaps between touches."""
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
    plan: SelectionPlan,
    scores: Sequence[Float32s | None],
    n_frames: Sequence[int] | Int64s,
) -> None:
    if plan.n_clips < 0 or (plan.clip_frames is not None and plan.clip_frames < 1):
        raise ValueError(
            f"{plan.n_clips} clips of {plan.clip_frames} frames cannot be selected. "
            "Choose 0 or more clips of at least 1 frame."
        )
    if not 0 <= plan.random_share <= 1:
        raise ValueError(f"Choose a random share from 0 to 1, not {plan.random_share}.")
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
