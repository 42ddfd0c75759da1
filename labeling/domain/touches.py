"""Touches: the table that an analysis starts from."""

import numpy as np

from labeling.domain.scores import scores_from, touches_of
from labeling.errors import LabelingError
from labeling.models import Scores, Session

TOUCH_COLUMNS = ("session", "trial", "onset", "offset", "duration_ms", "mean_score")


def touch_rows(session: Session) -> list[tuple[str, int, int, int, float, float]]:
    """Return every touch of a session, by its published version.

    Onset and offset are frames from the trial's first, `[onset, offset)`. The mean is
    over the raw scores.
    """
    version = session.published_version
    if version is None:
        raise LabelingError(
            f"Expected a scored session, found that {session} has no scores: run "
            f"`manage.py score {session}` first."
        )
    scored = Scores.objects.filter(trial__in=session.trials.used(), version=version)
    rows = []
    for number, values in scored.order_by("trial__first_row").values_list(
        "trial__number", "values"
    ):
        scores = scores_from(values)
        for onset, offset in touches_of(scores, version).tolist():
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
    return rows
