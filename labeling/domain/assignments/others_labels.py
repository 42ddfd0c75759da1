"""Other annotators' labels of a clip, for users who may see them."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef
from django.utils import timezone

from labeling.domain.assignments.labelling import assignments_for, unfinished
from labeling.domain.labels.runs import Run, runs_of
from labeling.errors import NotFoundError
from labeling.models import Assignment, Label
from labeling.models.assignment import AssignmentQuerySet
from models_ml.arrays import UNLABELLED, LabelValues


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The labels of one other annotator in a clip."""

    name: str
    labels: list[Run]


def n_lanes(assignment: Assignment) -> int | None:
    """Return how many others have labelled the clip; None if they must not be shown."""
    if not _sees_others(assignment):
        return None
    labels = Label.objects.filter(assignment=OuterRef("pk"))
    labelled = _others(assignment).filter(Exists(labels))
    return labelled.values("annotator").distinct().count()


def lanes_of_others(assignment: Assignment) -> list[Lane]:
    """Return the labels of the others, and record that the annotator has seen them."""
    if not _sees_others(assignment):
        raise NotFoundError("There are no labels of others here that you may see.")
    Assignment.objects.filter(pk=assignment.pk, saw_others_at=None).update(
        saw_others_at=timezone.now()
    )
    clip = assignment.clip
    labels: dict[str, LabelValues] = {}
    rows = Label.objects.filter(assignment__in=_others(assignment))
    # If an annotator has two passes, the later one counts.
    rows = rows.order_by("assignment__pass_number", "assignment")
    for name, index, value in rows.values_list(
        "assignment__annotator__username", "frame__index", "value"
    ):
        empty = np.full(clip.n_frames, UNLABELLED, np.int8)
        labels.setdefault(name, empty)[index - clip.start] = value
    return [
        Lane(name=name, labels=runs_of(labels[name], first=clip.start))
        for name in sorted(labels)
    ]


def _sees_others(assignment: Assignment) -> bool:
    """Whether an annotator may see others' labels of a clip.

    Not in repeat clips and quality-check clips, which would measure nothing, and not
    while the annotator labels the same frames blind in another subset.
    """
    if not assignment.sees_others or assignment.mixed_into_id is not None:
        return False
    return assignment.pass_number == 1 and not _is_blind_elsewhere(assignment)


def _is_blind_elsewhere(assignment: Assignment) -> bool:
    clip = assignment.clip
    same_frames = assignments_for(assignment.annotator).filter(
        sees_others=False,
        clip__trial=clip.trial_id,
        clip__start__lt=clip.stop,
        clip__stop__gt=clip.start,
    )
    return unfinished(same_frames).exists()


def _others(assignment: Assignment) -> AssignmentQuerySet:
    of_clip = Assignment.objects.without_gold().filter(clip=assignment.clip_id)
    return of_clip.exclude(annotator=assignment.annotator_id)
