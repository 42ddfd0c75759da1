"""Previews before tracking: a frame of a video, tracked crops of a few trials.

Videos are opened in a child process: the web process loads no decoder.
"""

import random
from pathlib import Path

from labeling.domain.jobs.progress import silent_progress
from labeling.domain.recordings.session_files import (
    check_below_data_root,
    folder_below_data_root,
)
from labeling.domain.tracking.plan import (
    TrackingRequest,
    drawn_videos,
    plan_tracking,
    template_source,
)
from labeling.domain.tracking.requests import check_may_track
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import User
from models_ml.tracking.child_process import run_in_child_process
from models_ml.tracking.previews import Sample, frame_png, samples
from models_ml.tracking.trial_names import is_video_name

SAMPLED_TRIALS = 4


def frame_picture(user: User, *, folder: str, video: str, frame: int | None) -> bytes:
    """Return a frame of a video as PNG; None: the middle frame."""
    check_may_track(user)
    path = video_in(folder, video)
    with translated_core_errors():
        return run_in_child_process(frame_png, path, frame)


def tracked_samples(user: User, request: TrackingRequest) -> list[Sample]:
    """Return the tracked crops of a few trials, drawn anew at each call."""
    check_may_track(user)
    plan = plan_tracking(request, silent_progress, drawn_videos)
    template = template_source(request, plan)
    paths = [video.path for video in plan.videos if video.path.name in plan.facts]
    indices = random.sample(range(len(paths)), min(SAMPLED_TRIALS, len(paths)))
    drawn = [paths[index] for index in sorted(indices)]
    with translated_core_errors():
        return run_in_child_process(samples, template, drawn)


def video_in(folder: str, video: str) -> Path:
    """Return the path of a video in a folder below the data root."""
    path = folder_below_data_root(folder) / video
    if path.name == video and is_video_name(video) and path.is_file():
        check_below_data_root(path)
        return path
    raise LabelingError(
        f"There is no video {video!r} in the folder {folder!r}. Check the name."
    )
