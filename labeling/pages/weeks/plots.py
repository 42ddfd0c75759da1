"""The plots of annotators week by week, and the table of the numbers in each."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from labeling.domain.agreement.weekly_comparison import AGAIN, OTHERS, SETTLED, Result
from labeling.domain.agreement.weekly_work import monday_of, week_name
from labeling.pages.comparison.plots import Plot, TableRow
from labeling.pages.svg_chart import SHARE_TICKS, Chart, Panel, Point, Tick, ticks_up_to

Row = dict[str, Any]
# A function from a row to a value and its interval; None: nothing to draw.
Value = Callable[[Row], tuple[float, float | None, float | None] | None]

WEEK_TICKS_MAX = 6
FIGURES = ("percent", "kappa", "f1", "touch_count", "edge", "onset", "offset")


def plots_of_weeks(result: Result) -> list[Plot]:
    """Return the plots that a result has numbers for."""
    return [plot for plot in PLOTS if plot.draw(result)]


def _speed_svg(result: Result) -> str:
    return _two_panels(
        result,
        "Speed",
        (_per_minute("frames"), "Frames per minute of work", None),
        (_per_minute("touches"), "Touches per minute of work", None),
    )


def _hours_svg(result: Result) -> str:
    return _two_panels(
        result,
        "Hours and frames",
        (_hours, "Active hours per week", None),
        (_frames, "Labelled frames per week", None),
    )


def _agreement_svg(result: Result, *, against: str, title: str) -> str:
    return _two_panels(
        result,
        title,
        (_figure(against, "f1"), "F1 of touch", SHARE_TICKS),
        (_figure(against, "onset"), "Onset shift (ms; negative: earlier)", None),
    )


def _two_panels(
    result: Result,
    title: str,
    *panels: tuple[Value, str, list[Tick] | None],
) -> str:
    """Draw a line for each annotator over the weeks, in two panels."""
    rows = result["rows"]
    if not any(of(row) for of, _, _ in panels for row in rows):
        return ""
    names = {each["pk"]: each["name"] for each in result["annotators"]}
    chart = Chart(width=760, height=310 + 18 * len(names), title=title)
    for left, (of, y_title, y_ticks) in zip((60, 440), panels, strict=True):
        drawn = [(row, value) for row in rows if (value := of(row))]
        ticks = y_ticks or _ticks([value[0] for _, value in drawn])
        panel = Panel(
            left=left,
            top=34,
            width=300,
            height=200,
            x=(_x(rows[0]) - 0.5, _x(rows[-1]) + 0.5),
            y=(ticks[0][0], ticks[-1][0]),
        )
        chart.axes(panel, x_ticks=_weeks(rows), y_ticks=ticks, y_title=y_title)
        for series, (pk, name) in enumerate(names.items()):
            _line(
                chart,
                panel,
                [d for d in drawn if d[0]["annotator"] == pk],
                series,
                name,
            )
    chart.legend((65, 290), list(names.values()))
    return chart.svg()


def _line(
    chart: Chart,
    panel: Panel,
    drawn: Sequence[tuple[Row, tuple[float, float | None, float | None]]],
    series: int,
    name: str,
) -> None:
    low, high = panel.y
    ends = [
        (_x(row), max(below, low), min(above, high))
        for row, (_, below, above) in drawn
        if below is not None and above is not None
    ]
    if len(ends) > 1:
        lower, upper = ([(x, each[end]) for x, *each in ends] for end in (0, 1))
        chart.band(panel, lower, upper, series)
    points: list[Point] = [(_x(row), value) for row, (value, _, _) in drawn]
    if points:
        chart.line(panel, points, series, name)
    for (row, (value, _, _)), point in zip(drawn, points, strict=True):
        tip = f"{name}, {week_name(row['week'])}: {value:.4g}"
        chart.dot(panel, point, series, tip)


def _x(row: Row) -> float:
    """Return a week as a count of weeks, so that weeks without work leave a gap."""
    return monday_of(row["week"]).toordinal() // 7


def _weeks(rows: Sequence[Row]) -> list[Tick]:
    """Return the names of as many weeks as fit side by side."""
    named = sorted({(_x(row), week_name(row["week"])[2:]) for row in rows})
    apart = -(-len(named) // WEEK_TICKS_MAX)
    return named[::-1][::apart][::-1]


def _ticks(values: Sequence[float]) -> list[Tick]:
    """Return round ticks from zero, on each side that has values."""
    above = ticks_up_to(max([0.0, *values]) or 1.0)
    below = ticks_up_to(-min([0.0, *values])) if min(values, default=0) < 0 else []
    return [(-value, f"-{name}") for value, name in reversed(below[1:])] + above


def _per_minute(what: str) -> Value:
    def of(row: Row) -> tuple[float, None, None] | None:
        seconds = row["active_seconds"]
        return (60 * row[what] / seconds, None, None) if seconds else None

    return of


def _hours(row: Row) -> tuple[float, None, None]:
    return row["active_seconds"] / 3600, None, None


def _frames(row: Row) -> tuple[float, None, None]:
    return float(row["frames"]), None, None


def _figure(against: str, key: str) -> Value:
    def of(row: Row) -> tuple[float, float | None, float | None] | None:
        each = row[against] and row[against][key]
        if not each or each["value"] is None:
            return None
        return each["value"], each["low"], each["high"]

    return of


def _work_table(result: Result) -> list[TableRow]:
    table: list[TableRow] = [
        (
            "week",
            "begins",
            "annotator",
            "active_hours",
            "frames",
            "touches",
            "frames_per_minute",
            "touches_per_minute",
        )
    ]
    for row in result["rows"]:
        speeds = (_per_minute(what)(row) for what in ("frames", "touches"))
        table.append(
            (
                week_name(row["week"]),
                monday_of(row["week"]),
                annotator_name(result, row),
                row["active_seconds"] / 3600,
                row["frames"],
                row["touches"],
                *(speed and speed[0] for speed in speeds),
            )
        )
    return table


def _agreement_table(result: Result, *, against: str) -> list[TableRow]:
    table: list[TableRow] = [
        ("week", "begins", "annotator", "figure", "value", "low", "high", "n", "trials")
    ]
    for row in result["rows"]:
        for key in FIGURES if row[against] else ():
            each = row[against][key]
            table.append(
                (
                    week_name(row["week"]),
                    monday_of(row["week"]),
                    annotator_name(result, row),
                    key,
                    each["value"],
                    each["low"],
                    each["high"],
                    each["n"],
                    each["n_trials"],
                )
            )
    return table


def annotator_name(result: Result, row: Row) -> str:
    """Return the name of a row's annotator."""
    names = {each["pk"]: each["name"] for each in result["annotators"]}
    return str(names[row["annotator"]])


def _agreement_plot(against: str, title: str, caption: str) -> Plot:
    return Plot(
        name=against,
        title=title,
        caption=caption,
        draw=partial(_agreement_svg, against=against, title=title),
        table=partial(_agreement_table, against=against),
    )


PLOTS = (
    Plot(
        name="speed",
        title="Speed",
        caption="Current labels per minute of work, without pauses of more than 30 s.",
        draw=_speed_svg,
        table=_work_table,
    ),
    Plot(
        name="hours",
        title="Hours and frames",
        caption="Hours: time between operations, without pauses of more than 30 s.",
        draw=_hours_svg,
        table=_work_table,
    ),
    _agreement_plot(
        OTHERS,
        "Agreement with the others",
        "One falling line: that annotator drifts. All lines falling: harder clips.",
    ),
    _agreement_plot(
        SETTLED,
        "Drift against adjudicated labels",
        "A shift away from zero: the annotator's onsets become earlier or later than "
        "the adjudicated ones.",
    ),
    _agreement_plot(
        AGAIN,
        "Drift in repeat clips",
        "Annotators never agree fully with themselves. This is an upper limit for the "
        "agreement of two annotators.",
    ),
)
