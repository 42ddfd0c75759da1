"""The plots of a comparison, and the table of the numbers in each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from labeling.domain.agreement.contrasts import RaterKey
from labeling.pages.comparison.sides import Result
from labeling.pages.comparison.tables import (
    RATES,
    CeilingRow,
    Row,
    ceiling_rows,
    rate_rows,
)
from labeling.pages.svg_chart import SHARE_TICKS, Chart, Panel, ticks_up_to
from models_ml.agreement.touch_matching import TOLERANCES_MS

SHIFT_MS_MAX = 10
PEOPLE, MODEL = 0, 1
PEOPLE_AND_MODEL = ("annotators, each against the others", "model, same references")

TableRow = Iterable[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot: its caption, how to draw it, and the table of its numbers."""

    name: str
    title: str
    caption: str
    draw: Callable[[Result], str]
    table: Callable[[Result], list[TableRow]]


def plots_of(result: Result) -> list[Plot]:
    """Return the plots that a comparison has numbers for."""
    has_ceiling = bool(ceiling_rows(result))
    return [
        plot
        for plot in PLOTS
        if (has_ceiling or plot.name != "errors") and plot.draw(result)
    ]


def _errors_svg(result: Result) -> str:
    rows = {row.name: row for row in ceiling_rows(result)}
    chart = Chart(width=760, height=330, title="Errors per touch")
    kinds = [key for key, *_ in RATES]
    for names, left, width in ((kinds[:5], 55, 390), (kinds[5:], 515, 235)):
        _error_panel(chart, [rows[name] for name in names], left, width)
    chart.legend((60, 300), PEOPLE_AND_MODEL)
    return chart.svg()


def _error_panel(
    chart: Chart, rows: list[CeilingRow], left: float, width: float
) -> None:
    values = (v for row in rows for *_, v in [*row.each, *row.model_each])
    highest = max([0.01, *values])
    y_ticks = ticks_up_to(highest)
    panel = Panel(
        left=left,
        top=34,
        width=width,
        height=210,
        x=(-0.5, len(rows) - 0.5),
        y=(0, y_ticks[-1][0]),
    )
    names = [(at, row.title) for at, row in enumerate(rows)]
    chart.axes(panel, x_ticks=names, y_ticks=y_ticks, y_title="Errors per touch")
    for at, row in enumerate(rows):
        for series, mean, each in (
            (PEOPLE, row.people, row.each),
            (MODEL, row.model, row.model_each),
        ):
            middle = at - 0.19 + 0.38 * series
            raters = f"{row.title}, {PEOPLE_AND_MODEL[series]}"
            if mean is not None:
                tip = f"{raters}: mean {mean:.4f}"
                chart.bar(panel, (middle, mean), 0.16, series, tip)
            for number, (_, sides, value) in enumerate(each):
                x = middle + 0.07 * (number - (len(each) - 1) / 2)
                tip = f"{row.title}, {sides}: {value:.4f}"
                chart.dot(panel, (x, value), series, tip)


def errors_table(result: Result) -> list[TableRow]:
    """Return every error rate of every contrast, with counts."""
    table: list[TableRow] = [
        ("rate", "judged", "reference", "per_touch", "low", "high", "errors", "touches")
    ]
    for row in rate_rows(result):
        for key, each in row.cells:
            n = row.data["counts"].get(key, "")
            table.append(
                (
                    key,
                    row.sides.judged,
                    row.sides.reference,
                    each.value,
                    each.low,
                    each.high,
                    n,
                    each.n,
                )
            )
    return table


def _shifts_svg(result: Result) -> str:
    rows = [row for row in _pairs(result) if row.data["onset"]["histogram"]]
    if not rows:
        return ""
    chart = Chart(
        width=760,
        height=310 + 18 * len(rows),
        title="Shifts of onsets and offsets",
    )
    for edge, left in (("onset", 50), ("offset", 430)):
        shares = [_shares(row, edge) for row in rows]
        y_ticks = ticks_up_to(max([1.0, *(y for line in shares for _, y in line)]))
        panel = Panel(
            left=left,
            top=34,
            width=310,
            height=200,
            x=(-SHIFT_MS_MAX, SHIFT_MS_MAX),
            y=(0, y_ticks[-1][0]),
        )
        chart.axes(
            panel,
            x_ticks=[(ms, f"{ms:+d}" if ms else "0") for ms in range(-10, 11, 5)],
            y_ticks=y_ticks,
            x_title=f"{edge.capitalize()} shift (ms; negative: earlier)",
            y_title="% of touches",
        )
        for series, (row, line) in enumerate(zip(rows, shares, strict=True)):
            chart.line(panel, line, series, str(row.sides))
    chart.legend((55, 300), [str(row.sides) for row in rows])
    return chart.svg()


def _shares(row: Row, edge: str) -> list[tuple[float, float]]:
    """Return the percentage of touches at each ms; larger shifts are not drawn."""
    histogram = row.data[edge]["histogram"]
    n = sum(times for _, times in histogram)
    by_ms = dict.fromkeys(range(-SHIFT_MS_MAX, SHIFT_MS_MAX + 1), 0.0)
    for shift, times in histogram:
        if round(shift) in by_ms:
            by_ms[round(shift)] += 100 * times / n
    return list(by_ms.items())


def _shifts_table(result: Result) -> list[TableRow]:
    table: list[TableRow] = [("edge", "judged", "reference", "later_ms", "touches")]
    for row in rate_rows(result):
        for edge in ("onset", "offset"):
            table += [
                (edge, row.sides.judged, row.sides.reference, shift, times)
                for shift, times in row.data[edge]["histogram"]
            ]
    return table


def _f1_svg(result: Result) -> str:
    rows = [row for row in _pairs(result) if row.data["f1"][0]["value"] is not None]
    if not rows:
        return ""
    chart = Chart(
        width=760, height=310 + 18 * len(rows), title="F1 of touches by tolerance"
    )
    for key, left, title in (
        ("f1", 50, "Tolerance for onset and offset (ms)"),
        ("onset_f1", 430, "Tolerance for onset (ms)"),
    ):
        panel = Panel(
            left=left, top=34, width=310, height=200, x=(0, TOLERANCES_MS[-1]), y=(0, 1)
        )
        chart.axes(
            panel,
            x_ticks=[(ms, str(ms)) for ms in TOLERANCES_MS[::2]],
            y_ticks=SHARE_TICKS,
            x_title=title,
            y_title="F1 of touches",
        )
        for series, row in enumerate(rows):
            _curve(chart, panel, row, key, series)
    chart.legend((55, 300), [str(row.sides) for row in rows])
    return chart.svg()


def _curve(chart: Chart, panel: Panel, row: Row, key: str, series: int) -> None:
    points = list(zip(TOLERANCES_MS, row.data[key], strict=True))
    if all(each["low"] is not None for _, each in points):
        low, high = (
            [(ms, each[end]) for ms, each in points] for end in ("low", "high")
        )
        chart.band(panel, low, high, series)
    line = [(ms, each["value"]) for ms, each in points]
    chart.line(panel, line, series, str(row.sides))


def _f1_table(result: Result) -> list[TableRow]:
    table: list[TableRow] = [
        ("edges", "judged", "reference", "tolerance_ms", "f1", "low", "high", "touches")
    ]
    for row in _pairs(result):
        for key, edges in (("f1", "both"), ("onset_f1", "onset")):
            table += [
                (
                    edges,
                    row.sides.judged,
                    row.sides.reference,
                    ms,
                    each["value"],
                    each["low"],
                    each["high"],
                    each["n"],
                )
                for ms, each in zip(TOLERANCES_MS, row.data[key], strict=True)
            ]
    return table


def _pairs(result: Result) -> list[Row]:
    """Return each pair of annotators once, second passes, and the model against all."""
    rows: list[Row] = []
    seen: set[frozenset[RaterKey]] = set()
    for row in rate_rows(result):
        contrast = row.contrast
        is_shown = not (contrast.is_of_others or contrast.is_model_like_annotator)
        if is_shown and contrast.sides not in seen:
            rows.append(row)
        seen.add(contrast.sides)
    return rows


PLOTS = (
    Plot(
        name="errors",
        title="Model and annotators",
        caption="Bars: means. Dots: single annotators, or the model compared with the "
        "same reference. The annotators' bar is the ceiling: where annotators differ, "
        "no model can agree with all of them.",
        draw=_errors_svg,
        table=errors_table,
    ),
    Plot(
        name="shifts",
        title="Shifts of onsets and offsets",
        caption="Touches that both sides label as one touch. A peak right of zero: "
        "later onsets or offsets than the reference.",
        draw=_shifts_svg,
        table=_shifts_table,
    ),
    Plot(
        name="f1",
        title="Matching touches by tolerance",
        caption="Touches are matched one to one. A curve that rises late: different "
        "edges. A curve that stays low: different touches.",
        draw=_f1_svg,
        table=_f1_table,
    ),
)
