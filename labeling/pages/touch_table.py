"""The table of a session's touches, with which an analysis begins."""

from dataclasses import dataclass

import numpy as np

from labeling.domain.recordings.in_range import SessionRanges, session_ranges
from labeling.domain.versions.scores import scores_from, touches_of
from labeling.errors import LabelingError
from labeling.models import Scores, Session

TOUCH_COLUMNS = ("session", "trial", "onset", "offset", "duration_ms", "mean_score")


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchTable:
    """The touches of a session; `n_left_out` frames were left out: out of range."""

    rows: list[tuple[str, int, int, int, float, float]]
    n_left_out: int


def touch_table(session: Session, *, all_frames: bool = False) -> TouchTable:
    """Return the touches of a session by its published version.

    Frames `[onset, offset)` count from the trial's first. The mean is over raw scores.
    With `all_frames`, frames with the pole out of reach count as well, and the session
    file is not needed.
    """
    version = session.published_version
    if version is None:
        raise LabelingError(
            f"{session} has no scores. Run `manage.py score {session}` first."
        )
    ranges = SessionRanges(from_file={}) if all_frames else session_ranges(session)
    if ranges.unread:
        raise LabelingError(
            f"{ranges.unread} Put the file back, or count all frames (--all-frames)."
        )
    scored = Scores.objects.filter(trial__in=session.trials.included(), version=version)
    rows, n_left_out = [], 0
    for stored in scored.order_by("trial__first_row").select_related("trial"):
        number, scores = stored.trial.number, scores_from(stored.values)
        counted = (
            (0, len(scores)) if all_frames else ranges.frames_in_range(stored.trial)
        )
        n_left_out += len(scores) - (counted[1] - counted[0])
        for onset, offset in touches_of(scores, version, counted).tolist():
            duration_ms = (offset - onset) * 1000 / session.rate_hz
            mean = float(scores[onset:offset].mean(dtype=np.float64))
            rows.append(
                (
                    session.name,
                    number,
                    onset,
                    offset,
                    round(duration_ms, 6),
                    round(mean, 6),
                )
            )
    return TouchTable(rows=rows, n_left_out=n_left_out)
