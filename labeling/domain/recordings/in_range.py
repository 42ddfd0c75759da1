"""In range: in which frames of a trial the pole is where whiskers can touch it.

The pole times come from the session file; times entered by hand take precedence.
Frames out of range are scored like all others but do not count: they hold no touch,
belong to no clip, and enter no statistic and no training. If a trial has no pole
times, all its frames count.
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
class SessionRanges:
    """When the pole is in range in the trials of a session.

    `from_file` has the pole times in the file by trial number, NaN where it has none.
    `unread` is a sentence on why the file could not be read, else empty.
    """

    from_file: Mapping[int, tuple[float, float]]
    unread: str = ""

    def pole_times(self, trial: Trial) -> tuple[float, float] | None:
        """Return when the pole is up and down, in frames; None if that is unknown."""
        if trial.pole_up is not None and trial.pole_down is not None:
            return trial.pole_up, trial.pole_down
        times = self.from_file.get(trial.number, (math.nan, math.nan))
        return times if all(map(math.isfinite, times)) else None

    def frames_in_range(self, trial: Trial) -> tuple[int, int]:
        """Return the half-open interval of frames that count."""
        times = self.pole_times(trial)
        if times is None:
            return 0, trial.n_frames
        start = min(max(0, math.ceil(times[0])), trial.n_frames)
        return start, max(start, min(trial.n_frames, math.ceil(times[1])))

    def n_out_of_range(self, trials: Iterable[Trial]) -> int:
        """Return how many frames of these trials do not count."""
        spans = ((trial.n_frames, *self.frames_in_range(trial)) for trial in trials)
        return sum(n_frames - (stop - start) for n_frames, start, stop in spans)


def session_ranges(session: Session) -> SessionRanges:
    """Return when the pole is in range in a session.

    If the file cannot be read, only times entered by hand are known, and `unread`
    explains why.
    """
    try:
        mark = file_mark(session)
        if not mark:
            return _read(session)
        return _cached(session, session.file, session.fingerprint, mark)
    except LabelingError as error:
        return SessionRanges(
            from_file={},
            unread=f"The pole times of {session} could not be read, so all frames "
            f"count except where times were entered by hand. {error}",
        )


@lru_cache(maxsize=512)
def _cached(session: Session, *_of: object) -> SessionRanges:
    """Return the ranges in a file, read again only after the file changes.

    Pages need them for every clip, and for every session of a subset.
    """
    return _read(session)


def _read(session: Session) -> SessionRanges:
    with opened_session(session) as source:
        return ranges_in_file(source)


def ranges_in_file(source: SessionFile) -> SessionRanges:
    """Return when the pole is in range according to an open session file."""
    if source.pole_times is None:
        return SessionRanges(from_file={})
    up_and_down = zip(*source.pole_times.tolist(), strict=True)
    numbers = (entry.number for entry in source.trials)
    return SessionRanges(from_file=dict(zip(numbers, up_and_down, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FramesOutOfRange:
    """How many frames do not count because the pole is out of range.

    `n_in_clips` of them are in clips that were made before the pole times were known.
    `unread` has a sentence for each session file that could not be read.
    """

    n_frames: int
    n_in_clips: int
    unread: tuple[str, ...]


def out_of_range_in(
    sessions: Iterable[Session], clips: Iterable[Clip] = ()
) -> FramesOutOfRange:
    """Count frames out of range in the included trials of sessions, and in clips."""
    by_session = {
        session.pk: (session, session_ranges(session)) for session in sessions
    }
    in_clips = 0
    for clip in clips:
        start, stop = by_session[clip.trial.session_id][1].frames_in_range(clip.trial)
        in_clips += clip.n_frames - n_shared_frames(start, stop, clip.start, clip.stop)
    return FramesOutOfRange(
        n_frames=sum(
            ranges.n_out_of_range(session.trials.included())
            for session, ranges in by_session.values()
        ),
        n_in_clips=in_clips,
        unread=tuple(
            ranges.unread for _, ranges in by_session.values() if ranges.unread
        ),
    )


def out_of_range_in_subset(subset: Subset) -> FramesOutOfRange:
    """Count frames out of range in the sessions of a subset, and in its clips."""
    clips = subset.clips.filter(trial__excluded_because="").select_related("trial")
    sessions = Session.objects.filter(trials__clips__subset=subset).distinct()
    return out_of_range_in(sessions, clips)


def block_frames_in_range(clip: Clip) -> list[tuple[int, int]] | None:
    """Return the frames of a clip's block with the pole in range; None if unknown.

    Blind annotators may see this: it comes from the recording, not from a model.
    """
    trial = clip.trial
    # Without pole times by hand the file is read. If that fails, the request for the
    # frames reports why.
    by_hand = trial.pole_up is not None
    ranges = SessionRanges(from_file={}) if by_hand else session_ranges(trial.session)
    if ranges.pole_times(trial) is None:
        return None
    (up, down), (start, stop) = ranges.frames_in_range(trial), block_range(clip)
    onset, offset = max(start, up), min(stop, down)
    return [(onset, offset)] if onset < offset else []
