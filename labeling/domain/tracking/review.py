"""Looking at a tracked session: what is odd, and what somebody says of it by hand."""

import io
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from labeling.domain.permissions import require_admin
from labeling.domain.recordings.in_range import ranges_in_file, session_ranges
from labeling.domain.recordings.session_files import (
    opened_session,
    path_below_data_root,
)
from labeling.domain.versions.scores import count_touches_again
from labeling.errors import (
    LabelingError,
    NotFoundError,
    translated_core_errors,
)
from labeling.models import Session, Trial, User
from models_ml.tracking.tracked_file import (
    TrackedFile,
    TrackingQuality,
    oddities,
    read_tracked_file,
    tracking_quality,
    whacc_outliers,
)

SHEET_CROPS = 10
REASON_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A trial under review; `up` and `down` are None where nobody tells."""

    trial: Trial
    up: float | None
    down: float | None
    odd: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A session under review; `tracked` is None if it was not tracked here.

    `n_left_out` frames of used trials count for nothing, since they are out of reach.
    """

    session: Session
    rows: tuple[ReviewRow, ...]
    tracked: TrackedFile | None
    n_left_out: int

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Rows of each trial in the file."""
        return [(row.trial.first_row, row.trial.stop_row) for row in self.rows]

    @property
    def quality(self) -> TrackingQuality | None:
        """How well it was tracked, if it was tracked here."""
        if self.tracked is None:
            return None
        return tracking_quality(self.tracked, self.spans)

    @property
    def n_odd(self) -> int:
        """How many trials are flagged."""
        return sum(bool(row.odd) for row in self.rows)


def review_of(user: User, session: Session) -> Review:
    """Return what there is to review, to those who may see everything."""
    if not user.sees_everything:
        raise NotFoundError(f"There is no review of session {session.pk} for you.")
    with opened_session(session) as source:
        reach = ranges_in_file(source)
    with translated_core_errors():
        tracked = read_tracked_file(path_below_data_root(session.file))
    trials = list(session.trials.all())
    spans = [(trial.first_row, trial.stop_row) for trial in trials]
    odd: list[list[str]] = [[] for _ in trials]
    if tracked is not None:
        odd = oddities(tracked, spans)
        for said, flag in zip(odd, whacc_outliers(tracked.values, spans), strict=True):
            if flag:
                said.append("an outlier by WhACC's rule")
    rows = []
    for trial, said in zip(trials, odd, strict=True):
        up, down = reach.pole_times(trial) or (None, None)
        rows.append(ReviewRow(trial=trial, up=up, down=down, odd=tuple(said)))
    used = [trial for trial in trials if not trial.excluded_because]
    return Review(
        session=session,
        rows=tuple(rows),
        tracked=tracked,
        n_left_out=reach.n_out_of_range(used),
    )


def crops_png(user: User, session: Session, number: int) -> bytes:
    """Return a few crops of a trial, from its first frame to its last."""
    trial = trial_under_review(user, session, number)
    from PIL import Image

    wanted = np.linspace(0, trial.n_frames - 1, SHEET_CROPS).astype(int)
    with opened_session(session) as source, translated_core_errors():
        crops = [
            source.frames(trial.first_row + at, trial.first_row + at + 1)[0]
            for at in wanted.tolist()
        ]
    picture = io.BytesIO()
    Image.fromarray(np.concatenate(crops, axis=1)).save(picture, "PNG")
    return picture.getvalue()


def correct_trial(
    *,
    user: User,
    session: Session,
    number: int,
    up: float | None,
    down: float | None,
    excluded_because: str,
) -> Trial:
    """Keep what somebody says of a trial: it then holds whatever the file tells.

    Without `up` and `down` the file's times hold again; with a reason the trial is
    left out of scoring, of the choice of clips, and of statistics. Touches that were
    found before are counted again, by what counts now.
    """
    require_admin(user, "correct trials")
    trial = trial_under_review(user, session, number)
    if (up is None) != (down is None):
        raise LabelingError(
            "Expected both frames, from which and until which the pole is in reach, or "
            "none; found one: give the other too."
        )
    if up is not None and down is not None and not 0 <= up < down <= trial.n_frames:
        raise LabelingError(
            f"Expected the pole in reach within the {trial.n_frames} frames of trial "
            f"{number}, from an earlier to a later one; found {up:g} to {down:g}: mend "
            "them."
        )
    reach = session_ranges(session)
    with transaction.atomic():
        # Locked: scores that are kept meanwhile are counted by what is said here.
        trial = Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        trial.pole_up, trial.pole_down = up, down
        trial.excluded_because = excluded_because.strip()[:REASON_MAX]
        trial.save(update_fields=["pole_up", "pole_down", "excluded_because"])
        count_touches_again(trial, reach)
    return trial


def trial_under_review(user: User, session: Session, number: int) -> Trial:
    """Return a session's trial, to those who may see everything."""
    trial = None
    if user.sees_everything:
        trial = session.trials.filter(number=number).first()
    if trial is None:
        raise NotFoundError(f"There is no trial {number} that you may see.")
    return trial
