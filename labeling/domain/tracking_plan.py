"""What is to be tracked: a folder below the data root, looked through beforehand."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeling.domain.report import Report
from labeling.domain.session_files import (
    check_below_data_root,
    data_root,
    folder_below_data_root,
    new_file_below_data_root,
    path_below_data_root,
)
from labeling.errors import LabelingError, core_errors_said
from models_ml.tracking.aside import aside
from models_ml.tracking.looks import TemplatePlace, facts_of
from models_ml.tracking.pole_time_files import check_pole_times, read_pole_times_file
from models_ml.tracking.session_check import odd_videos, videos_of_another_size
from models_ml.tracking.trial_names import (
    TrialVideo,
    session_name,
    trials_of,
    videos_in,
)
from models_ml.tracking.video_facts import VideoFacts

_LOOKED_AT_TOGETHER = 100
_LOOK_SECONDS_MAX = 300


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


def template_place(request: TrackingRequest, plan: TrackingPlan) -> TemplatePlace:
    """Return where the template is cut, as far as can be said without decoding."""
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
    return TemplatePlace(
        path=by_name[name],
        frame=request.frame,
        x=request.x,
        y=request.y,
        template_px=request.template_px,
        crop_px=request.crop_px,
    )


def relative_to_data_root(path: Path) -> str:
    """Return a path as the database keeps it."""
    return str(path.relative_to(data_root()))


def _facts(
    trials: list[TrialVideo], report: Report
) -> tuple[dict[str, VideoFacts], list[str]]:
    """Return what each video holds, and a sentence for each that cannot be read."""
    facts, unreadable = {}, []
    for start in range(0, len(trials), _LOOKED_AT_TOGETHER):
        report("looking through the videos", start, len(trials))
        some = trials[start : start + _LOOKED_AT_TOGETHER]
        with core_errors_said():
            found = aside(
                facts_of,
                [trial.path for trial in some],
                timeout_seconds=_LOOK_SECONDS_MAX,
            )
        for trial, said in zip(some, found, strict=True):
            if isinstance(said, VideoFacts):
                facts[trial.path.name] = said
            else:
                unreadable.append(said)
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
