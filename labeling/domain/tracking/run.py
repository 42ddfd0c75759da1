"""The run of tracking: the pole is tracked through videos, a session is recorded."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from labeling.domain.jobs.progress import JobProgress, silent_progress
from labeling.domain.permissions import require_admin
from labeling.domain.recordings.sessions import SessionDetails, import_session
from labeling.domain.tracking.plan import (
    TrackingPlan,
    TrackingRequest,
    plan_tracking,
    relative_to_data_root,
    template_source,
)
from labeling.domain.tracking.requests import check_new, work_path
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import Session, User
from models_ml.tracking.crops import crop_corner
from models_ml.tracking.in_range import pole_up_and_down
from models_ml.tracking.previews import template_at
from models_ml.tracking.tracked_session import (
    TrackedSession,
    count_states,
    track_session,
    write_tracked_session,
)
from models_ml.tracking.tracked_video import FrameState, TrackingSettings

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingResult:
    """The session that was made from videos, with notices about it."""

    session: Session
    n_trials: int
    n_frames: int
    notices: tuple[str, ...]


def track_videos(
    *,
    user: User | None,
    request: TrackingRequest,
    progress: JobProgress = silent_progress,
) -> TrackingResult:
    """Track the pole through a folder of videos and record the session.

    Tracked videos are stored beside the new file until the session is recorded, so a
    later attempt continues where a killed one stopped. `user` is None for the command
    line and for jobs, which only admins request.
    """
    require_admin(user, "track videos")
    plan = plan_tracking(request, progress)
    check_new(plan)
    settings = _settings(request, plan)
    with (
        _work_folder(plan.out) as work,
        translated_core_errors(),
        _write_errors(plan.out),
    ):
        tracked = track_session(
            plan.videos,
            settings=settings,
            work_folder=work,
            n_processes=len(os.sched_getaffinity(0)),
            progress=lambda done, total: progress("tracking videos", done, total),
        )
        times = _pole_times(request, plan, settings, tracked)
        write_tracked_session(
            plan.out,
            tracked,
            settings=settings,
            pole_times=times,
            grey_once=not request.three_channels,
        )
        session = import_session(
            user=None,
            file=relative_to_data_root(plan.out),
            details=SessionDetails(
                name=plan.name, tracking=asdict(request), **request.about
            ),
        )
        shutil.rmtree(work)
    return TrackingResult(
        session=session,
        n_trials=len(tracked.trials),
        n_frames=sum(count_states(tracked).values()),
        notices=(*plan.notices, *tracked.left_out, *_notices(tracked, times)),
    )


def _settings(request: TrackingRequest, plan: TrackingPlan) -> TrackingSettings:
    with translated_core_errors():
        template = template_at(template_source(request, plan))
    return TrackingSettings(
        template=template, crop_px=(request.crop_px, request.crop_px)
    )


def _pole_times(
    request: TrackingRequest,
    plan: TrackingPlan,
    settings: TrackingSettings,
    tracked: TrackedSession,
) -> npt.NDArray[np.float64] | None:
    """Return the known times, and for the other trials the times that are detected."""
    if not request.find_pole_times and not plan.known_times:
        return None
    half = request.template_px // 2
    near = crop_corner(
        (request.x - half, request.y - half),
        template_px=(request.template_px, request.template_px),
        crop_px=settings.crop_px,
    )
    times = []
    for trial in tracked.trials:
        if trial.number in plan.known_times:
            times.append(plan.known_times[trial.number])
        elif request.find_pole_times:
            times.append(pole_up_and_down(trial.video.records, near))
        else:
            times.append((np.nan, np.nan))
    return np.array(times).T


def _notices(
    tracked: TrackedSession, times: npt.NDArray[np.float64] | None
) -> Iterator[str]:
    """Yield a sentence for everything unusual that tracking found."""
    counts = count_states(tracked)
    if counts[FrameState.DAMAGED]:
        yield f"{counts[FrameState.DAMAGED]:,} frames could not be decoded completely."
    if counts[FrameState.POLE_OUT]:
        yield f"The pole is not visible in {counts[FrameState.POLE_OUT]:,} frames."
    if times is not None and np.isnan(times).any():
        missing = [
            trial.number
            for trial, up in zip(tracked.trials, times[0], strict=True)
            if np.isnan(up)
        ]
        yield (
            f"The pole times of {len(missing)} trials are unknown; the first is trial "
            f"{missing[0]}."
        )


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """Create and lock the folder of tracked videos beside the new file."""
    work = work_path(out)
    if work.is_symlink():
        raise LabelingError(f"{work.name!r} is a link, not a folder. Remove it.")
    with _write_errors(out):
        work.mkdir(parents=True, exist_ok=True)
        lock = (work / "lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LabelingError(
                f"{out.name!r} is already being tracked. Wait until that is done."
            ) from error
        yield work


@contextmanager
def _write_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {*_NO_SPACE, errno.EACCES, errno.EROFS}:
            raise
        raise LabelingError(
            f"Cannot write beside {out.name!r} ({error.strerror}). Free some space or "
            "correct the folder's permissions, then start again. Videos that are "
            "already tracked are stored."
        ) from error
