"""Labelling: a user's own assignments, what they show, and which one comes next."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from labeling.domain.assignments.assigning import AssignmentRequest, assign_clips
from labeling.domain.labels.operations import labels_and_revision
from labeling.domain.labels.progress import QUEUE, progress_in_subset, work_in_subset
from labeling.domain.labels.withdrawn import notify_withdrawn
from labeling.domain.recordings.frames import RUN_FRAMES, block_range
from labeling.domain.recordings.in_range import block_frames_in_range
from labeling.domain.versions.scores import is_scored, trial_scores
from labeling.errors import NotAllowedError, NotFoundError
from labeling.models import Assignment, ClipReturn, Subset, User
from labeling.models.assignment import AssignmentQuerySet
from models_ml.arrays import Float32s

OPEN_RETURNS = ClipReturn.objects.filter(assignment=OuterRef("pk"), answer="")


def assignments_for(user: User) -> AssignmentQuerySet:
    """Return a user's own assignments, without withdrawn ones, in queue order."""
    return (
        _own_assignments(user)
        .active()
        .annotate(
            queue=QUEUE,
            n_labelled=Count("labels"),
            n_frames=F("clip__stop") - F("clip__start"),
            is_returned=Exists(OPEN_RETURNS),
        )
        .order_by("queue", "place", "id")
    )


def assignment_for(user: User, pk: int) -> Assignment:
    """Return one of a user's own assignments; those of others look nonexistent."""
    assignment = _own_assignments(user).filter(pk=pk).first()
    if assignment is None:
        raise NotFoundError(f"There is no assignment {pk} of yours.")
    return assignment


def assignment_to_open(user: User, pk: int, *, ahead: bool = False) -> Assignment:
    """Return one of a user's own assignments to label; refuse a withdrawn one.

    With `ahead=True` (prefetch) the annotator is not yet marked as notified.
    """
    assignment = assignment_for(user, pk)
    if assignment.withdrawn_at is None:
        return assignment
    raise NotAllowedError(
        "This clip was withdrawn." if ahead else notify_withdrawn(assignment)
    )


def _own_assignments(user: User) -> AssignmentQuerySet:
    own = Assignment.objects.filter(annotator=user)
    # An account that became a viewer keeps its assignments but may not label.
    own = own if user.may_label else own.none()
    return own.select_related(
        "annotator", "clip__subset", "clip__trial__session__published_version"
    )


def unfinished(assignments: AssignmentQuerySet) -> AssignmentQuerySet:
    """Return the assignments, of `assignments_for`, that have unlabelled frames."""
    # assignments_for annotates this; the type checker cannot see it.
    return assignments.filter(n_labelled__lt=F("n_frames"))  # type: ignore[misc]


def left_to_label(assignments: AssignmentQuerySet) -> AssignmentQuerySet:
    """Return the unfinished assignments that are not returned to an admin."""
    return unfinished(assignments).filter(is_returned=False)  # type: ignore[misc]


def next_assignment(assignment: Assignment) -> Assignment | None:
    """Return the assignment that the annotator labels next in the same queue."""
    others = assignments_for(assignment.annotator).queued_in(assignment.queue_id)
    left = left_to_label(others).exclude(pk=assignment.pk)
    position, pk = assignment.place, assignment.pk
    after = Q(place__gt=position) | Q(place=position, pk__gt=pk)
    return left.filter(after).first() or left.first()


def label_state(assignment: Assignment) -> dict[str, Any]:
    """Return the state of the labelling page for an assignment, without URLs.

    What a blind annotator may not see is left out here, not hidden in the browser.
    """
    clip, trial = assignment.clip, assignment.clip.trial
    session, queue = trial.session, assignment.queue_id
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
            "reason": _reason(assignment),
        },
        "block": {
            "start": block_start,
            "stop": block_stop,
            "height": session.height_px,
            "width": session.width_px,
            "run_frames": RUN_FRAMES,
        },
        "in_reach": block_frames_in_range(clip),
        "scores": _scores_state(assignment),
        "progress": asdict(progress_in_subset(assignment.annotator, queue)),
        "work": asdict(work_in_subset(assignment.annotator, queue)),
    }


def _reason(assignment: Assignment) -> str | None:
    """Return why the clip was selected; None if that would reveal scores or gold."""
    if not assignment.sees_scores:
        return None
    tests = Assignment.objects.filter(
        annotator=assignment.annotator_id, mixed_into=assignment.queue_id
    )
    # A quality-check clip may have a reason that no clip of this subset has.
    return None if tests.exists() else assignment.clip.reason


def _scores_state(assignment: Assignment) -> dict[str, Any] | None:
    trial = assignment.clip.trial
    version = trial.session.published_version
    if not assignment.sees_scores or version is None or not is_scored(trial, version):
        return None
    return {"version": version.number, "threshold": version.threshold}


def block_scores(assignment: Assignment) -> Float32s:
    """Return the scores of a clip's block, if its annotator may see them."""
    version = assignment.clip.trial.session.published_version
    scores = None
    if assignment.sees_scores and version is not None:
        scores = trial_scores(assignment.clip.trial, version)
    if scores is None:
        raise NotFoundError("There are no scores here that you may see.")
    start, stop = block_range(assignment.clip)
    return scores[start:stop]


def assign_subset(
    *,
    user: User | None,
    subset: Subset,
    annotators: Sequence[User],
    sees_scores: bool = False,
    sees_others: bool = False,
) -> int:
    """Assign every clip of a subset to each annotator; return how many are new.

    Existing assignments do not change.
    """
    policy = {"sees_scores": sees_scores, "sees_others": sees_others}
    request = AssignmentRequest(annotators=annotators, **policy)
    queues = assign_clips(user=user, subset=subset, request=request)
    return sum(len(queue.order) for queue in queues)
