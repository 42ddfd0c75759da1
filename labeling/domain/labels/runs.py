"""Labels as runs and as arrays.

A run is `(start, stop, value)`, half-open, counted from the trial's first frame. In
arrays, frames without a label have the value `UNLABELLED`.
"""

from collections.abc import Iterable

from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.intervals import equal_runs

Run = tuple[int, int, int | None]


def runs_of(values: LabelValues, *, first: int) -> list[Run]:
    """Return the maximal runs of equal labels; `values[0]` is the label of `first`."""
    starts, stops = equal_runs(values)
    runs = zip(starts.tolist(), stops.tolist(), values[starts].tolist(), strict=True)
    return [
        (first + start, first + stop, value)
        for start, stop, value in runs
        if value != UNLABELLED
    ]


def apply_runs(values: LabelValues, runs: Iterable[Run], *, first: int) -> None:
    """Write runs into `values` in place; a value of None removes labels."""
    for start, stop, value in runs:
        values[start - first : stop - first] = UNLABELLED if value is None else value
