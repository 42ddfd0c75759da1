"""Selection by hand: whole trials or a range of frames, and its preview."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from labeling.domain.recordings.in_range import (
    FramesOutOfRange,
    out_of_range_in,
    session_ranges,
)
from labeling.domain.subsets.curation import ClipDraft
from labeling.errors import LabelingError
from labeling.models import Clip, Session, Trial

BY_HAND = "by hand"
NAMED_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipChoice:
    """The preview of a selection: its clips, counted before the subset is created."""

    clips: list[ClipDraft]

    @property
    def n_frames(self) -> int:
        """Number of frames in all clips."""
        return sum(clip.stop - clip.start for clip in self.clips)

    @property
    def n_trials(self) -> int:
        """Number of trials that the clips are of."""
        return len({clip.trial.pk for clip in self.clips})

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Each reason with its number of clips, the most frequent first."""
        return Counter(clip.reason for clip in self.clips).most_common()

    def left_out(self) -> FramesOutOfRange:
        """Count the frames of the sessions that are out of range, so not eligible."""
        return out_of_range_in({clip.trial.session for clip in self.clips})

    def n_chosen_before(self) -> int:
        """Count the clips that share frames with an earlier subset."""
        trials = {clip.trial.pk for clip in self.clips}
        spans: dict[int, list[tuple[int, int]]] = {}
        rows = Clip.objects.filter(trial__in=trials).order_by()
        for trial, start, stop in rows.values_list("trial", "start", "stop"):
            spans.setdefault(trial, []).append((start, stop))
        return sum(
            any(
                start < clip.stop and clip.start < stop
                for start, stop in spans.get(clip.trial.pk, [])
            )
            for clip in self.clips
        )


def clips_of_trials(session: Session, numbers: Sequence[int] | None) -> list[ClipDraft]:
    """Return the frames in range of trials as clips, one for each trial.

    Without numbers, all included trials.
    """
    trials = list(session.trials.filter(excluded_because="").select_related("session"))
    if numbers is not None:
        wanted, known = set(numbers), {trial.number for trial in trials}
        if not wanted <= known:
            raise LabelingError(_unknown(session, sorted(wanted - known)))
        trials = [trial for trial in trials if trial.number in wanted]
    ranges = session_ranges(session)
    clips = [_clip(trial, *ranges.frames_in_range(trial)) for trial in trials]
    return [clip for clip in clips if clip.start < clip.stop]


def clip_of_range(
    session: Session, number: int, first: int, last: int
) -> list[ClipDraft]:
    """Return the frames of a trial from `first` to `last`, inclusive, as a clip."""
    whole = next(iter(clips_of_trials(session, [number])), None)
    if whole is None:
        raise LabelingError(
            f"Trial {number} of {session} has no frames in range. Choose another trial."
        )
    if not whole.start <= first <= last < whole.stop:
        raise LabelingError(
            f"Frames {first} to {last} are not all in range. Choose frames from "
            f"{whole.start} to {whole.stop - 1} of trial {number}, the first one first."
        )
    return [_clip(whole.trial, first, last + 1)]


def _clip(trial: Trial, start: int, stop: int) -> ClipDraft:
    return ClipDraft(trial=trial, start=start, stop=stop, reason=BY_HAND)


def _unknown(session: Session, numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers[:NAMED_MAX]))
    named += " and others" if len(numbers) > NAMED_MAX else ""
    return (
        f"{session} has no included trials {named}. Choose from the trials on the "
        "page of the session."
    )
