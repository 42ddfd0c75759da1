"""In reach: when the pole stands where whiskers can touch it, if anybody tells.

The session file tells, or somebody who looked does, which then holds.
"""

import math

from labeling.domain.frames import block_range
from labeling.domain.session_files import opened_session
from labeling.errors import LabelingError
from labeling.models import Clip, Session, Trial
from models_ml.session_file import SessionFile


def in_reach_of(clip: Clip) -> list[tuple[int, int]] | None:
    """Return the frames of a clip's block with the pole in reach; None if unknown.

    It comes from the recording's own clock and says nothing of scores, so blind
    annotators see it too.
    """
    trial = clip.trial
    if trial.pole_up is not None and trial.pole_down is not None:
        up, down = trial.pole_up, trial.pole_down
    else:
        up, down = _told_by_the_file(trial)
    if not (math.isfinite(up) and math.isfinite(down)):
        return None
    start, stop = block_range(clip)
    onset, offset = max(start, math.ceil(up)), min(stop, math.ceil(down))
    return [(onset, offset)] if onset < offset else []


def pole_times_in(
    session: Session, source: SessionFile
) -> dict[int, tuple[float, float]]:
    """Return by trial number from when until when the pole is in reach, NaN unknown."""
    times: dict[int, tuple[float, float]] = {}
    if source.pole_times is not None:
        for entry, (up, down) in zip(
            source.trials, source.pole_times.T.tolist(), strict=True
        ):
            times[entry.number] = up, down
    by_hand = session.trials.exclude(pole_up=None)
    for number, up, down in by_hand.values_list("number", "pole_up", "pole_down"):
        if up is not None and down is not None:
            times[number] = up, down
    return times


def _told_by_the_file(trial: Trial) -> tuple[float, float]:
    try:
        with opened_session(trial.session) as source:
            if source.pole_times is None:
                return math.nan, math.nan
            rows = [entry.first_row for entry in source.trials]
            up, down = source.pole_times[:, rows.index(trial.first_row)].tolist()
            return up, down
    except (LabelingError, ValueError):
        # Whoever asks for the frames is told what is wrong with the file.
        return math.nan, math.nan
