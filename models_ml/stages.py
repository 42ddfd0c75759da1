"""Pipelines whose stages work on different items at the same time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

Stage = Callable[[Any], Any]


def in_stages(
    items: Iterable[Any], stages: Sequence[Stage], *, waiting: int = 1
) -> Generator[Any, None, None]:
    """Process items in stages and yield the results, in the order of the items.

    Parameters
    ----------
    items : iterable
        Read one by one, by the thread that reads the results.
    stages : sequence of functions
        The first function is called with an item, each other one with the result of the
        one before. Each stage has its own thread.
    waiting : int
        Number of results that may wait to be read. At most this many items, and one per
        stage, are in memory.

    Yields
    ------
    result : object
        The result of the last stage.

    Raises
    ------
    Exception
        If a stage raises one, when it is the item's turn. Then, and when the generator
        is closed, no item enters another stage, and all threads end.

    Examples
    --------
    >>> list(in_stages([1, 2, 3], [lambda n: n + 1, str]))
    ['2', '3', '4']
    """
    threads = [ThreadPoolExecutor(1) for _ in stages]
    results: deque[Future[Any]] = deque()
    try:
        for item in items:
            results.append(_through(item, stages, threads))
            if len(results) == len(stages) + waiting:
                yield results.popleft().result()
        while results:
            yield results.popleft().result()
    finally:
        for thread in threads:
            thread.shutdown(wait=False, cancel_futures=True)
        for thread in threads:
            thread.shutdown()


def _through(
    item: Any, stages: Sequence[Stage], threads: Sequence[ThreadPoolExecutor]
) -> Future[Any]:
    result: Future[Any] = Future()
    result.set_result(item)
    for stage, thread in zip(stages, threads, strict=True):
        result = thread.submit(_after, result, stage)
    return result


def _after(before: Future[Any], stage: Stage) -> Any:
    return stage(before.result())
