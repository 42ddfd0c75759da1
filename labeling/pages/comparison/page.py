"""All that the page of a comparison shows, from the result that is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.utils.safestring import SafeString, mark_safe

from labeling.pages.comparison.plots import Plot, plots_of
from labeling.pages.comparison.tables import (
    PAIR_MEASURES,
    RATES,
    CeilingRow,
    Figure,
    Result,
    Row,
    ceiling_rows,
    frame_rows,
    pair_rows,
    rate_rows,
    shift_rows,
)
from models_ml.agreement.touch_matching import TOLERANCES_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPlot:
    """A plot with its picture, as it stands in the page."""

    plot: Plot
    svg: SafeString

    @classmethod
    def of(cls, plot: Plot, result: Result) -> Self:
        """Return a plot with its picture."""
        # Whatever a chart writes, it has escaped.
        return cls(plot=plot, svg=mark_safe(plot.draw(result)))  # noqa: S308


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSection:
    """Rows of the table of rates that belong together."""

    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTables:
    """The tables and plots of a page."""

    result: Result
    frames: list[tuple[str, str, Figure]]
    pair_measures: tuple[tuple[str, str, str], ...]
    pairs: list[Row]
    rate_names: tuple[tuple[str, str, str], ...]
    rates: list[RateSection]
    ceiling: list[CeilingRow]
    shifts: list[Row]
    tolerances: tuple[int, ...]
    f1: list[Row]
    plots: dict[str, DrawnPlot]
    # By table, why figures or intervals are missing in it.
    why: dict[str, list[str]]


def page_tables(result: Result) -> PageTables:
    """Return all that a page shows of a result."""
    pairs, rates = pair_rows(result), rate_rows(result)
    shifts, f1 = shift_rows(result), _f1_rows(result)
    rows = {"pairs": pairs, "rates": rates, "shifts": shifts, "f1": f1}
    return PageTables(
        result=result,
        frames=frame_rows(result),
        pair_measures=PAIR_MEASURES,
        pairs=pairs,
        rate_names=RATES,
        rates=_sections(rates),
        ceiling=ceiling_rows(result),
        shifts=shifts,
        tolerances=TOLERANCES_MS,
        f1=f1,
        plots={plot.name: DrawnPlot.of(plot, result) for plot in plots_of(result)},
        why={
            name: reasons_of(figure for row in of for _, figure in row.cells)
            for name, of in rows.items()
        },
    )


def reasons_of(figures: Iterable[Figure]) -> list[str]:
    """Return each sentence once that says why there is no figure or no interval."""
    return list(dict.fromkeys(figure.why for figure in figures if figure.why))


def _sections(rows: list[Row]) -> list[RateSection]:
    def section(row: Row) -> str:
        if row.sides.is_of_others:
            return "Each against the consensus of the others"
        if row.sides.is_in_place:
            return "The model in each one's place"
        if row.sides.is_again:
            return "Second passes"
        is_model = row.contrast.endswith("-m")
        return "The model against everybody" if is_model else "Annotators, both ways"

    by_title: dict[str, list[Row]] = {}
    for row in rows:
        by_title.setdefault(section(row), []).append(row)
    return [RateSection(title=title, rows=of) for title, of in by_title.items()]


def _f1_rows(result: Result) -> list[Row]:
    """Return F1 of events with both edges at each tolerance."""
    return [
        Row(
            contrast=row.contrast,
            sides=row.sides,
            cells=[
                (f"f1:{ms}", Figure(**each))
                for ms, each in zip(TOLERANCES_MS, row.data["f1"], strict=True)
            ],
            data=row.data,
        )
        for row in pair_rows(result)
    ]
