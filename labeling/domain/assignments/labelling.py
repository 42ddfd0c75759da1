"""Assignments: who labels which clip, under which policy, and what comes next."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from labeling.domain.assignments.assigning import Giving, give_clips
from labeling.domain.labels.operations import labels_and_revision
from labeling.domain.labels.progress import QUEUE, progress_in_subset, work_in_subset
from labeling.domain.labels.withdrawn import tell_withdrawn
from labeling.domain.recordings.frames import RUN_FRAMES, block_range
from labeling.domain.recordings.in_range import block_frames_in_range
from labeling.domain.versions.scores import is_scored, trial_scores
from labeling.errors import NotAllowedError, NotFoundError
from labeling.models import Assignment, ClipReturn, Subset, User
from labeling.models.assignment import AssignmentQuerySet
from models_ml.arrays import Float32s

OPEN_RETURNS = ClipReturn.objects.filter(assignment=OuterRef("pk"), answer="")


def assignments_for(user: User) -> AssignmentQuerySet:
    """Return a user's own assignments, in the order in which to label them.

    What was taken back is not among them.
    """
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
    """Return one of a user's own assignments; nobody opens another's."""
    assignment = _own_assignments(user).filter(pk=pk).first()
    if assignment is None:
        raise NotFoundError(f"There is no assignment {pk} of yours.")
    return assignment


def assignment_to_open(user: User, pk: int, *, ahead: bool = False) -> Assignment:
    """Return one of a user's own to label; what was taken back says so.

    Asked for `ahead`, nobody looks yet: then nobody counts as told.
    """
    assignment = assignment_for(user, pk)
    if assignment.withdrawn_at is None:
        return assignment
    raise NotAllowedError(
        "This clip was taken back." if ahead else tell_withdrawn(assignment)
    )


def _own_assignments(user: User) -> AssignmentQuerySet:
    own = Assignment.objects.filter(annotator=user)
    # Who looks on only, though it was given clips before, labels no more.
    own = own if user.may_label else own.none()
    return own.select_related(
        "annotator", "clip__subset", "clip__trial__session__published_version"
    )


def unfinished(assignments: AssignmentQuerySet) -> AssignmentQuerySet:
    """Return those of `assignments_for` in which frames are left to label."""
    # The annotation is made in assignments_for, where the type checker cannot see it.
    return assignments.filter(n_labelled__lt=F("n_frames"))  # type: ignore[misc]


def left_to_label(assignments: AssignmentQuerySet) -> AssignmentQuerySet:
    """Return those of them that wait for their annotator, not for an admin."""
    return unfinished(assignments).filter(is_returned=False)  # type: ignore[misc]


def next_assignment(assignment: Assignment) -> Assignment | None:
    """Return what the same annotator labels next in the same queue."""
    others = assignments_for(assignment.annotator).queued_in(assignment.queue_id)
    left = left_to_label(others).exclude(pk=assignment.pk)
    place, pk = assignment.place, assignment.pk
    return left.filter(Q(place__gt=place) | Q(place=place, pk__gt=pk)).first() or (
        left.first()
    )


def label_state(assignment: Assignment) -> dict[str, Any]:
    """Return all that the labelling page knows of an assignment, URLs aside.

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
    """Return why the clip was chosen, where that says nothing of scores or tests."""
    if not assignment.sees_scores:
        return None
    tests = Assignment.objects.filter(
        annotator=assignment.annotator_id, mixed_into=assignment.queue_id
    )
    # Gold was chosen for another subset, perhaps for other reasons.
    return None if tests.exists() else assignment.clip.reason


def _scores_state(assignment: Assignment) -> dict[str, Any] | None:
    trial = assignment.clip.trial
    version = trial.session.published_version
    if not assignment.sees_scores or version is None or not is_scored(trial, version):
        return None
    return {"version": version.number, "threshold": version.threshold}


def block_scores(assignment: Assignment) -> Float32s:
    """Return the scores of a clip's block, to those who may see them."""
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
    """Give every clip of a subset to each of these annotators; return how many.

    A clip that an annotator has already is left as it is.
    """
    policy = {"sees_scores": sees_scores, "sees_others": sees_others}
    giving = Giving(annotators=annotators, **policy)
    queues = give_clips(user=user, subset=subset, giving=giving)
    return sum(len(queue.order) for queue in queues)
