"""Assignments: who labels which clip, under which policy, and what comes next."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet

from labeling.domain.frames import RUN_FRAMES, block_range
from labeling.domain.in_reach import in_reach_of
from labeling.domain.labels import labels_and_revision
from labeling.domain.progress import progress_in_subset, work_in_subset
from labeling.domain.scores import FloatScores, is_scored, trial_scores
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Assignment, Subset, User


def assignments_for(user: User) -> QuerySet[Assignment]:
    """Return a user's own assignments, in the order in which to label them."""
    return (
        _own_assignments(user)
        .annotate(
            n_labelled=Count("labels"), n_frames=F("clip__stop") - F("clip__start")
        )
        .order_by("clip__subset", "id")
    )


def assignment_for(user: User, pk: int) -> Assignment:
    """Return one of a user's own assignments; nobody opens another's."""
    assignment = _own_assignments(user).filter(pk=pk).first()
    if assignment is None:
        raise NotFoundError(f"There is no assignment {pk} of yours.")
    return assignment


def bare_assignment_for(user: User, pk: int) -> Assignment:
    """As `assignment_for`, with nothing around it: every label comes this way."""
    assignment = Assignment.objects.filter(annotator=user, pk=pk).order_by().first()
    if assignment is None or not user.may_label:
        raise NotFoundError(f"There is no assignment {pk} of yours.")
    return assignment


def _own_assignments(user: User) -> QuerySet[Assignment]:
    own = Assignment.objects.filter(annotator=user)
    # Who looks on only, though it was given clips before, labels no more.
    own = own if user.may_label else own.none()
    return own.select_related(
        "annotator", "clip__subset", "clip__trial__session__published_version"
    )


def unfinished(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Return those of `assignments_for` in which frames are left to label."""
    # The annotation is made in assignments_for, where the type checker cannot see it.
    return assignments.filter(n_labelled__lt=F("n_frames"))  # type: ignore[misc]


def next_assignment(assignment: Assignment) -> Assignment | None:
    """Return the next unfinished assignment of the same annotator and subset."""
    others = assignments_for(assignment.annotator).filter(
        clip__subset=assignment.clip.subset_id
    )
    left = unfinished(others).exclude(pk=assignment.pk)
    return left.filter(pk__gt=assignment.pk).first() or left.first()


def label_state(assignment: Assignment) -> dict[str, Any]:
    """Return all that the labelling page knows of an assignment, URLs aside.

    What a blind annotator may not see is left out here, not hidden in the browser.
    """
    clip, trial = assignment.clip, assignment.clip.trial
    session = trial.session
    block_start, block_stop = block_range(clip)
    return {
        **labels_and_revision(assignment),
        "assignment": assignment.pk,
        "user": assignment.annotator_id,
        "username": assignment.annotator.username,
        "session": session.name,
        "rate_hz": session.rate_hz,
        "trial": {
            "number": trial.number,
            "video_name": trial.video_name,
            "n_frames": trial.n_frames,
        },
        "clip": {
            "start": clip.start,
            "stop": clip.stop,
            "reason": clip.reason if assignment.sees_scores else None,
        },
        "block": {
            "start": block_start,
            "stop": block_stop,
            "height": session.height_px,
            "width": session.width_px,
            "run_frames": RUN_FRAMES,
        },
        "in_reach": in_reach_of(clip),
        "scores": _scores_state(assignment),
        "progress": asdict(progress_in_subset(assignment.annotator, clip.subset_id)),
        "work": asdict(work_in_subset(assignment.annotator, clip.subset_id)),
    }


def _scores_state(assignment: Assignment) -> dict[str, Any] | None:
    trial = assignment.clip.trial
    version = trial.session.published_version
    if not assignment.sees_scores or version is None or not is_scored(trial, version):
        return None
    return {"version": version.number, "threshold": version.threshold}


def block_scores(assignment: Assignment) -> FloatScores:
    """Return the scores of a clip's block, to those who may see them."""
    version = assignment.clip.trial.session.published_version
    scores = None
    if assignment.sees_scores and version is not None:
        scores = trial_scores(assignment.clip.trial, version)
    if scores is None:
        raise NotFoundError("There are no scores here that you may see.")
    start, stop = block_range(assignment.clip)
    return scores[start:stop]


@transaction.atomic
def assign_subset(
    *,
    user: User | None,
    subset: Subset,
    annotators: Sequence[User],
    sees_scores: bool = False,
    sees_others: bool = False,
) -> int:
    """Give every clip of a subset to each of these annotators; return how many.

    A clip that an annotator has already is left as it is.
    """
    if user is not None and not user.is_admin:
        raise NotAllowedError("Only an admin gives out clips.")
    for annotator in annotators:
        if not annotator.may_label:
            raise LabelingError(
                f"Expected active accounts that may label, found {annotator}: give "
                "the clips to somebody else, or change the account."
            )
    before = Assignment.objects.filter(clip__subset=subset).count()
    Assignment.objects.bulk_create(
        (
            Assignment(
                clip=clip,
                annotator=annotator,
                sees_scores=sees_scores,
                sees_others=sees_others,
            )
            for annotator in annotators
            for clip in subset.clips.all()
        ),
        ignore_conflicts=True,
    )
    return Assignment.objects.filter(clip__subset=subset).count() - before
