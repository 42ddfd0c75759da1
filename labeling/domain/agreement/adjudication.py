"""Adjudication: where the annotators of a subset disagree, stretch by stretch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Exists, OuterRef

from labeling.domain.agreement.scope import comparable_subset_for
from labeling.domain.labels.decisions import REASONS, log_revision, standing_settlements
from labeling.domain.labels.sources import said_by_trial
from labeling.domain.recordings.frames import RUN_FRAMES
from labeling.domain.recordings.in_range import reach_in
from labeling.errors import NotFoundError
from labeling.models import Assignment, Label, Settlement, Subset, Trial, User
from models_ml.agreement.consensus import majority_of
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.intervals import true_runs

# Stretches with as few agreed frames between them are settled in one go.
MERGED_FRAMES = 3
# Frames whose labels are shown on each side of a stretch.
CONTEXT_FRAMES = 8
# Frames that one can look at on each side.
BLOCK_CONTEXT_FRAMES = 30
STRETCH_FRAMES_MAX = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Frames of a trial in which annotators disagree, or which were settled."""

    trial: Trial
    start: int
    stop: int
    settlement: Settlement | None


def adjudicated_subset_for(user: User, pk: int) -> Subset:
    """Return a subset that this user may settle; who labels there blind may not yet."""
    if not user.adjudicates:
        raise NotFoundError(f"There is no subset {pk} for you to settle.")
    return comparable_subset_for(user, pk)


def stretches_of(subset: Subset) -> list[Stretch]:
    """Return what was settled and what is still to be, in the order of the clips.

    Frames out of reach count for nothing, so nobody need settle them.
    """
    said = said_by_trial([subset])
    reach = {
        session.pk: reach_in(session) for session in {each.session for each in said}
    }
    settled: dict[int, list[Settlement]] = {}
    for settlement in standing_settlements([subset]):
        settled.setdefault(settlement.trial_id, []).append(settlement)
    stretches = []
    for clip in subset.clips.select_related("trial__session"):
        trial, first = clip.trial, clip.start
        here = [
            each
            for each in settled.get(trial.pk, [])
            if clip.start <= each.start < clip.stop
        ]
        is_settled = np.zeros(trial.n_frames, np.bool_)
        for each in settled.get(trial.pk, []):
            is_settled[each.start : each.stop] = True
        found = [
            Stretch(trial=trial, start=each.start, stop=each.stop, settlement=each)
            for each in here
        ]
        if trial in said:
            labels = np.stack(list(said[trial].values()))[:, first : clip.stop]
            counted = reach[trial.session_id].counted(trial)
            is_settled[: counted[0]] = is_settled[counted[1] :] = True
            open_runs = _open_runs(labels, is_settled[first : clip.stop])
            found += [
                Stretch(
                    trial=trial, start=first + start, stop=first + stop, settlement=None
                )
                for start, stop in open_runs
            ]
        stretches += sorted(found, key=lambda stretch: stretch.start)
    return stretches


def disagreeing(labels: LabelValues) -> npt.NDArray[np.bool_]:
    """Return in which frames those who labelled them differ; shape (n, frames) in."""
    labelled = labels != UNLABELLED
    least = np.where(labelled, labels, np.iinfo(np.int8).max).min(axis=0)
    differs: npt.NDArray[np.bool_] = labels.max(axis=0) > least
    return differs


def _open_runs(
    labels: LabelValues, is_settled: npt.NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Return runs of unsettled disagreement; close ones are one run."""
    runs: list[tuple[int, int]] = []
    for start, stop in true_runs(disagreeing(labels) & ~is_settled).tolist():
        gap = (runs[-1][1], start) if runs else (0, start)
        is_near = gap[1] - gap[0] <= MERGED_FRAMES and not is_settled[slice(*gap)].any()
        if runs and is_near:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((start, stop))
    return runs


def annotators_of(subset: Subset) -> list[str]:
    """Return who labelled in a subset: the lanes, in their order."""
    labelled = Label.objects.filter(assignment=OuterRef("pk"))
    assignments = Assignment.objects.without_gold().filter(
        Exists(labelled), clip__subset=subset
    )
    names = assignments.order_by().values_list("annotator__username", flat=True)
    return sorted(names.distinct())


def queue_state(user: User, subset: Subset) -> dict[str, Any]:
    """Return what the adjudicator's page knows of a subset, URLs aside."""
    # Taken before the labels are read: what comes in meanwhile is then found out.
    revision = log_revision(subset)
    return {
        "user": user.pk,
        "username": user.username,
        "subset": subset.pk,
        "revision": revision,
        "annotators": annotators_of(subset),
        "reasons": REASONS,
        "stretches": [
            {
                "trial": stretch.trial.pk,
                "number": stretch.trial.number,
                "session": stretch.trial.session.name,
                "start": stretch.start,
                "stop": stretch.stop,
                "settled": stretch.settlement is not None,
            }
            for stretch in stretches_of(subset)
        ],
    }


def stretch_state(
    subset: Subset, trial_pk: int, start: int, stop: int
) -> dict[str, Any]:
    """Return everybody's labels of a stretch and around it, and what was settled."""
    trial = adjudicated_trial(subset, trial_pk, start, stop)
    revision = log_revision(subset)
    first = max(0, start - CONTEXT_FRAMES)
    last = min(trial.n_frames, stop + CONTEXT_FRAMES)
    said = said_by_trial([subset], trial=trial).get(trial, {})
    nothing = np.full(trial.n_frames, UNLABELLED, np.int8)
    lanes = [said.get(name, nothing)[first:last] for name in annotators_of(subset)]
    settled = next(
        (
            each
            for each in standing_settlements([subset])
            if (each.trial_id, each.start, each.stop) == (trial.pk, start, stop)
        ),
        None,
    )
    block_start = max(0, start - BLOCK_CONTEXT_FRAMES)
    return {
        "revision": revision,
        "trial": trial.pk,
        "start": start,
        "stop": stop,
        "window": {"start": first, "stop": last},
        "rate_hz": trial.session.rate_hz,
        "lanes": [lane.tolist() for lane in lanes],
        "majority": majority_of(np.stack(lanes or [nothing[first:last]])).tolist(),
        "settled": settled
        and {
            "values": settled.values,
            "by": settled.adjudicator.username,
            "reasons": settled.reasons,
        },
        "block": {
            "start": block_start,
            "stop": min(trial.n_frames, stop + BLOCK_CONTEXT_FRAMES),
            "height": trial.session.height_px,
            "width": trial.session.width_px,
            "run_frames": RUN_FRAMES,
        },
    }


def adjudicated_trial(subset: Subset, trial_pk: int, start: int, stop: int) -> Trial:
    """Return a trial of a subset that has these frames."""
    trials = Trial.objects.filter(clips__subset=subset).select_related("session")
    trial = trials.filter(pk=trial_pk).first()
    if trial is None or not 0 <= start < stop <= trial.n_frames:
        raise NotFoundError(f"There are no frames {start} to {stop} there to settle.")
    if stop - start > STRETCH_FRAMES_MAX:
        raise NotFoundError(
            f"Expected at most {STRETCH_FRAMES_MAX:,} frames, found {stop - start:,}."
        )
    return trial
