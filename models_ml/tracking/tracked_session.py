"""Tracking of all videos of a session, written as one file in WhACC's layout."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models_ml.session_files.layout import SessionFileError
from models_ml.session_files.writer import SessionArrays, write_session_file
from models_ml.tracking.exceptions import VideoError
from models_ml.tracking.in_range import in_range
from models_ml.tracking.processes import track_side_by_side
from models_ml.tracking.tracked_video import (
    FrameState,
    TrackedVideo,
    TrackingSettings,
    read_tracked_video,
)
from models_ml.tracking.trial_names import TrialVideo

# Room for the tables of HDF5.
_TABLE_BYTES = 2**18


class Progress(Protocol):
    """Receives the number of tracked videos and of all videos."""

    def __call__(self, done: int, total: int) -> None:
        """Show or store the progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedTrial:
    """A trial and the result of tracking its video."""

    number: int
    video_name: str
    video: TrackedVideo


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedSession:
    """The result of tracking the videos of a session.

    Attributes
    ----------
    trials : tuple of TrackedTrial
        In the order of the videos.
    left_out : tuple of str
        The error message of each video that could not be tracked.
    """

    trials: tuple[TrackedTrial, ...]
    left_out: tuple[str, ...]


def track_session(
    videos: Sequence[TrialVideo],
    *,
    settings: TrackingSettings,
    work_folder: Path,
    n_processes: int,
    progress: Progress,
) -> TrackedSession:
    """Track the videos of a session, except those that an earlier attempt has tracked.

    Parameters
    ----------
    videos : sequence of TrialVideo
        The videos, in the order of the session.
    settings : TrackingSettings
        The template, and the size of crops.
    work_folder : Path
        Folder for the result of each video until the session is written; about as large
        as the crops. A later attempt with the same settings tracks only the videos
        without a result.
    n_processes : int
        Number of videos at the same time.
    progress : callable
        Called at the start and after each video.

    Returns
    -------
    session : TrackedSession

    Raises
    ------
    VideoError
        If no video can be tracked.
    OSError
        If the disk is full.
    """
    parts = [work_folder / f"{video.number}" for video in videos]
    _remove_unfinished(work_folder)
    due = [
        index
        for index, (video, part) in enumerate(zip(videos, parts, strict=True))
        if read_tracked_video(video.path, part, settings) is None
    ]
    progress(len(videos) - len(due), len(videos))
    errors: dict[int, str] = {}
    outcomes = track_side_by_side(
        [videos[index].path for index in due],
        [parts[index] for index in due],
        settings,
        n_processes=n_processes,
    )
    try:
        for n_done, outcome in enumerate(outcomes, start=1):
            if outcome.error:
                errors[due[outcome.index]] = outcome.error
            progress(len(videos) - len(due) + n_done, len(videos))
    finally:
        # A process that was killed cannot remove its files.
        outcomes.close()
        _remove_unfinished(work_folder)
    left_out = tuple(errors[index] for index in sorted(errors))
    trials = _read(videos, parts, settings, set(errors))
    if not trials:
        raise VideoError(
            f"None of {len(videos)} videos can be tracked. "
            f"{left_out[0] if left_out else ''}"
        )
    return TrackedSession(trials=trials, left_out=left_out)


def write_tracked_session(
    path: Path,
    session: TrackedSession,
    *,
    settings: TrackingSettings,
    pole_times: npt.NDArray[np.float64] | None,
    grey_once: bool = True,
) -> None:
    """Write tracked trials as a session file in WhACC's layout.

    Parameters
    ----------
    path : Path
        The file to write, complete or not at all.
    session : TrackedSession
        The result of tracking; crops are read one trial at a time.
    settings : TrackingSettings
        The template, and the size of crops.
    pole_times : array of float64, shape (2, n_trials), or None
        Frames of each trial from which and until which the pole is in reach, NaN where
        unknown.
    grey_once : bool
        Write one channel instead of three; see `write_session_file`.

    Raises
    ------
    SessionFileError
        If the disk is full. Then no file is left.

    Notes
    -----
    Keys in addition to WhACC's: ``locations_x_y_fine`` (float64, the corners between
    pixels), ``match_scores`` (float32, correlation) and ``frame_states`` (uint8,
    `FrameState`). The key ``in_range`` follows from `pole_times`.
    """
    records = np.concatenate([trial.video.records for trial in session.trials])
    n_frames = np.array([len(trial.video.records) for trial in session.trials])
    n_bytes = sum(trial.video.crops.nbytes for trial in session.trials)
    _check_room(path, n_bytes * (1 if grey_once else 3) + 2 * records.nbytes)
    write_session_file(
        path,
        trials=[(trial.number, trial.video_name) for trial in session.trials],
        frames=(trial.video.crops for trial in session.trials),
        grey_once=grey_once,
        arrays=SessionArrays(
            locations_x_y=records["corner"],
            max_val_stack=records["value"],
            template_img=settings.template,
            pole_times=pole_times,
            in_range=None if pole_times is None else in_range(pole_times, n_frames),
            of_each_frame={
                "locations_x_y_fine": records["fine"],
                "match_scores": records["score"],
                "frame_states": records["state"],
            },
        ),
    )


def count_states(session: TrackedSession) -> dict[FrameState, int]:
    """Count the frames in each state.

    Parameters
    ----------
    session : TrackedSession
        The result of tracking.

    Returns
    -------
    counts : dict of FrameState to int
    """
    states = np.concatenate([trial.video.records["state"] for trial in session.trials])
    return {state: int(np.count_nonzero(states == state)) for state in FrameState}


def _remove_unfinished(work_folder: Path) -> None:
    """Remove the unfinished files of a killed attempt."""
    for path in work_folder.glob(".*.npz.*"):
        path.unlink(missing_ok=True)
    for path in work_folder.glob(".*.crops.*"):
        path.unlink(missing_ok=True)
    for path in work_folder.glob("*.crops"):
        if not path.with_suffix(".npz").exists():
            path.unlink(missing_ok=True)


def _check_room(path: Path, n_bytes: int) -> None:
    """Check that the disk has room. HDF5 would not close a half-written file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryFile(dir=path.parent) as file:
            os.posix_fallocate(file.fileno(), 0, n_bytes + _TABLE_BYTES)
    except OSError as error:
        raise SessionFileError(
            f"{path.name} cannot be written: it needs about {n_bytes // 2**20 + 1} MiB "
            f"({error.strerror}). Free some disk space or change the folder's "
            "permissions, and start again."
        ) from error


def _read(
    videos: Sequence[TrialVideo],
    parts: Sequence[Path],
    settings: TrackingSettings,
    failed: set[int],
) -> tuple[TrackedTrial, ...]:
    trials = []
    for index, (video, part) in enumerate(zip(videos, parts, strict=True)):
        if index in failed:
            continue
        tracked = read_tracked_video(video.path, part, settings)
        if tracked is None:
            raise VideoError(
                f"{video.path.name} was changed while it was tracked. Start again."
            )
        trials.append(
            TrackedTrial(number=video.number, video_name=video.path.name, video=tracked)
        )
    return tuple(trials)
