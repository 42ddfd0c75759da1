"""Gold: clips that were settled before, with which annotators are tested, unmarked."""

from collections.abc import Iterable, Sequence

import numpy as np

from labeling.domain.labels.sources import ADJUDICATED, source_labels
from labeling.domain.recordings.in_range import session_ranges
from labeling.models import Assignment, Clip, Subset, User
from models_ml.arrays import UNLABELLED
from models_ml.intervals import n_shared_frames

# One person's word settles nothing.
VOICES_MIN = 2
NOTHING = np.zeros(0, np.int8)


def gold_clips(subset: Subset) -> list[Clip]:
    """Return settled clips of other subsets that nothing tells from this one's.

    A clip of another session would give itself away by the session's name, one of
    another length by its length.
    """
    lengths = [clip.n_frames for clip in subset.clips.all()] or [0]
    sessions = subset.clips.values("trial__session")
    others = Clip.objects.exclude(subset=subset).filter(
        trial__session__in=sessions, trial__excluded_because=""
    )
    by_subset: dict[Subset, list[Clip]] = {}
    for clip in others.select_related("subset", "trial__session").order_by("pk"):
        if min(lengths) <= clip.n_frames <= max(lengths):
            by_subset.setdefault(clip.subset, []).append(clip)
    return [
        clip
        for source, clips in by_subset.items()
        for clip in _settled_clips(source, clips)
    ]


def _settled_clips(source: Subset, clips: Sequence[Clip]) -> list[Clip]:
    settled = {
        found.trial.pk: found.values
        for found in source_labels(ADJUDICATED, [source])
        if len(found.annotators) >= VOICES_MIN
    }
    sessions = {clip.trial.session for clip in clips}
    reach = {session.pk: session_ranges(session) for session in sessions}
    found = []
    for clip in clips:
        start, stop = reach[clip.trial.session_id].frames_in_range(clip.trial)
        counted = slice(max(start, clip.start), max(start, min(stop, clip.stop)))
        values = settled.get(clip.trial_id, NOTHING)[counted]
        if len(values) and (values != UNLABELLED).all():
            found.append(clip)
    return found


def gold_for(
    annotator: User, gold: Sequence[Clip], *, beside: Iterable[Clip], n: int, seed: int
) -> list[Clip]:
    """Draw clips of which the annotator was given no frame yet, nor is `beside` them.

    Fewer come where there are no more. Whoever sees everything has seen the answers.
    """
    if annotator.sees_everything or not n:
        return []
    spans = [(clip.trial_id, clip.start, clip.stop) for clip in beside]
    given = Assignment.objects.filter(annotator=annotator).order_by()
    spans += given.values_list("clip__trial", "clip__start", "clip__stop")
    drawn: list[Clip] = []
    for place in np.random.default_rng(seed).permutation(len(gold)):
        clip = gold[place]
        if len(drawn) < n and not any(_overlap(clip, span) for span in spans):
            drawn.append(clip)
            spans.append((clip.trial_id, clip.start, clip.stop))
    return drawn


def _overlap(clip: Clip, span: tuple[int, int, int]) -> bool:
    trial, start, stop = span
    shared = n_shared_frames(clip.start, clip.stop, start, stop)
    return clip.trial_id == trial and shared > 0
