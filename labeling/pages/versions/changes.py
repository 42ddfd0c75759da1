"""Differences between two model versions on a session: touches gained, lost, moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from labeling.domain.agreement.access import check_sees_scores
from labeling.domain.recordings.in_range import SessionRanges, session_ranges
from labeling.domain.recordings.sessions import session_for
from labeling.domain.versions.catalog import version_numbered
from labeling.domain.versions.scores import scores_from, touch_frames
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Frame, ModelVersion, Scores, Session, Trial, User
from labeling.pages.frame_windows import FrameWindow, window_around
from models_ml.arrays import Int64s, Mask
from models_ml.touches.detection import touches_from_mask
from models_ml.touches.diff import TouchDiff, touch_diff, touches_overlapping

CHANGES = ("gained", "lost", "moved")

WINDOWS_MAX = 100


# The frames of a touch, `[onset, offset)`.
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchChange:
    """A touch that only one version has, or that begins or ends elsewhere."""

    kind: str
    before: Interval | None
    after: Interval | None
    labelled: bool

    @property
    def start(self) -> int:
        """The first frame of the earlier touch."""
        return min(each[0] for each in (self.before, self.after) if each)

    @property
    def stop(self) -> int:
        """The frame after the later touch."""
        return max(each[1] for each in (self.before, self.after) if each)


@dataclass(slots=True, kw_only=True)
class TrialDifferences:
    """The differences in one trial; `n_same` touches are the same in both versions."""

    trial: Trial
    n_same: int = 0
    changes: list[TouchChange] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The number of touches gained, lost and moved."""
        return {
            kind: sum(each.kind == kind for each in self.changes) for kind in CHANGES
        }

    @property
    def n_labelled(self) -> int:
        """The number of changes with a labelled frame."""
        return sum(each.labelled for each in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDifferences:
    """The differences between the versions `before` and `after`, trial by trial.

    `n_left_out` frames are out of range and have no touches; `unread` is a warning if
    the session file, which has the range, could not be read.
    """

    session: Session
    before: ModelVersion
    after: ModelVersion
    trials: Sequence[TrialDifferences]
    n_left_out: int
    unread: str

    @property
    def changed_trials(self) -> list[TrialDifferences]:
        """The trials with changes."""
        return [each for each in self.trials if each.changes]

    @property
    def n_same(self) -> int:
        """The number of touches that are the same in both versions."""
        return sum(each.n_same for each in self.trials)

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """For each kind of change: the number of touches, and of those labelled."""
        changes = [change for each in self.trials for change in each.changes]
        return [
            (
                kind,
                sum(each.kind == kind for each in changes),
                sum(each.kind == kind and each.labelled for each in changes),
            )
            for kind in CHANGES
        ]

    def of_trial(self, number: int) -> TrialDifferences:
        """Return the differences in the trial of this number."""
        for each in self.trials:
            if each.trial.number == number:
                return each
        raise NotFoundError(f"There is no trial {number} in {self.session}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWindow(FrameWindow):
    """The frames around a change; `lanes` has the labels of the two versions."""

    change: TouchChange
    lanes: Sequence[tuple[str, list[str]]]


def windows_of(differences: SessionDifferences, number: int) -> list[ChangeWindow]:
    """Return the frames around the changes of a trial, as many as a page shows."""
    windows = []
    of_trial = differences.of_trial(number)
    for change in of_trial.changes[:WINDOWS_MAX]:
        n_frames = of_trial.trial.n_frames
        start, stop = window_around(change.start, change.stop, n_frames)
        lanes = [
            (str(differences.before), _lane(change.before, range(start, stop))),
            (str(differences.after), _lane(change.after, range(start, stop))),
        ]
        window = ChangeWindow(change=change, start=start, stop=stop, lanes=lanes)
        windows.append(window)
    return windows


def _lane(touch: Interval | None, frames: range) -> list[str]:
    touched = () if touch is None else range(*touch)
    return ["touch" if frame in touched else "not-touch" for frame in frames]


def differences_for(user: User, pk: int, before: int, after: int) -> SessionDifferences:
    """Return the differences between the versions of two numbers, if a user may see.

    Users who still label clips of the session without seeing scores may not.
    """
    if not user.sees_everything:
        raise NotFoundError(f"You do not have access to session {pk}.")
    session = session_for(user, pk)
    check_sees_scores(user, session)
    return session_differences(
        session, version_numbered(before), version_numbered(after)
    )


def session_differences(
    session: Session, before: ModelVersion, after: ModelVersion
) -> SessionDifferences:
    """Return the differences on a session that both versions have scored."""
    trials = list(session.trials.included())
    lengths = [trial.n_frames for trial in trials]
    in_range = session_ranges(session)
    diff = touch_diff(
        *(_touches(session, trials, version, in_range) for version in (before, after))
    )
    found = [TrialDifferences(trial=trial) for trial in trials]
    for position in diff.unchanged[:, 0].tolist():
        found[position].n_same += 1
    for position, change in _changes(diff, _labelled(trials), lengths):
        found[position].changes.append(change)
    for each in found:
        each.changes.sort(key=lambda change: (change.start, change.stop))
    return SessionDifferences(
        session=session,
        before=before,
        after=after,
        trials=found,
        n_left_out=in_range.n_out_of_range(trials),
        unread=in_range.unread,
    )


def _touches(
    session: Session,
    trials: Sequence[Trial],
    version: ModelVersion,
    in_range: SessionRanges,
) -> Int64s:
    rows = Scores.objects.filter(trial__in=trials, version=version)
    values = dict(rows.values_list("trial", "values"))
    missing = [trial.number for trial in trials if trial.pk not in values]
    if missing:
        raise LabelingError(
            f"Version {version.number} has not scored {len(missing)} of the "
            f"{len(trials)} trials of {session}. Score the session with it first."
        )
    masks = [
        touch_frames(
            scores_from(values[trial.pk]), version, in_range.frames_in_range(trial)
        )
        for trial in trials
    ]
    return touches_from_mask(
        np.concatenate(masks), [trial.n_frames for trial in trials]
    )


def _labelled(trials: Sequence[Trial]) -> Mask:
    """Return a mask of the labelled frames, one trial after the other."""
    masks = {trial.pk: np.zeros(trial.n_frames, np.bool_) for trial in trials}
    frames = Frame.objects.filter(trial__in=masks, labels__isnull=False).distinct()
    for trial, index in frames.values_list("trial", "index"):
        masks[trial][index] = True
    return np.concatenate([masks[trial.pk] for trial in trials])


def _changes(
    diff: TouchDiff, labelled: Mask, lengths: Sequence[int]
) -> list[tuple[int, TouchChange]]:
    """Return (position of the trial, change) for everything that differs."""
    none: tuple[None, ...] = (None, None)
    rows = [
        *(("lost", (trial, *old, *none)) for trial, *old in diff.lost.tolist()),
        *(("gained", (trial, *none, *new)) for trial, *new in diff.gained.tolist()),
        *(("moved", tuple(row)) for row in diff.moved.tolist()),
    ]
    if not rows:
        return []
    moved = diff.moved
    around = np.stack(
        [moved[:, 0], moved[:, [1, 3]].min(axis=1), moved[:, [2, 4]].max(axis=1)],
        axis=1,
    )
    changed = np.concatenate([diff.lost, diff.gained, around])
    return [
        (
            trial,
            TouchChange(
                kind=kind,
                before=None if onset is None else (onset, offset),
                after=None if new_onset is None else (new_onset, new_offset),
                labelled=is_labelled,
            ),
        )
        for (kind, (trial, onset, offset, new_onset, new_offset)), is_labelled in zip(
            rows, touches_overlapping(changed, labelled, lengths).tolist(), strict=True
        )
    ]
