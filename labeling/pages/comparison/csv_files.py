"""The CSV files of a comparison: one for each table, and the touches of a cell."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from labeling.pages.comparison.plots import errors_table
from labeling.pages.comparison.sides import Result
from labeling.pages.comparison.tables import (
    PAIR_MEASURES,
    Figure,
    Row,
    ceiling_rows,
    frame_rows,
    pair_rows,
    shift_rows,
)
from labeling.pages.comparison.touches import TouchRow, with_trials

TableRow = Iterable[object]

ESTIMATE = ("value", "low", "high", "frames", "trials", "why_none")
EXCLUDED = ("n_counted", "n_not_labelled", "n_unsure", "n_out_of_reach", "n_frames")


def _agreement(result: Result) -> Iterator[TableRow]:
    """Yield the statistics of all annotators together."""
    yield ("measure", *ESTIMATE)
    for name, _, figure in frame_rows(result):
        yield (name, *_estimate(figure))


def _pairs(result: Result) -> Iterator[TableRow]:
    names = {key: name for key, name, _ in PAIR_MEASURES}
    yield ("judged", "reference", "measure", *ESTIMATE)
    for row in pair_rows(result):
        for key, figure in row.cells:
            yield (*_sides(row), names[key], *_estimate(figure))


def _frames(result: Result) -> Iterator[TableRow]:
    """Yield how many frames of each annotator count, and why others do not."""
    names = [name.removeprefix("n_") for name in EXCLUDED[:-1]]
    yield ("annotator", *names, "asked")
    for each in result["annotators"]:
        yield (each["name"], *(each["excluded"][name] for name in EXCLUDED))


def _ceiling(result: Result) -> Iterator[TableRow]:
    means = ("people_mean", "people_touches", "model_mean", "model_touches")
    yield ("rate", *means, "model_less_people")
    for row in ceiling_rows(result):
        people, model = (row.people, row.n_people), (row.model, row.n_model)
        yield (row.name, *people, *model, row.difference)


def _medians(result: Result) -> Iterator[TableRow]:
    """Yield the median shifts of onsets and offsets, in ms."""
    sides = ("edge", "judged", "reference")
    yield (*sides, "median_ms", "low", "high", "touches", "trials", "why_none")
    for row in shift_rows(result):
        for edge, figure in row.cells:
            yield (edge, *_sides(row), *_estimate(figure))


def touches_table(rows: Iterable[TouchRow]) -> Iterator[TableRow]:
    """Yield the touches behind a cell, with frames `[onset, offset)` of the trial."""
    yield ("session", "trial", "video", "onset", "offset", "frames", "kind")
    for row, trial in with_trials(rows):
        names = trial.session.name, trial.number, trial.video_name
        yield (*names, row.onset, row.offset, row.n_frames, row.kind)


def _sides(row: Row) -> tuple[str, str]:
    return row.sides.judged, row.sides.reference


def _estimate(figure: Figure) -> tuple[object, ...]:
    ends = figure.value, figure.low, figure.high
    return (*ends, figure.n, figure.n_trials, figure.why)


TABLES: Mapping[str, Callable[[Result], Iterable[TableRow]]] = {
    "agreement": _agreement,
    "pairs": _pairs,
    "frames": _frames,
    "ceiling": _ceiling,
    "rates": errors_table,
    "medians": _medians,
}
