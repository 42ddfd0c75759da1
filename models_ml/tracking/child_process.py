"""Function calls in a child process, to protect a web process from decoders.

A damaged video can crash a decoder or block it for ever, and decoders are large
libraries.
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
    """Call a function in a child process.

    Parameters
    ----------
    function : callable
        A function at the top level of a module. It imports decoders itself.
    *arguments
        Its arguments.
    timeout_seconds : float
        The child process is killed after this time.

    Returns
    -------
    result
        The return value of the function.

    Raises
    ------
    TrackingError
        If the function raises one; a VideoError if it takes too long or crashes.
    """
    # A fork server's children start with the libraries loaded and inherit no lock that
    # another thread of this process may hold.
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
                f"Reading the video takes longer than {timeout_seconds:g} s. Choose a "
                "shorter one, or try again when the server is less busy."
            )
        outcome = reader.recv()
    except EOFError as error:
        raise VideoError(
            "The video cannot be decoded: it crashed the decoder. Record or copy it "
            "again."
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
