"""Clip choice: whole trials or a range by hand, and what a choice amounts to."""

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
    """Clips that may become a subset, counted before it is made."""

    clips: list[ClipDraft]

    @property
    def n_frames(self) -> int:
        """Frames of all clips."""
        return sum(clip.stop - clip.start for clip in self.clips)

    @property
    def n_trials(self) -> int:
        """Trials that they are of."""
        return len({clip.trial.pk for clip in self.clips})

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why, and for how many clips, the most frequent first."""
        return Counter(clip.reason for clip in self.clips).most_common()

    def left_out(self) -> FramesOutOfRange:
        """Return what is out of reach in their sessions, and so cannot be chosen."""
        return out_of_range_in({clip.trial.session for clip in self.clips})

    def n_chosen_before(self) -> int:
        """How many of them hold frames of an earlier subset."""
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
    """Return whole trials of a session as clips, as far as the pole is in reach.

    Without numbers, all trials that are used.
    """
    trials = list(session.trials.filter(excluded_because="").select_related("session"))
    if numbers is not None:
        wanted, known = set(numbers), {trial.number for trial in trials}
        if not wanted <= known:
            raise LabelingError(_unknown(session, sorted(wanted - known)))
        trials = [trial for trial in trials if trial.number in wanted]
    reach = session_ranges(session)
    clips = [_clip(trial, *reach.frames_in_range(trial)) for trial in trials]
    return [clip for clip in clips if clip.start < clip.stop]


def clip_of_range(
    session: Session, number: int, first: int, last: int
) -> list[ClipDraft]:
    """Return the frames `first` to `last`, both included, of a trial as a clip."""
    whole = next(iter(clips_of_trials(session, [number])), None)
    if whole is None:
        raise LabelingError(
            f"Expected a trial with the pole in reach, found that in trial {number} of "
            f"{session} it never is: choose another one."
        )
    if not whole.start <= first <= last < whole.stop:
        raise LabelingError(
            f"Expected frames of {whole.start} to {whole.stop - 1}, the first before "
            f"the last, found {first} to {last}: those of trial {number} with the pole "
            "in reach can be labelled."
        )
    return [_clip(whole.trial, first, last + 1)]


def _clip(trial: Trial, start: int, stop: int) -> ClipDraft:
    return ClipDraft(trial=trial, start=start, stop=stop, reason=BY_HAND)


def _unknown(session: Session, numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers[:NAMED_MAX]))
    named += " and others" if len(numbers) > NAMED_MAX else ""
    return (
        f"Expected trials of {session} that are not excluded, found {named}: see the "
        "session's page for its trials."
    )
