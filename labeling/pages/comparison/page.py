"""Everything that the page of a comparison shows, made from its stored result."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.utils.safestring import SafeString, mark_safe

from labeling.domain.agreement.contrasts import MODEL
from labeling.pages.comparison.cells import F1, CellMeasure
from labeling.pages.comparison.plots import Plot, plots_of
from labeling.pages.comparison.sides import Result
from labeling.pages.comparison.tables import (
    PAIR_MEASURES,
    RATES,
    CeilingRow,
    Figure,
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
    """A plot with its picture, for a template."""

    plot: Plot
    svg: SafeString

    @classmethod
    def of(cls, plot: Plot, result: Result) -> Self:
        """Draw a plot."""
        # Charts escape every text that they write.
        return cls(plot=plot, svg=mark_safe(plot.draw(result)))  # noqa: S308


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSection:
    """A section of the table of error rates."""

    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTables:
    """The tables and plots of a page.

    `why` has the reasons, by table, why figures or intervals are missing.
    """

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
    why: dict[str, list[str]]


def page_tables(result: Result) -> PageTables:
    """Return everything that the page shows of a result."""
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
    """Return each reason once why there is no figure or no interval."""
    return list(dict.fromkeys(figure.why for figure in figures if figure.why))


def _sections(rows: list[Row]) -> list[RateSection]:
    def section(row: Row) -> str:
        contrast = row.contrast
        if contrast.is_of_others:
            return "Each annotator against the consensus of the others"
        if contrast.is_model_like_annotator:
            return "Model judged like each annotator"
        if contrast.is_of_second_pass:
            return "Repeat clips"
        if contrast.judged == MODEL:
            return "Model against all annotators"
        return "Annotators against each other"

    by_title: dict[str, list[Row]] = {}
    for row in rows:
        by_title.setdefault(section(row), []).append(row)
    return [RateSection(title=title, rows=of) for title, of in by_title.items()]


def _f1_rows(result: Result) -> list[Row]:
    """Return F1 of touches at each tolerance, for both edges."""
    return [
        Row(
            contrast=row.contrast,
            sides=row.sides,
            cells=[
                (str(CellMeasure(F1, ms)), Figure(**each))
                for ms, each in zip(TOLERANCES_MS, row.data["f1"], strict=True)
            ],
            data=row.data,
        )
        for row in pair_rows(result)
    ]
