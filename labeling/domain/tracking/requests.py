"""Asking for tracking: what can be refused at once is, then it is a job.

The web process reads this module and not `tracking`, which loads a decoder.
"""

from dataclasses import asdict
from pathlib import Path

from labeling.domain.jobs.progress import silent_progress
from labeling.domain.jobs.queue import request_job
from labeling.domain.permissions import require_admin
from labeling.domain.recordings.sessions import UNIQUE_SENTENCES
from labeling.domain.tracking.plan import (
    TrackingPlan,
    TrackingRequest,
    look_into_some,
    plan_tracking,
    relative_to_data_root,
    template_place,
)
from labeling.errors import LabelingError
from labeling.models import Job, Session, User


def request_tracking(*, user: User, request: TrackingRequest) -> Job:
    """Queue tracking as a job; what can be refused at once is."""
    check_may_track(user)
    plan = plan_tracking(request, silent_progress, look_into_some)
    check_new(plan)
    template_place(request, plan)
    return request_job(
        user=user,
        kind=Job.Kind.TRACK,
        title=f"Track {len(plan.videos)} videos: {plan.name}"[:300],
        parameters=asdict(request),
    )


def check_may_track(user: User) -> None:
    """Refuse users who may not track videos."""
    require_admin(user, "track videos")


def check_new(plan: TrackingPlan) -> None:
    """Refuse before hours of tracking what the session could not be recorded as."""
    file = relative_to_data_root(plan.out)
    for key, value in (("file", file), ("name", plan.name)):
        taken = Session.objects.filter(**{key: value}).first()
        if taken is not None:
            raise LabelingError(
                UNIQUE_SENTENCES[key].format(name=plan.name, file=file, taken=taken)
            )
    if plan.out.exists() and not work_path(plan.out).exists():
        raise LabelingError(
            f"Expected a new file, found that {file!r} exists: choose another name, or "
            "import that file."
        )


def work_path(out: Path) -> Path:
    """Return the folder where finished videos are kept until the session is."""
    return out.with_name(f".{out.name}.tracking")
