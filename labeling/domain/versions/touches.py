"""Touches: the table that an analysis starts from."""

from dataclasses import dataclass

import numpy as np

from labeling.domain.recordings.in_range import SessionRanges, session_ranges
from labeling.domain.versions.scores import scores_from, touches_of
from labeling.errors import LabelingError
from labeling.models import Scores, Session

TOUCH_COLUMNS = ("session", "trial", "onset", "offset", "duration_ms", "mean_score")


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchTable:
    """A session's touches, and how many frames were left out as out of reach."""

    rows: list[tuple[str, int, int, int, float, float]]
    n_left_out: int


def touch_table(session: Session, *, all_frames: bool = False) -> TouchTable:
    """Return every touch of a session, by its published version.

    Onset and offset are frames from the trial's first, `[onset, offset)`. The mean is
    over the raw scores. With `all_frames`, those count too in which the pole is out of
    reach, and the session's file is not needed.
    """
    version = session.published_version
    if version is None:
        raise LabelingError(
            f"Expected a scored session, found that {session} has no scores: run "
            f"`manage.py score {session}` first."
        )
    reach = SessionRanges(from_file={}) if all_frames else session_ranges(session)
    if reach.unread:
        raise LabelingError(
            f"{reach.unread} Put the file back, or count all frames (--all-frames)."
        )
    scored = Scores.objects.filter(trial__in=session.trials.included(), version=version)
    rows, n_left_out = [], 0
    for kept in scored.order_by("trial__first_row").select_related("trial"):
        number, scores = kept.trial.number, scores_from(kept.values)
        counted = (0, len(scores)) if all_frames else reach.frames_in_range(kept.trial)
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
