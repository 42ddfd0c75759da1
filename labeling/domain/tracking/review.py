"""Review of a tracked session: conspicuous trials, and corrections by hand."""

from dataclasses import dataclass

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

REASON_MAX = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A trial under review; `up` and `down` are None if the range is unknown."""

    trial: Trial
    up: float | None
    down: float | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A session under review; `tracked` is None if it was not tracked here.

    `n_left_out` frames of the included trials do not count: they are out of range.
    """

    session: Session
    rows: tuple[ReviewRow, ...]
    tracked: TrackedFile | None
    n_left_out: int

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The rows of each trial in the session file."""
        return [(row.trial.first_row, row.trial.stop_row) for row in self.rows]

    @property
    def quality(self) -> TrackingQuality | None:
        """The quality of the tracking; None if it was not tracked here."""
        if self.tracked is None:
            return None
        return tracking_quality(self.tracked, self.spans)

    @property
    def n_with_warnings(self) -> int:
        """The number of conspicuous trials."""
        return sum(bool(row.warnings) for row in self.rows)


def review_of(user: User, session: Session) -> Review:
    """Return the review of a session, for users who see everything."""
    if not user.sees_everything:
        raise NotFoundError("You do not have access to this session.")
    with opened_session(session) as source:
        ranges = ranges_in_file(source)
    with translated_core_errors():
        tracked = read_tracked_file(path_below_data_root(session.file))
    trials = list(session.trials.all())
    spans = [(trial.first_row, trial.stop_row) for trial in trials]
    odd: list[list[str]] = [[] for _ in trials]
    if tracked is not None:
        odd = oddities(tracked, spans)
        is_outlier = whacc_outliers(tracked.values, spans)
        for reasons, flag in zip(odd, is_outlier, strict=True):
            if flag:
                reasons.append("outlier (WhACC's rule)")
    rows = []
    for trial, reasons in zip(trials, odd, strict=True):
        up, down = ranges.pole_times(trial) or (None, None)
        rows.append(ReviewRow(trial=trial, up=up, down=down, warnings=tuple(reasons)))
    included = [trial for trial in trials if not trial.excluded_because]
    return Review(
        session=session,
        rows=tuple(rows),
        tracked=tracked,
        n_left_out=ranges.n_out_of_range(included),
    )


def correct_trial(
    *,
    user: User,
    session: Session,
    number: int,
    up: float | None,
    down: float | None,
    excluded_because: str,
) -> Trial:
    """Save a correction of a trial; it overrides the session file.

    Without `up` and `down`, the range of the session file applies again. With a reason
    the trial is excluded from scoring, from the selection of clips and from statistics.
    The numbers of touches are updated for the new range.
    """
    require_admin(user, "correct trials")
    trial = trial_under_review(user, session, number)
    if (up is None) != (down is None):
        raise LabelingError(
            "Only one of the two frames is set. Enter both frames, or none."
        )
    if up is not None and down is not None and not 0 <= up < down <= trial.n_frames:
        raise LabelingError(
            f"Frames {up:g} to {down:g} are not a range within the {trial.n_frames} "
            f"frames of trial {number}. Enter the earlier frame first."
        )
    ranges = session_ranges(session)
    with transaction.atomic():
        # Locked: scores that are saved meanwhile are counted with this correction.
        trial = Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        trial.pole_up, trial.pole_down = up, down
        trial.excluded_because = excluded_because.strip()[:REASON_MAX]
        trial.save(update_fields=["pole_up", "pole_down", "excluded_because"])
        count_touches_again(trial, ranges)
    return trial


def trial_under_review(user: User, session: Session, number: int) -> Trial:
    """Return a trial of a session, for users who see everything."""
    trial = None
    if user.sees_everything:
        trial = session.trials.filter(number=number).first()
    if trial is None:
        raise NotFoundError(f"There is no trial {number} that you may see.")
    return trial
