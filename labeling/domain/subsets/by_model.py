"""Selection: which clips of which sessions people are given."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.domain.recordings.in_range import session_ranges
from labeling.domain.subsets.curation import ClipDraft
from labeling.domain.versions.scores import scores_from
from labeling.errors import LabelingError
from labeling.models import Clip, Scores, Session, Trial
from models_ml.arrays import Float32s
from models_ml.selection import ChosenClip, SelectionPlan, select_clips


def chosen_clips(
    *,
    sessions: Sequence[Session],
    n_clips: int,
    clip_frames: int | None,
    random_share: float,
    seed: int,
) -> list[ClipDraft]:
    """Return the clips that are most worth a look; the same seed returns the same."""
    windows = _windows(sessions)
    try:
        chosen = select_clips(
            SelectionPlan(
                n_clips=n_clips,
                clip_frames=clip_frames,
                random_share=random_share,
                seed=seed,
            ),
            scores=_scores_around_half(windows, sessions),
            n_frames=[window.stop - window.start for window in windows],
            taken=_chosen_before(windows),
        )
    except ValueError as error:
        raise LabelingError(str(error)) from error
    if not chosen:
        names = ", ".join(session.name for session in sessions)
        raise LabelingError(
            f"Expected frames to choose from in {names}, found that every clip of that "
            "length holds some of an earlier subset: choose shorter clips, or other "
            "sessions."
        )
    return [
        ClipDraft(
            trial=windows[clip.trial].trial,
            start=windows[clip.trial].start + clip.start,
            stop=windows[clip.trial].start + clip.stop,
            reason=clip.reason,
        )
        for clip in chosen
    ]


# A seed is below this: LightGBM and numpy both accept it.
SEEDS = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The frames of a trial that may be chosen."""

    trial: Trial
    start: int
    stop: int


def _windows(sessions: Sequence[Session]) -> list[_Window]:
    """Return what there is to choose from: the frames in reach of each used trial."""
    reach = {session.pk: session_ranges(session) for session in sessions}
    used = list(Trial.objects.included().filter(session__in=sessions).order_by("pk"))
    spans = [reach[trial.session_id].frames_in_range(trial) for trial in used]
    windows = [
        _Window(trial=trial, start=start, stop=stop)
        for trial, (start, stop) in zip(used, spans, strict=True)
        if start < stop
    ]
    if used and not windows:
        names = ", ".join(session.name for session in sessions)
        raise LabelingError(
            f"Expected frames in {names} with the pole in reach, found none: correct "
            "the times on the session's page of trials."
        )
    return windows


def _scores_around_half(
    windows: Sequence[_Window], sessions: Sequence[Session]
) -> list[Float32s | None]:
    """Return each trial's scores, moved so that any version's threshold is at 0.5."""
    moved: dict[int, Float32s] = {}
    for session in sessions:
        version = session.published_version
        if version is not None:
            shift = np.float32(0.5 - version.threshold)
            rows = Scores.objects.filter(trial__session=session, version=version)
            for trial_id, values in rows.values_list("trial", "values").iterator():
                moved[trial_id] = scores_from(values) + shift
    return [
        moved[window.trial.pk][window.start : window.stop]
        if window.trial.pk in moved
        else None
        for window in windows
    ]


def _chosen_before(windows: Sequence[_Window]) -> list[ChosenClip]:
    """Return earlier clips as select_clips counts frames, as far as they lie there."""
    place_of = {window.trial.pk: place for place, window in enumerate(windows)}
    earlier = []
    for clip in Clip.objects.filter(trial__in=place_of).order_by("pk"):
        place = place_of[clip.trial_id]
        first, end = windows[place].start, windows[place].stop
        start, stop = max(clip.start, first) - first, min(clip.stop, end) - first
        if start < stop:
            earlier.append(
                ChosenClip(trial=place, start=start, stop=stop, reason=clip.reason)
            )
    return earlier
