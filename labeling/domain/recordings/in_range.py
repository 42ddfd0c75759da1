"""In reach: when the pole stands where whiskers can touch it, if anybody tells.

The session file tells, or somebody who looked does, which then holds. Frames out of
reach are scored like all others and count for nothing: no touch is made of them, no
clip holds them, no statistic and no training takes them. Of a trial of which nothing
is known, all frames count.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from labeling.domain.recordings.frames import block_range
from labeling.domain.recordings.session_files import file_mark, opened_session
from labeling.errors import LabelingError
from labeling.models import Clip, Session, Subset, Trial
from models_ml.intervals import n_shared_frames
from models_ml.session_files.reader import SessionFile


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReach:
    """When the pole is in reach in a session's trials.

    `told` is what the file tells, by trial number, NaN where it does not; `unread`
    says why it could not be asked.
    """

    told: Mapping[int, tuple[float, float]]
    unread: str = ""

    def times(self, trial: Trial) -> tuple[float, float] | None:
        """Return from when until when, in frames; None if nobody tells."""
        if trial.pole_up is not None and trial.pole_down is not None:
            return trial.pole_up, trial.pole_down
        times = self.told.get(trial.number, (math.nan, math.nan))
        return times if all(map(math.isfinite, times)) else None

    def counted(self, trial: Trial) -> tuple[int, int]:
        """Return the frames that count, half-open: those in reach as far as known."""
        times = self.times(trial)
        if times is None:
            return 0, trial.n_frames
        start = min(max(0, math.ceil(times[0])), trial.n_frames)
        return start, max(start, min(trial.n_frames, math.ceil(times[1])))

    def n_left_out(self, trials: Iterable[Trial]) -> int:
        """Return how many frames of these trials do not count."""
        spans = ((trial.n_frames, *self.counted(trial)) for trial in trials)
        return sum(n_frames - (stop - start) for n_frames, start, stop in spans)


def reach_in(session: Session) -> SessionReach:
    """Return when the pole is in reach, with a sentence if the file cannot be read."""
    try:
        mark = file_mark(session)
        if not mark:
            return _told_by_file(session)
        return _remembered(session, session.file, session.fingerprint, mark)
    except LabelingError as error:
        return SessionReach(
            told={},
            unread=f"Whether the pole was within reach in {session} is not known, but "
            f"where somebody said it by hand; all other frames count: {error}",
        )


@lru_cache(maxsize=512)
def _remembered(session: Session, *_of: object) -> SessionReach:
    """Return what a file tells, read once for as long as the file stays as it is.

    Pages ask for it at every clip, and of every session in a subset.
    """
    return _told_by_file(session)


def _told_by_file(session: Session) -> SessionReach:
    with opened_session(session) as source:
        return reach_told_by(source)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Frames that count for nothing, since the pole is out of reach.

    `n_in_clips` of a subset's clips are among them where times came later than the
    clips; `unread` has a sentence for each file that could not be asked.
    """

    n_frames: int
    n_in_clips: int
    unread: tuple[str, ...]


def left_out_in(sessions: Iterable[Session], clips: Iterable[Clip] = ()) -> LeftOut:
    """Return what is left out of the used trials of sessions, and of clips there."""
    reach = {session.pk: (session, reach_in(session)) for session in sessions}
    in_clips = 0
    for clip in clips:
        start, stop = reach[clip.trial.session_id][1].counted(clip.trial)
        in_clips += clip.n_frames - n_shared_frames(start, stop, clip.start, clip.stop)
    return LeftOut(
        n_frames=sum(
            told.n_left_out(session.trials.included())
            for session, told in reach.values()
        ),
        n_in_clips=in_clips,
        unread=tuple(told.unread for _, told in reach.values() if told.unread),
    )


def left_out_of_subset(subset: Subset) -> LeftOut:
    """Return what is left out of a subset's sessions, and of its clips."""
    clips = subset.clips.filter(trial__excluded_because="").select_related("trial")
    sessions = Session.objects.filter(trials__clips__subset=subset).distinct()
    return left_out_in(sessions, clips)


def reach_told_by(source: SessionFile) -> SessionReach:
    """Return when the pole is in reach by an open session file."""
    if source.pole_times is None:
        return SessionReach(told={})
    up_and_down = zip(*source.pole_times.tolist(), strict=True)
    numbers = (entry.number for entry in source.trials)
    return SessionReach(told=dict(zip(numbers, up_and_down, strict=True)))


def in_reach_of(clip: Clip) -> list[tuple[int, int]] | None:
    """Return the frames of a clip's block with the pole in reach; None if unknown.

    It comes from the recording's own clock and says nothing of scores, so blind
    annotators see it too.
    """
    trial = clip.trial
    # Whoever asks for the frames is told what is wrong with the file.
    by_hand = trial.pole_up is not None
    reach = SessionReach(told={}) if by_hand else reach_in(trial.session)
    if reach.times(trial) is None:
        return None
    (up, down), (start, stop) = reach.counted(trial), block_range(clip)
    onset, offset = max(start, up), min(stop, down)
    return [(onset, offset)] if onset < offset else []
