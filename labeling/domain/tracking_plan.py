"""What is to be tracked: a folder below the data root, looked through beforehand."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.domain.report import Report
from labeling.domain.session_files import (
    check_below_data_root,
    data_root,
    folder_below_data_root,
    new_file_below_data_root,
    path_below_data_root,
)
from labeling.errors import LabelingError, core_errors_said
from models_ml.tracking.pole_time_files import check_pole_times, read_pole_times_file
from models_ml.tracking.session_check import odd_videos, videos_of_another_size
from models_ml.tracking.tracked_video import TrackingSettings
from models_ml.tracking.tracking_error import VideoError
from models_ml.tracking.trial_names import (
    TrialVideo,
    session_name,
    trials_of,
    videos_in,
)
from models_ml.tracking.videos import VideoFacts, decoded_frames, read_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingRequest:
    """What somebody asks for; all of it fits into a job's parameters.

    `folder`, `out` and `pole_times_file` are relative to the data root. The template
    is cut around (`x`, `y`), the pole's middle, in frame `frame` of `video`: by
    default the middle frame of the first video.
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
    # By trial number as text, which is what JSON has for keys: [up, down].
    pole_times: dict[str, list[float]] = field(default_factory=dict)
    three_channels: bool = False
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingPlan:
    """A request that was looked through.

    `notices` has a sentence for everything that is odd, `known_times` the pole times
    that need not be found.
    """

    out: Path
    name: str
    videos: tuple[TrialVideo, ...]
    facts: tuple[VideoFacts, ...]
    notices: tuple[str, ...]
    known_times: dict[int, tuple[float, float]]


def plan_tracking(request: TrackingRequest, report: Report) -> TrackingPlan:
    """Look through a folder; nothing is decoded or written."""
    folder = folder_below_data_root(request.folder)
    out = new_file_below_data_root(request.out)
    with core_errors_said():
        paths = videos_in(folder)
        for path in paths:
            if path.name not in request.left_out:
                check_below_data_root(path)
        trials = trials_of(paths, numbers=request.numbers, left_out=request.left_out)
    facts, unreadable = _facts(trials, report)
    if not facts:
        raise LabelingError(
            f"Expected videos in {request.folder!r} that can be read, found none: "
            f"{unreadable[0]}"
        )
    of_another_size = videos_of_another_size(facts)
    kept = [
        trial
        for trial in trials
        if trial.path.name in facts and trial.path.name not in of_another_size
    ]
    kept_facts = {trial.path.name: facts[trial.path.name] for trial in kept}
    return TrackingPlan(
        out=out,
        name=request.session_name.strip() or session_name(trials[0].path.name),
        videos=tuple(kept),
        facts=tuple(kept_facts.values()),
        notices=(*unreadable, *of_another_size.values(), *odd_videos(kept_facts)),
        known_times=_known_times(request, [trial.number for trial in kept]),
    )


def settings_of(request: TrackingRequest, plan: TrackingPlan) -> TrackingSettings:
    """Cut the template out of its video."""
    if not (1 < request.template_px <= 1000 and 1 < request.crop_px <= 1000):
        raise LabelingError(
            "Expected template and crop of 2 to 1000 px, found "
            f"{request.template_px} and {request.crop_px}: choose other sizes."
        )
    by_name = {video.path.name: video.path for video in plan.videos}
    name = request.video or plan.videos[0].path.name
    if name not in by_name:
        raise LabelingError(
            f"Expected the template's video to be one of the session, found {name!r}: "
            "check the name."
        )
    grey = _frame(by_name[name], request.frame)
    left, top = (middle - request.template_px // 2 for middle in (request.x, request.y))
    right, bottom = left + request.template_px, top + request.template_px
    if min(left, top) < 0 or right > grey.shape[1] or bottom > grey.shape[0]:
        raise LabelingError(
            f"Expected a template of {request.template_px} px around ({request.x}, "
            f"{request.y}) to lie within the frame of {grey.shape[1]}x{grey.shape[0]} "
            "px: choose the pole's middle, or a smaller template."
        )
    return TrackingSettings(
        template=grey[top:bottom, left:right].copy(),
        crop_px=(request.crop_px, request.crop_px),
    )


def relative_to_data_root(path: Path) -> str:
    """Return a path as the database keeps it."""
    return str(path.relative_to(data_root()))


def _facts(
    trials: list[TrialVideo], report: Report
) -> tuple[dict[str, VideoFacts], list[str]]:
    """Return what each video holds, and a sentence for each that cannot be read."""
    facts, unreadable = {}, []
    for index, trial in enumerate(trials):
        report("looking through the videos", index, len(trials))
        try:
            facts[trial.path.name] = read_facts(trial.path)
        except VideoError as error:
            unreadable.append(str(error))
    report("looking through the videos", len(trials), len(trials))
    return facts, unreadable


def _known_times(
    request: TrackingRequest, numbers: list[int]
) -> dict[int, tuple[float, float]]:
    times: dict[int, tuple[float, float]] = {}
    with core_errors_said():
        if request.pole_times_file:
            path = path_below_data_root(request.pole_times_file)
            times.update(read_pole_times_file(path, numbers))
        for number, (up, down) in request.pole_times.items():
            check_pole_times(int(number), up, down)
            times[int(number)] = up, down
    unknown = sorted(set(times) - set(numbers))
    if unknown:
        raise LabelingError(
            f"Expected pole times of the session's trials, found some of trial "
            f"{unknown[0]}, which is none of them: check the numbers."
        )
    return times


def _frame(path: Path, index: int | None) -> npt.NDArray[np.uint8]:
    with core_errors_said():
        wanted = read_facts(path).n_frames // 2 if index is None else index
        for frame in decoded_frames(path):
            if frame.index == wanted and frame.grey is not None:
                return frame.grey
    raise LabelingError(
        f"Expected frame {wanted} of {path.name} for the template, found that it has "
        "none, or that it cannot be decoded: choose another frame."
    )
