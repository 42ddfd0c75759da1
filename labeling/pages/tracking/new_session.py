"""The page that makes a session from videos: folders, videos, tracked samples."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from labeling.domain.jobs.progress import silent_progress
from labeling.domain.recordings.session_files import (
    data_root,
    folder_below_data_root,
)
from labeling.domain.tracking.plan import (
    TrackingPlan,
    TrackingRequest,
    plan_tracking,
    some_videos,
)
from labeling.domain.tracking.previews import tracked_samples
from labeling.domain.tracking.requests import check_may_track, check_new
from labeling.errors import LabelingError
from labeling.models import User
from labeling.pages.frame_strip import png_data_uri
from models_ml.tracking.trial_names import natural_key, trial_number, videos_in
from models_ml.tracking.video_facts import VideoFacts

LISTED_FOLDERS_MAX = 500
LISTED_VIDEOS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """A folder below the data root: its ancestors, its folders, its videos.

    `ancestors` and `folders` have (name, path relative to the data root).
    """

    folder: str
    ancestors: tuple[tuple[str, str], ...]
    folders: tuple[tuple[str, str], ...]
    n_videos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRow:
    """A video in the list; `facts` is None if it was not inspected."""

    name: str
    number: int | None
    facts: VideoFacts | None
    is_tracked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoListing:
    """The videos of a folder; `error` says why they cannot be tracked."""

    rows: tuple[VideoRow, ...]
    notices: tuple[str, ...]
    error: str
    plan: TrackingPlan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRow:
    """The tracked crops of a trial as a picture for a page."""

    name: str
    score_min: float
    picture: str


def folder_listing(user: User, folder: str) -> FolderListing:
    """List a folder, without links that lead out of the data root."""
    check_may_track(user)
    path = folder_below_data_root(folder or ".")
    relative = path.relative_to(data_root())
    inside = sorted(_folders_in(path), key=lambda each: natural_key(each.name))
    return FolderListing(
        folder=relative.as_posix(),
        ancestors=tuple(
            (part, Path(*relative.parts[: depth + 1]).as_posix())
            for depth, part in enumerate(relative.parts)
        ),
        folders=tuple(
            (each.name, (relative / each.name).as_posix())
            for each in inside[:LISTED_FOLDERS_MAX]
        ),
        n_videos=len(videos_in(path)),
    )


def video_listing(user: User, request: TrackingRequest) -> VideoListing:
    """List the videos of a request, with notices about unusual ones."""
    check_may_track(user)
    paths = videos_in(folder_below_data_root(request.folder))
    plan, error = None, ""
    try:
        plan = plan_tracking(request, silent_progress, some_videos)
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
    return VideoListing(rows=rows, notices=notices, error=error, plan=plan)


def sample_rows(user: User, request: TrackingRequest) -> list[SampleRow]:
    """Return tracked crops of a few trials, drawn anew at each call."""
    return [
        SampleRow(
            name=sample.name,
            score_min=sample.score_min,
            picture=png_data_uri(sample.png),
        )
        for sample in tracked_samples(user, request)
    ]


def _folders_in(path: Path) -> Iterator[Path]:
    root = data_root()
    # Directory entries know their type: thousands of videos need no call each.
    with os.scandir(path) as entries:
        folders = [Path(entry.path) for entry in entries if entry.is_dir()]
    for each in folders:
        is_shown = each.name.isprintable() and not each.name.startswith(".")
        if is_shown and each.resolve().is_relative_to(root):
            yield each
