"""Looking before tracking: folders, what lies in them, a frame, a few tracked crops.

Whatever opens a video does so in a process of its own.
"""

import os
import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from labeling.domain.jobs.progress import silent_progress
from labeling.domain.recordings.session_files import (
    check_below_data_root,
    data_root,
    folder_below_data_root,
)
from labeling.domain.tracking.plan import (
    TrackingPlan,
    TrackingRequest,
    look_into_drawn,
    look_into_some,
    plan_tracking,
    template_place,
)
from labeling.domain.tracking.requests import check_may_track, check_new
from labeling.errors import LabelingError, translated_core_errors
from labeling.models import Session, User
from models_ml.tracking.child_process import run_in_child_process
from models_ml.tracking.previews import frame_png, samples
from models_ml.tracking.trial_names import (
    is_video_name,
    natural_key,
    trial_number,
    videos_in,
)
from models_ml.tracking.video_facts import VideoFacts

LISTED_FOLDERS_MAX = 500
LISTED_VIDEOS_MAX = 500
SAMPLED_TRIALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLook:
    """A folder below the data root: the way to it, and what lies directly in it."""

    folder: str
    ways: tuple[tuple[str, str], ...]
    folders: tuple[tuple[str, str], ...]
    n_videos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRow:
    """A video as the page lists it; without facts it was not looked into."""

    name: str
    number: int | None
    facts: VideoFacts | None
    is_tracked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VideosLook:
    """What is in a folder's videos; `error` says why they cannot be tracked so."""

    rows: tuple[VideoRow, ...]
    notices: tuple[str, ...]
    error: str
    plan: TrackingPlan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSample:
    """A trial's tracked crops, as a picture that a page can hold."""

    name: str
    score_min: float
    png_base64: str


def look_at_folder(user: User, folder: str) -> FolderLook:
    """List a folder; whatever leads out of the data root is not there."""
    check_may_track(user)
    path = folder_below_data_root(folder or ".")
    relative = path.relative_to(data_root())
    inside = sorted(_folders_in(path), key=lambda each: natural_key(each.name))
    return FolderLook(
        folder=relative.as_posix(),
        ways=tuple(
            (part, Path(*relative.parts[: depth + 1]).as_posix())
            for depth, part in enumerate(relative.parts)
        ),
        folders=tuple(
            (each.name, (relative / each.name).as_posix())
            for each in inside[:LISTED_FOLDERS_MAX]
        ),
        n_videos=len(videos_in(path)),
    )


def earlier_request(user: User, session: Session) -> TrackingRequest:
    """Return what a session was tracked with, to track it again under another name."""
    check_may_track(user)
    if session.tracking is None:
        raise LabelingError(
            f"Expected a session that was tracked here; {session} was imported: choose "
            "its folder of videos instead."
        )
    request = TrackingRequest(**session.tracking)
    again = f"{PurePosixPath(request.out).with_suffix('')}-again.h5"
    return replace(request, out=again, session_name=f"{session.name} again")


def look_at_videos(user: User, request: TrackingRequest) -> VideosLook:
    """Say what would be tracked, and what is odd."""
    check_may_track(user)
    paths = videos_in(folder_below_data_root(request.folder))
    plan, error = None, ""
    try:
        plan = plan_tracking(request, silent_progress, look_into_some)
        check_new(plan)
    except LabelingError as problem:
        error = str(problem)
    facts = plan.facts if plan else {}
    tracked = {video.path.name for video in plan.videos} if plan else set()
    rows = tuple(
        VideoRow(
            name=path.name,
            number=request.numbers.get(path.name, trial_number(path.name)),
            facts=facts.get(path.name),
            is_tracked=path.name in tracked,
        )
        for path in paths
    )
    notices = plan.notices if plan else ()
    return VideosLook(rows=rows, notices=notices, error=error, plan=plan)


def frame_picture(user: User, *, folder: str, video: str, frame: int | None) -> bytes:
    """Return a video's frame as PNG."""
    check_may_track(user)
    path = video_in(folder, video)
    with translated_core_errors():
        return run_in_child_process(frame_png, path, frame)


def tracked_samples(user: User, request: TrackingRequest) -> list[ShownSample]:
    """Track a few frames of a few trials that are drawn anew each time."""
    check_may_track(user)
    plan = plan_tracking(request, silent_progress, look_into_drawn)
    place = template_place(request, plan)
    paths = [video.path for video in plan.videos if video.path.name in plan.facts]
    drawn = random.sample(range(len(paths)), min(SAMPLED_TRIALS, len(paths)))
    with translated_core_errors():
        found = run_in_child_process(
            samples, place, [paths[index] for index in sorted(drawn)]
        )
    return [
        ShownSample(
            name=sample.name,
            score_min=sample.score_min,
            png_base64=b64encode(sample.png).decode(),
        )
        for sample in found
    ]


def video_in(folder: str, video: str) -> Path:
    """Return a video that lies directly in a folder below the data root."""
    path = folder_below_data_root(folder) / video
    if path.name == video and is_video_name(video) and path.is_file():
        check_below_data_root(path)
        return path
    raise LabelingError(
        f"Expected a video of the folder {folder!r}, found none named {video!r}: check "
        "the name."
    )


def _folders_in(path: Path) -> Iterator[Path]:
    root = data_root()
    # Entries know what they are: thousands of videos need not be asked one by one.
    with os.scandir(path) as entries:
        folders = [Path(entry.path) for entry in entries if entry.is_dir()]
    for each in folders:
        is_shown = each.name.isprintable() and not each.name.startswith(".")
        if is_shown and each.resolve().is_relative_to(root):
            yield each
