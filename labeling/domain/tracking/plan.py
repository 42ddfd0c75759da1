"""The plan of tracking: a request, and the videos of its folder after inspection."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.recordings.session_files import (
    check_below_data_root,
    data_root,
    folder_below_data_root,
    new_file_below_data_root,
    path_below_data_root,
)
from labeling.errors import LabelingError, translated_core_errors
from models_ml.tracking.child_process import run_in_child_process
from models_ml.tracking.pole_time_files import check_pole_times, read_pole_times_file
from models_ml.tracking.previews import TemplateSource, facts_of
from models_ml.tracking.session_check import odd_videos, videos_of_another_size
from models_ml.tracking.trial_names import (
    TrialVideo,
    session_name,
    trials_of,
    videos_in,
)
from models_ml.tracking.video_facts import VideoFacts

# A page inspects at most so many videos, or draws so many; a job inspects all.
INSPECTED_MAX, DRAWN_MAX = 200, 12
_BATCH_VIDEOS, _BATCH_SECONDS_MAX = 200, 300

Selection = Callable[[list[TrialVideo]], list[TrialVideo]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingRequest:
    """A request for tracking, as a job's parameters and a session store it.

    `folder`, `out` and `pole_times_file` are relative to the data root. The template
    is cut around (`x`, `y`), the centre of the pole, in frame `frame` of `video`: by
    default in the middle frame of the first video. `pole_times` has [up, down] by trial
    number as text, since JSON has text keys.
    """

    folder: str
    out: str
    x: int
    y: int
    session_name: str = ""
    video: str = ""
    frame: int | None = None
    template_px: int = 61
    crop_px: int = 61
    numbers: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    find_pole_times: bool = True
    pole_times_file: str = ""
    pole_times: dict[str, list[float]] = field(default_factory=dict)
    three_channels: bool = False
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingPlan:
    """A request after inspection of its videos.

    `facts` has the inspected videos by file name, `notices` a sentence for everything
    unusual, `known_times` the pole times by trial number that are given in advance.
    """

    out: Path
    name: str
    videos: tuple[TrialVideo, ...]
    facts: dict[str, VideoFacts]
    notices: tuple[str, ...]
    known_times: dict[int, tuple[float, float]]


def all_videos(trials: list[TrialVideo]) -> list[TrialVideo]:
    """Select every video."""
    return trials


def some_videos(trials: list[TrialVideo]) -> list[TrialVideo]:
    """Select at most a few hundred videos, evenly spread, including the first."""
    step = -(-len(trials) // INSPECTED_MAX) or 1
    return trials[::step]


def drawn_videos(trials: list[TrialVideo]) -> list[TrialVideo]:
    """Draw a few videos at random."""
    drawn = random.sample(range(len(trials)), min(DRAWN_MAX, len(trials)))
    return [trials[index] for index in sorted(drawn)]


def plan_tracking(
    request: TrackingRequest, progress: JobProgress, select: Selection = all_videos
) -> TrackingPlan:
    """Inspect a folder of videos; nothing is decoded or written.

    Only the videos that `select` returns are opened. Of the others, the names count.
    """
    folder = folder_below_data_root(request.folder)
    out = new_file_below_data_root(request.out)
    with translated_core_errors():
        paths = videos_in(folder)
        for path in paths:
            if path.name not in request.left_out:
                check_below_data_root(path)
        trials = trials_of(paths, numbers=request.numbers, left_out=request.left_out)
    selected = select(trials)
    facts, unreadable = _facts(selected, progress)
    if not facts:
        raise LabelingError(
            f"No video in {request.folder!r} can be read. "
            f"{next(iter(unreadable.values()))}"
        )
    left_out = {**unreadable, **videos_of_another_size(facts)}
    included = [trial for trial in trials if trial.path.name not in left_out]
    facts = {name: video for name, video in facts.items() if name not in left_out}
    return TrackingPlan(
        out=out,
        name=request.session_name.strip() or session_name(trials[0].path.name),
        videos=tuple(included),
        facts=facts,
        notices=(
            *_inspection_notice(len(selected), len(trials)),
            *left_out.values(),
            *odd_videos(facts),
        ),
        known_times=_known_times(request, [trial.number for trial in included]),
    )


def template_source(request: TrackingRequest, plan: TrackingPlan) -> TemplateSource:
    """Return where the template is cut, after the checks that need no decoding."""
    if not (1 < request.template_px <= 1000 and 1 < request.crop_px <= 1000):
        raise LabelingError(
            f"Template and crop of {request.template_px} and {request.crop_px} px are "
            "not possible. Choose sizes from 2 to 1000 px."
        )
    by_name = {video.path.name: video.path for video in plan.videos}
    name = request.video or plan.videos[0].path.name
    if name not in by_name:
        raise LabelingError(
            f"The template's video {name!r} is not among the session's videos. Check "
            "the name."
        )
    return TemplateSource(
        path=by_name[name],
        frame=request.frame,
        x=request.x,
        y=request.y,
        template_px=request.template_px,
        crop_px=request.crop_px,
    )


def relative_to_data_root(path: Path) -> str:
    """Return a path as the database stores it."""
    return str(path.relative_to(data_root()))


def _inspection_notice(n_selected: int, n_trials: int) -> list[str]:
    if n_selected == n_trials:
        return []
    return [
        f"{n_selected:,} of {n_trials:,} videos were checked, evenly spread. The job "
        "checks all videos and skips those that cannot be read or have another size."
    ]


def _facts(
    trials: list[TrialVideo], progress: JobProgress
) -> tuple[dict[str, VideoFacts], dict[str, str]]:
    """Return the facts of each video, and a sentence for each unreadable one."""
    facts, unreadable = {}, {}
    for start in range(0, len(trials), _BATCH_VIDEOS):
        progress("checking the videos", start, len(trials))
        batch = trials[start : start + _BATCH_VIDEOS]
        with translated_core_errors():
            found = run_in_child_process(
                facts_of,
                [trial.path for trial in batch],
                timeout_seconds=_BATCH_SECONDS_MAX,
            )
        for trial, each in zip(batch, found, strict=True):
            if isinstance(each, VideoFacts):
                facts[trial.path.name] = each
            else:
                unreadable[trial.path.name] = each
    progress("checking the videos", len(trials), len(trials))
    return facts, unreadable


def _known_times(
    request: TrackingRequest, numbers: list[int]
) -> dict[int, tuple[float, float]]:
    times: dict[int, tuple[float, float]] = {}
    with translated_core_errors():
        if request.pole_times_file:
            path = path_below_data_root(request.pole_times_file)
            times.update(read_pole_times_file(path, numbers))
        for number, (up, down) in request.pole_times.items():
            check_pole_times(int(number), up, down)
            times[int(number)] = up, down
    unknown = sorted(set(times) - set(numbers))
    if unknown:
        raise LabelingError(
            f"There are pole times for trial {unknown[0]}, which is not in the "
            "session. Check the numbers."
        )
    return times
