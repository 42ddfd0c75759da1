"""Videos side by side, each in a process of its own.

A process that a damaged file brings down takes no other video along, and what the
decoder held in memory goes back with it.
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
    """How tracking a video ended.

    Attributes
    ----------
    index : int
        Which of the videos.
    error : str
        Why it cannot be tracked, in a sentence; empty if it was.
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
    """Track videos, a few at a time.

    Parameters
    ----------
    videos, parts : sequence of Path
        The videos, and where to keep what is found in each; see `track_video`.
    settings : TrackingSettings
        What to look for.
    n_processes : int
        How many at the same time.

    Yields
    ------
    outcome : VideoOutcome
        In the order in which they end.

    Raises
    ------
    OSError
        If the disk has no room, or a folder may not be written to.
    """
    # A fresh process by fork would inherit locks that another thread may hold.
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
    """Track a video in this process, and say how it ended."""
    Thread(target=_end_with_parent, daemon=True).start()
    # The other cores have videos of their own.
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
    said: str | OSError | None = None
    with suppress(EOFError):
        said = reader.recv()
    reader.close()
    process.join()
    if isinstance(said, OSError):
        raise said
    if said is None:
        return (
            f"Expected a video that can be decoded; the process that read {video.name} "
            f"ended with {process.exitcode}: record or copy it again."
        )
    return said
