"""Requests for tracking: checked at once, then queued as a job.

The web process imports this module and not `run`, which loads a video decoder.
"""

from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath

from labeling.domain.jobs.progress import silent_progress
from labeling.domain.jobs.queue import request_job
from labeling.domain.permissions import require_admin
from labeling.domain.recordings.sessions import UNIQUE_SENTENCES
from labeling.domain.tracking.plan import (
    TrackingPlan,
    TrackingRequest,
    plan_tracking,
    relative_to_data_root,
    some_videos,
    template_source,
)
from labeling.errors import LabelingError
from labeling.models import Job, Session, User


def request_tracking(*, user: User, request: TrackingRequest) -> Job:
    """Queue a job that tracks videos, after the checks that need no decoding."""
    check_may_track(user)
    plan = plan_tracking(request, silent_progress, some_videos)
    check_new(plan)
    template_source(request, plan)
    return request_job(
        user=user,
        kind=Job.Kind.TRACK,
        title=f"Track {len(plan.videos)} videos: {plan.name}"[:300],
        parameters=asdict(request),
    )


def request_again(user: User, session: Session) -> TrackingRequest:
    """Return the request of a tracked session, with another file and session name."""
    check_may_track(user)
    if session.tracking is None:
        raise LabelingError(
            f"{session} was imported, not tracked here. Choose its folder of videos "
            "instead."
        )
    request = TrackingRequest(**session.tracking)
    out = f"{PurePosixPath(request.out).with_suffix('')}-again.h5"
    return replace(request, out=out, session_name=f"{session.name} again")


def check_may_track(user: User) -> None:
    """Refuse users who may not track videos."""
    require_admin(user, "track videos")


def check_new(plan: TrackingPlan) -> None:
    """Refuse a plan whose session could not be recorded after hours of tracking."""
    file = relative_to_data_root(plan.out)
    for key, value in (("file", file), ("name", plan.name)):
        taken = Session.objects.filter(**{key: value}).first()
        if taken is not None:
            raise LabelingError(
                UNIQUE_SENTENCES[key].format(name=plan.name, file=file, taken=taken)
            )
    if plan.out.exists() and not work_path(plan.out).exists():
        raise LabelingError(
            f"The file {file!r} exists already. Choose another name, or import that "
            "file."
        )


def work_path(out: Path) -> Path:
    """Return the folder of the tracked videos, until the session is recorded."""
    return out.with_name(f".{out.name}.tracking")
