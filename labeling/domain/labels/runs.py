"""Labels as runs and as arrays.

A run is `(start, stop, value)`, half-open, counted from the trial's first frame.
In arrays, `UNLABELLED` stands where nobody has said anything.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

UNLABELLED = -1

Run = tuple[int, int, int | None]
LabelValues = npt.NDArray[np.int8]


def runs_of(values: LabelValues, *, first: int) -> list[Run]:
    """Return the maximal runs of equal labels; `values[0]` is frame `first`."""
    if not len(values):
        return []
    edges = np.flatnonzero(np.diff(values)) + 1
    starts = [0, *edges.tolist()]
    stops = [*edges.tolist(), len(values)]
    return [
        (first + start, first + stop, int(values[start]))
        for start, stop in zip(starts, stops, strict=True)
        if values[start] != UNLABELLED
    ]


def apply_runs(values: LabelValues, runs: Iterable[Run], *, first: int) -> None:
    """Write runs into `values` in place; a value of None clears."""
    for start, stop, value in runs:
        values[start - first : stop - first] = UNLABELLED if value is None else value
