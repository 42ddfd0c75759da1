"""Adjudication: the stretches of frames in which annotators of a subset disagree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from django.db.models import Exists, OuterRef

from labeling.domain.labels.decisions import current_decisions
from labeling.domain.labels.sources import labels_by_annotator
from labeling.domain.recordings.in_range import session_ranges
from labeling.errors import NotFoundError
from labeling.models import Assignment, Clip, Label, Settlement, Subset, Trial
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.intervals import true_runs

# Stretches with so few agreed frames between them are adjudicated as one.
MERGED_FRAMES = 3
STRETCH_FRAMES_MAX = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Frames of a trial in which annotators disagree, or which were adjudicated."""

    trial: Trial
    start: int
    stop: int
    decision: Settlement | None

    @classmethod
    def of_decision(cls, trial: Trial, decision: Settlement) -> Self:
        """Return the stretch of an adjudicator's decision."""
        start, stop = decision.start, decision.stop
        return cls(trial=trial, start=start, stop=stop, decision=decision)


def stretches_of(subset: Subset) -> list[Stretch]:
    """Return the adjudicated and the open stretches, in the order of the clips.

    Frames out of range do not count, so they need no decision.
    """
    labels = labels_by_annotator([subset])
    ranges = {
        session.pk: session_ranges(session)
        for session in {trial.session for trial in labels}
    }
    decisions: dict[int, list[Settlement]] = {}
    for decision in current_decisions([subset]):
        decisions.setdefault(decision.trial_id, []).append(decision)
    stretches = []
    for clip in subset.clips.select_related("trial__session"):
        of_trial = decisions.get(clip.trial_id, [])
        found = [
            Stretch.of_decision(clip.trial, decision)
            for decision in of_trial
            if clip.start <= decision.start < clip.stop
        ]
        if clip.trial in labels:
            counted = ranges[clip.trial.session_id].frames_in_range(clip.trial)
            by_annotator = np.stack(list(labels[clip.trial].values()))
            found += _open_stretches(clip, by_annotator, of_trial, counted)
        stretches += sorted(found, key=lambda stretch: stretch.start)
    return stretches


def _open_stretches(
    clip: Clip,
    labels: LabelValues,
    decisions: Sequence[Settlement],
    counted: tuple[int, int],
) -> list[Stretch]:
    """Return the stretches of a clip that need a decision; `labels` are the trial's."""
    trial = clip.trial
    is_closed = np.zeros(trial.n_frames, np.bool_)
    for decision in decisions:
        is_closed[decision.start : decision.stop] = True
    is_closed[: counted[0]] = is_closed[counted[1] :] = True
    of_clip = slice(clip.start, clip.stop)
    return [
        Stretch(
            trial=trial,
            start=clip.start + start,
            stop=clip.start + stop,
            decision=None,
        )
        for start, stop in _open_runs(labels[:, of_clip], is_closed[of_clip])
    ]


def disagreeing(labels: LabelValues) -> npt.NDArray[np.bool_]:
    """Return the frames whose labels differ, for labels of shape (annotators, frames).

    A missing label differs from none.
    """
    is_labelled = labels != UNLABELLED
    least = np.where(is_labelled, labels, np.iinfo(np.int8).max).min(axis=0)
    differs: npt.NDArray[np.bool_] = labels.max(axis=0) > least
    return differs


def _open_runs(
    labels: LabelValues, is_closed: npt.NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Return the runs of disagreeing frames that are not closed; close runs are one."""
    runs: list[tuple[int, int]] = []
    for start, stop in true_runs(disagreeing(labels) & ~is_closed).tolist():
        gap = (runs[-1][1], start) if runs else (0, start)
        is_near = gap[1] - gap[0] <= MERGED_FRAMES and not is_closed[slice(*gap)].any()
        if runs and is_near:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((start, stop))
    return runs


def annotators_of(subset: Subset) -> list[str]:
    """Return the names of the annotators with labels in a subset, sorted."""
    labelled = Label.objects.filter(assignment=OuterRef("pk"))
    assignments = Assignment.objects.without_gold().filter(
        Exists(labelled), clip__subset=subset
    )
    names = assignments.order_by().values_list("annotator__username", flat=True)
    return sorted(names.distinct())


def decision_on(
    subset: Subset, trial: Trial, start: int, stop: int
) -> Settlement | None:
    """Return the current decision on exactly these frames, if there is one."""
    frames = (trial.pk, start, stop)
    for decision in current_decisions([subset]):
        if (decision.trial_id, decision.start, decision.stop) == frames:
            return decision
    return None


def adjudicated_trial(subset: Subset, trial_pk: int, start: int, stop: int) -> Trial:
    """Return a trial of a subset, if it has these frames."""
    trials = Trial.objects.filter(clips__subset=subset).select_related("session")
    trial = trials.filter(pk=trial_pk).first()
    if trial is None or not 0 <= start < stop <= trial.n_frames:
        raise NotFoundError(f"Frames {start} to {stop} are not in this subset.")
    if stop - start > STRETCH_FRAMES_MAX:
        raise NotFoundError(
            f"{stop - start:,} frames are too many to adjudicate at once; "
            f"{STRETCH_FRAMES_MAX:,} are possible."
        )
    return trial
