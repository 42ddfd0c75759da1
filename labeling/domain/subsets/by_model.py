"""Selection by a model: the clips of sessions that are most useful to label."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from labeling.domain.recordings.in_range import session_ranges
from labeling.domain.subsets.curation import ClipDraft
from labeling.domain.versions.scores import scores_from
from labeling.errors import LabelingError
from labeling.models import Clip, Scores, Session, Trial
from models_ml.arrays import Float32s
from models_ml.selection import ChosenClip, SelectionPlan, select_clips

# Seeds are below this: LightGBM and numpy both accept them.
SEEDS = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSelection:
    """Which clips to select: of which sessions, how many, how long, how many at random.

    Without `clip_frames`, whole trials are selected. Without `seed`, one is drawn.
    """

    sessions: Sequence[Session]
    n_clips: int
    clip_frames: int | None
    random_share: float
    seed: int = field(default_factory=lambda: secrets.randbelow(SEEDS))


def selected_clips(selection: ModelSelection) -> list[ClipDraft]:
    """Return the clips that are most useful to label; the same seed, the same clips.

    Scores of the published versions guide the selection, if there are any. Frames of
    earlier subsets and frames with the pole out of range are not selected.
    """
    windows = _windows(selection.sessions)
    try:
        selected = select_clips(
            SelectionPlan(
                n_clips=selection.n_clips,
                clip_frames=selection.clip_frames,
                random_share=selection.random_share,
                seed=selection.seed,
            ),
            scores=_scores_around_half(windows, selection.sessions),
            n_frames=[window.stop - window.start for window in windows],
            taken=_earlier_clips(windows),
        )
    except ValueError as error:
        raise LabelingError(str(error)) from error
    if not selected:
        raise LabelingError(
            f"Every clip of this length in {_names(selection.sessions)} overlaps an "
            "earlier subset. Choose shorter clips or other sessions."
        )
    return [
        ClipDraft(
            trial=windows[clip.trial].trial,
            start=windows[clip.trial].start + clip.start,
            stop=windows[clip.trial].start + clip.stop,
            reason=clip.reason,
        )
        for clip in selected
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The frames of a trial that may be selected."""

    trial: Trial
    start: int
    stop: int


def _windows(sessions: Sequence[Session]) -> list[_Window]:
    """Return the frames in range of each included trial."""
    ranges = {session.pk: session_ranges(session) for session in sessions}
    trials = list(Trial.objects.included().filter(session__in=sessions).order_by("pk"))
    spans = [ranges[trial.session_id].frames_in_range(trial) for trial in trials]
    windows = [
        _Window(trial=trial, start=start, stop=stop)
        for trial, (start, stop) in zip(trials, spans, strict=True)
        if start < stop
    ]
    if trials and not windows:
        raise LabelingError(
            f"The pole is never in range in {_names(sessions)}. Correct the pole times "
            "on the session's review page."
        )
    return windows


def _scores_around_half(
    windows: Sequence[_Window], sessions: Sequence[Session]
) -> list[Float32s | None]:
    """Return the scores of each window, shifted so that each threshold is at 0.5."""
    shifted: dict[int, Float32s] = {}
    for session in sessions:
        version = session.published_version
        if version is not None:
            shift = np.float32(0.5 - version.threshold)
            rows = Scores.objects.filter(trial__session=session, version=version)
            for trial_id, values in rows.values_list("trial", "values").iterator():
                shifted[trial_id] = scores_from(values) + shift
    return [
        shifted[window.trial.pk][window.start : window.stop]
        if window.trial.pk in shifted
        else None
        for window in windows
    ]


def _earlier_clips(windows: Sequence[_Window]) -> list[ChosenClip]:
    """Return the parts of earlier clips that lie in the windows, counted from there."""
    index_of = {window.trial.pk: index for index, window in enumerate(windows)}
    earlier = []
    for clip in Clip.objects.filter(trial__in=index_of).order_by("pk"):
        index = index_of[clip.trial_id]
        first, end = windows[index].start, windows[index].stop
        start, stop = max(clip.start, first) - first, min(clip.stop, end) - first
        if start < stop:
            earlier.append(
                ChosenClip(trial=index, start=start, stop=stop, reason=clip.reason)
            )
    return earlier


def _names(sessions: Sequence[Session]) -> str:
    return ", ".join(session.name for session in sessions)
