"""Gold: clips with adjudicated labels, mixed unmarked into queues as quality checks."""

from collections.abc import Iterable, Sequence

import numpy as np

from labeling.domain.labels.sources import ADJUDICATED, source_labels
from labeling.domain.recordings.in_range import session_ranges
from labeling.models import Assignment, Clip, Subset, User
from models_ml.arrays import UNLABELLED
from models_ml.intervals import n_shared_frames

# The labels of a single annotator are not a reference.
ANNOTATORS_MIN = 2
NO_LABELS = np.zeros(0, np.int8)


def gold_clips(subset: Subset) -> list[Clip]:
    """Return clips of other subsets that can serve as quality checks in this one.

    Every frame of them has an adjudicated label. Annotators cannot recognize them: they
    are of the same sessions as the clips of this subset, and of similar length.
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
        for clip in _adjudicated_clips(source, clips)
    ]


def _adjudicated_clips(source: Subset, clips: Sequence[Clip]) -> list[Clip]:
    """Return the clips in which every frame in range has an adjudicated label."""
    labels = {
        each.trial.pk: each.values
        for each in source_labels(ADJUDICATED, [source])
        if len(each.annotators) >= ANNOTATORS_MIN
    }
    sessions = {clip.trial.session for clip in clips}
    ranges = {session.pk: session_ranges(session) for session in sessions}
    adjudicated = []
    for clip in clips:
        start, stop = ranges[clip.trial.session_id].frames_in_range(clip.trial)
        counted = slice(max(start, clip.start), max(start, min(stop, clip.stop)))
        values = labels.get(clip.trial_id, NO_LABELS)[counted]
        if len(values) and (values != UNLABELLED).all():
            adjudicated.append(clip)
    return adjudicated


def draw_gold(
    annotator: User, gold: Sequence[Clip], *, beside: Iterable[Clip], n: int, seed: int
) -> list[Clip]:
    """Draw n quality-check clips for an annotator; fewer if there are not enough.

    They share no frame with earlier assignments of the annotator nor with the clips
    `beside` them. Users who may read everything get none: they can see the answers.
    """
    if annotator.sees_everything or not n:
        return []
    taken = [(clip.trial_id, clip.start, clip.stop) for clip in beside]
    assigned = Assignment.objects.filter(annotator=annotator).order_by()
    taken += assigned.values_list("clip__trial", "clip__start", "clip__stop")
    drawn: list[Clip] = []
    for position in np.random.default_rng(seed).permutation(len(gold)):
        clip = gold[position]
        if len(drawn) < n and not any(_overlap(clip, span) for span in taken):
            drawn.append(clip)
            taken.append((clip.trial_id, clip.start, clip.stop))
    return drawn


def _overlap(clip: Clip, span: tuple[int, int, int]) -> bool:
    trial, start, stop = span
    shared = n_shared_frames(clip.start, clip.stop, start, stop)
    return clip.trial_id == trial and shared > 0
