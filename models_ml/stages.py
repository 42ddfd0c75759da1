"""Stages that overlap: while an item is in one, others are in those around it."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

Stage = Callable[[Any], Any]


def in_stages(
    items: Iterable[Any], stages: Sequence[Stage], *, waiting: int = 1
) -> Generator[Any, None, None]:
    """Yield what the stages make of each item, in the items' order.

    Parameters
    ----------
    items : iterable
        Taken one by one, by the thread that takes the results.
    stages : sequence of functions
        The first is given an item, each other what the one before it returned. Each
        has one thread of its own, which it shares with no other.
    waiting : int
        Results that may wait to be taken. No more items than these and one for each
        stage are ever held.

    Yields
    ------
    result : object
        What the last stage returned.

    Raises
    ------
    Exception
        What a stage raised, when the item's turn comes. After it, and when the
        generator is closed, no item begins another stage, and no thread is left.

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
