"""Work on a video in a process of its own, for a caller that must outlive the file.

A damaged file can bring a decoder down or hold it for ever, and a decoder's libraries
are large: neither is for a process that answers requests.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from models_ml.tracking.exceptions import TrackingError, VideoError

Result = TypeVar("Result")


def run_in_child_process(
    function: Callable[..., Result], *arguments: Any, timeout_seconds: float = 60
) -> Result:
    """Call a function in a process of its own.

    Parameters
    ----------
    function : callable
        One that a module names; it imports what it needs by itself.
    *arguments
        What it is called with.
    timeout_seconds : float
        After so long the process is ended.

    Returns
    -------
    result
        What it returns.

    Raises
    ------
    TrackingError
        What it raises of this kind; a VideoError if it takes too long or is brought
        down.
    """
    # Its children begin with the libraries loaded, and with no lock that another
    # thread of this process may hold.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["models_ml.tracking.processes"])
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(
        target=_call, args=(function, arguments, writer), daemon=True
    )
    process.start()
    writer.close()
    try:
        if not reader.poll(timeout_seconds):
            raise VideoError(
                f"Expected to read the video within {timeout_seconds:g} s; it takes "
                "longer: choose a shorter one, or try again when less is going on."
            )
        outcome = reader.recv()
    except EOFError as error:
        raise VideoError(
            "Expected a video that can be decoded; the process that read it was "
            "brought down: record or copy it again."
        ) from error
    finally:
        process.kill()
        process.join()
        reader.close()
    if isinstance(outcome, TrackingError):
        raise outcome
    result: Result = outcome
    return result


def _call(
    function: Callable[..., Any], arguments: tuple[Any, ...], writer: Connection
) -> None:
    try:
        writer.send(function(*arguments))
    except TrackingError as error:
        writer.send(error)
