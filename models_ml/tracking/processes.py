"""Tracking of several videos at the same time, each in its own process.

If a damaged file crashes its process, the other videos go on. And the memory of the
decoder is freed with its process.
"""

import multiprocessing
import os
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

import cv2

from models_ml.tracking.exceptions import TemplateError, VideoError
from models_ml.tracking.tracked_video import TrackingSettings, track_video


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoOutcome:
    """Outcome of tracking a video.

    Attributes
    ----------
    index : int
        Position of the video.
    error : str
        Why the video cannot be tracked, in one sentence; empty if it was tracked.
    """

    index: int
    error: str


def track_side_by_side(
    videos: Sequence[Path],
    parts: Sequence[Path],
    settings: TrackingSettings,
    *,
    n_processes: int,
) -> Generator[VideoOutcome, None, None]:
    """Track videos, several at the same time.

    Parameters
    ----------
    videos, parts : sequence of Path
        The videos, and the paths of their results; see `track_video`.
    settings : TrackingSettings
        The template, and the size of crops.
    n_processes : int
        Number of videos at the same time.

    Yields
    ------
    outcome : VideoOutcome
        In the order in which the videos are finished.

    Raises
    ------
    OSError
        If the disk is full or a folder cannot be written to.
    """
    # A forked process would inherit locks that another thread may hold.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    running: dict[Connection, tuple[int, BaseProcess]] = {}
    due = list(range(len(videos)))[::-1]
    try:
        while due or running:
            while due and len(running) < n_processes:
                index = due.pop()
                reader, writer = context.Pipe(duplex=False)
                process: BaseProcess = context.Process(
                    target=_track,
                    args=(videos[index], parts[index], settings, writer),
                    daemon=True,
                )
                process.start()
                writer.close()
                running[reader] = index, process
            ready = set(wait(list(running)))
            for reader in [reader for reader in running if reader in ready]:
                index, process = running.pop(reader)
                error = _error(reader, process, videos[index])
                yield VideoOutcome(index=index, error=error)
    finally:
        for _, unfinished in running.values():
            unfinished.terminate()
            unfinished.join()


def _track(
    video: Path, part: Path, settings: TrackingSettings, writer: Connection
) -> None:
    """Track a video in this process and send the outcome."""
    Thread(target=_end_with_parent, daemon=True).start()
    # The other cores track other videos.
    cv2.setNumThreads(1)
    try:
        track_video(video, part, settings)
    except (VideoError, TemplateError) as error:
        writer.send(str(error))
    except OSError as error:
        writer.send(error)
    else:
        writer.send("")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _error(reader: Connection, process: BaseProcess, video: Path) -> str:
    outcome: str | OSError | None = None
    with suppress(EOFError):
        outcome = reader.recv()
    reader.close()
    process.join()
    if isinstance(outcome, OSError):
        raise outcome
    if outcome is None:
        return (
            f"{video.name} cannot be decoded: its process ended with "
            f"{process.exitcode}. Record or copy it again."
        )
    return outcome
