"""What changes on a session from one model version to another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from labeling.domain.assignments.labelling import assignments_for, unfinished
from labeling.domain.recordings.in_range import SessionReach, reach_in
from labeling.domain.recordings.sessions import session_for
from labeling.domain.versions.scores import scores_from, touch_frames
from labeling.domain.versions.store import version_numbered
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Frame, ModelVersion, Scores, Session, Trial, User
from models_ml.arrays import Int64s
from models_ml.touches.detection import touches_from_mask
from models_ml.touches.diff import TouchDiff, touch_diff, touches_meeting

CHANGES = ("gained", "lost", "moved")

# Around a change, and of all at most: wider pictures cannot be read.
CONTEXT_FRAMES, WINDOW_FRAMES = 4, 30
WINDOWS_MAX = 100

Places = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchChange:
    """A touch that one version has and the other has not, or has elsewhere."""

    kind: str
    before: Places | None
    after: Places | None
    labelled: bool

    @property
    def start(self) -> int:
        """The first frame of which the versions say different things, or before it."""
        return min(each[0] for each in (self.before, self.after) if each)

    @property
    def stop(self) -> int:
        """The end of the later touch."""
        return max(each[1] for each in (self.before, self.after) if each)


@dataclass(slots=True, kw_only=True)
class TrialDiff:
    """What changes in a trial."""

    trial: Trial
    n_kept: int = 0
    changes: list[TouchChange] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many touches were gained, lost and moved."""
        return {
            kind: sum(each.kind == kind for each in self.changes) for kind in CHANGES
        }

    @property
    def n_labelled(self) -> int:
        """How many of these somebody has labelled."""
        return sum(each.labelled for each in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDiff:
    """What changes in a session from `before` to `after`, trial by trial.

    `n_left_out` frames hold no touch of either, since the pole is out of reach there.
    """

    session: Session
    before: ModelVersion
    after: ModelVersion
    trials: Sequence[TrialDiff]
    n_left_out: int
    unread: str

    @property
    def changed_trials(self) -> list[TrialDiff]:
        """Those in which anything changes."""
        return [each for each in self.trials if each.changes]

    @property
    def n_kept(self) -> int:
        """Touches that both versions have."""
        return sum(each.n_kept for each in self.trials)

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """For each kind of change: how many touches, and how many were labelled."""
        changes = [change for each in self.trials for change in each.changes]
        return [
            (
                kind,
                sum(each.kind == kind for each in changes),
                sum(each.kind == kind and each.labelled for each in changes),
            )
            for kind in CHANGES
        ]

    def of_trial(self, number: int) -> TrialDiff:
        """Return the diff of a trial by its number."""
        for each in self.trials:
            if each.trial.number == number:
                return each
        raise NotFoundError(f"There is no trial {number} in {self.session}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWindow:
    """Frames around a change, and of which each version says touch."""

    change: TouchChange
    start: int
    stop: int

    @property
    def frames(self) -> range:
        """The frames' indices."""
        return range(self.start, self.stop)

    @property
    def lanes(self) -> list[tuple[str, list[str]]]:
        """What the two versions say of each frame."""
        return [
            (
                name,
                [
                    "touch" if _is_in(frame, place) else "not-touch"
                    for frame in self.frames
                ],
            )
            for name, place in (
                ("before", self.change.before),
                ("after", self.change.after),
            )
        ]


def windows_of(diff: TrialDiff) -> list[ChangeWindow]:
    """Return the frames around each change of a trial; of long ones the beginning."""
    return [
        ChangeWindow(
            change=change,
            start=(start := max(0, change.start - CONTEXT_FRAMES)),
            stop=min(
                diff.trial.n_frames,
                change.stop + CONTEXT_FRAMES,
                start + WINDOW_FRAMES,
            ),
        )
        for change in diff.changes[:WINDOWS_MAX]
    ]


def diff_for(user: User, pk: int, before: int, after: int) -> SessionDiff:
    """Return what changes on a session that this user may see, between two numbers.

    Whoever still labels there without seeing scores learns nothing of it.
    """
    if not user.sees_everything:
        raise NotFoundError(f"There is no comparison of versions on session {pk}.")
    session = session_for(user, pk)
    own = assignments_for(user).filter(clip__trial__session=session, sees_scores=False)
    if unfinished(own).exists():
        raise NotAllowedError(
            f"You still label clips of {session} without seeing scores: finish them "
            "first, then look at what models say."
        )
    return session_diff(session, version_numbered(before), version_numbered(after))


def session_diff(
    session: Session, before: ModelVersion, after: ModelVersion
) -> SessionDiff:
    """Return what changes on a session that both versions have scored."""
    trials = list(session.trials.included())
    lengths = [trial.n_frames for trial in trials]
    reach = reach_in(session)
    diff = touch_diff(
        *(_touches(session, trials, version, reach) for version in (before, after))
    )
    diffs = [TrialDiff(trial=trial) for trial in trials]
    for trial in diff.kept[:, 0].tolist():
        diffs[trial].n_kept += 1
    for trial, change in _changes(diff, _labelled(trials), lengths):
        diffs[trial].changes.append(change)
    for each in diffs:
        each.changes.sort(key=lambda change: (change.start, change.stop))
    return SessionDiff(
        session=session,
        before=before,
        after=after,
        trials=diffs,
        n_left_out=reach.n_left_out(trials),
        unread=reach.unread,
    )


def _is_in(frame: int, place: Places | None) -> bool:
    return place is not None and place[0] <= frame < place[1]


def _touches(
    session: Session,
    trials: Sequence[Trial],
    version: ModelVersion,
    reach: SessionReach,
) -> Int64s:
    rows = Scores.objects.filter(trial__in=trials, version=version)
    values = dict(rows.values_list("trial", "values"))
    missing = [trial.number for trial in trials if trial.pk not in values]
    if missing:
        raise LabelingError(
            f"Expected scores of all {len(trials)} trials of {session} by {version}, "
            f"found that {len(missing)} have none: score the session with it first."
        )
    masks = [
        touch_frames(scores_from(values[trial.pk]), version, reach.counted(trial))
        for trial in trials
    ]
    return touches_from_mask(
        np.concatenate(masks), [trial.n_frames for trial in trials]
    )


def _labelled(trials: Sequence[Trial]) -> npt.NDArray[np.bool_]:
    """Return which frames anybody has labelled, trials one after the other."""
    masks = {trial.pk: np.zeros(trial.n_frames, np.bool_) for trial in trials}
    frames = Frame.objects.filter(trial__in=masks, labels__isnull=False).distinct()
    for trial, index in frames.values_list("trial", "index"):
        masks[trial][index] = True
    return np.concatenate([masks[trial.pk] for trial in trials])


def _changes(
    diff: TouchDiff, labelled: npt.NDArray[np.bool_], lengths: Sequence[int]
) -> list[tuple[int, TouchChange]]:
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
    places = np.concatenate([diff.lost, diff.gained, around])
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
            rows, touches_meeting(places, labelled, lengths).tolist(), strict=True
        )
    ]
