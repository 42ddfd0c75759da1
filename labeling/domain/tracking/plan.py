"""What is to be tracked: a folder below the data root, looked through beforehand."""

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

# Into how many videos is looked while somebody waits; a job looks into all.
LOOKED_INTO_MAX, DRAWN_MAX = 200, 12
_LOOKED_AT_TOGETHER = 200
_LOOK_SECONDS_MAX = 300

Choice = Callable[[list[TrialVideo]], list[TrialVideo]]


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

    `facts` is by file name, of the videos that were looked into. `notices` has a
    sentence for everything that is odd, `known_times` the pole times that need not be
    found.
    """

    out: Path
    name: str
    videos: tuple[TrialVideo, ...]
    facts: dict[str, VideoFacts]
    notices: tuple[str, ...]
    known_times: dict[int, tuple[float, float]]


def look_into_all(trials: list[TrialVideo]) -> list[TrialVideo]:
    """Choose every video."""
    return trials


def look_into_some(trials: list[TrialVideo]) -> list[TrialVideo]:
    """Choose a few hundred videos at most, evenly spread, the first among them."""
    step = -(-len(trials) // LOOKED_INTO_MAX) or 1
    return trials[::step]


def look_into_drawn(trials: list[TrialVideo]) -> list[TrialVideo]:
    """Draw a few videos."""
    drawn = random.sample(range(len(trials)), min(DRAWN_MAX, len(trials)))
    return [trials[index] for index in sorted(drawn)]


def plan_tracking(
    request: TrackingRequest, progress: JobProgress, look_into: Choice = look_into_all
) -> TrackingPlan:
    """Look through a folder; nothing is decoded or written.

    Videos that `look_into` does not choose are taken for what their names promise.
    """
    folder = folder_below_data_root(request.folder)
    out = new_file_below_data_root(request.out)
    with translated_core_errors():
        paths = videos_in(folder)
        for path in paths:
            if path.name not in request.left_out:
                check_below_data_root(path)
        trials = trials_of(paths, numbers=request.numbers, left_out=request.left_out)
    chosen = look_into(trials)
    facts, unreadable = _facts(chosen, progress)
    if not facts:
        raise LabelingError(
            f"Expected videos in {request.folder!r} that can be read, found none: "
            f"{next(iter(unreadable.values()))}"
        )
    left_out = {**unreadable, **videos_of_another_size(facts)}
    kept = [trial for trial in trials if trial.path.name not in left_out]
    kept_facts = {name: video for name, video in facts.items() if name not in left_out}
    return TrackingPlan(
        out=out,
        name=request.session_name.strip() or session_name(trials[0].path.name),
        videos=tuple(kept),
        facts=kept_facts,
        notices=(
            *_looked_into(len(chosen), len(trials)),
            *left_out.values(),
            *odd_videos(kept_facts),
        ),
        known_times=_known_times(request, [trial.number for trial in kept]),
    )


def template_place(request: TrackingRequest, plan: TrackingPlan) -> TemplateSource:
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
    return TemplateSource(
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


def _looked_into(n_chosen: int, n_trials: int) -> list[str]:
    if n_chosen == n_trials:
        return []
    return [
        f"{n_chosen:,} of {n_trials:,} videos were looked into, evenly spread; the job "
        "looks into all, and leaves out what cannot be read or has another size."
    ]


def _facts(
    trials: list[TrialVideo], progress: JobProgress
) -> tuple[dict[str, VideoFacts], dict[str, str]]:
    """Return what each video holds, and a sentence for each that cannot be read."""
    facts, unreadable = {}, {}
    for start in range(0, len(trials), _LOOKED_AT_TOGETHER):
        progress("looking through the videos", start, len(trials))
        some = trials[start : start + _LOOKED_AT_TOGETHER]
        with translated_core_errors():
            found = run_in_child_process(
                facts_of,
                [trial.path for trial in some],
                timeout_seconds=_LOOK_SECONDS_MAX,
            )
        for trial, said in zip(some, found, strict=True):
            if isinstance(said, VideoFacts):
                facts[trial.path.name] = said
            else:
                unreadable[trial.path.name] = said
    progress("looking through the videos", len(trials), len(trials))
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
            f"Expected pole times of the session's trials, found some of trial "
            f"{unknown[0]}, which is none of them: check the numbers."
        )
    return times
