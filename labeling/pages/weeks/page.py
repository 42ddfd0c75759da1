"""Everything that the page of progress over time shows: tables and plots."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labeling.domain.agreement.weekly_comparison import AGAIN, OTHERS, SETTLED, Result
from labeling.domain.agreement.weekly_work import monday_of, week_name
from labeling.pages.comparison.page import DrawnPlot, reasons_of
from labeling.pages.comparison.tables import Figure
from labeling.pages.weeks.plots import annotator_name, plots_of_weeks

MEASURES = (
    (
        "kappa",
        "Cohen's kappa",
        "Agreement on frames beyond chance.",
    ),
    (
        "f1",
        "F1 of touch",
        "Agreement on touch frames; frames that both label as not touch do not count.",
    ),
    (
        "touch_count",
        "Touch count",
        "Ghosts, misses, joins and splits per touch of the reference.",
    ),
    (
        "edge",
        "Edge",
        "Appends and deducts per touch of the reference.",
    ),
    ("onset", "Onset", "Median shift of onsets in ms; positive: later."),
    ("offset", "Offset", "Median shift of offsets in ms; positive: later."),
)
UNITS = {"onset": "ms", "offset": "ms"}
SECTIONS = (
    (
        OTHERS,
        "Agreement with the others",
        "first labels, against the majority of the others",
        "A frame counts in the week in which its label was made.",
    ),
    (
        SETTLED,
        "Drift against adjudicated labels",
        "in subsets that were adjudicated",
        "Adjudicators' decisions, and frames on which all others agree. The "
        "annotator's own labels do not count in the reference.",
    ),
    (
        AGAIN,
        "Drift in repeat clips",
        "repeat clips, against the annotator's own first labels",
        "Counted in the week of the repeat clip.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """The work of an annotator in a week."""

    name: str
    week: str
    monday: str
    hours: float
    frames: int
    touches: int
    frames_per_minute: float | None
    touches_per_minute: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """The agreement of an annotator in a week, over `n` frames."""

    name: str
    week: str
    figures: list[Figure]
    n: int
    n_trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSection:
    """A table of agreement with its plot."""

    name: str
    title: str
    reference: str
    foot: str
    rows: list[AgreementRow]
    drawn: DrawnPlot | None

    @property
    def why(self) -> list[str]:
        """The reasons why figures or intervals are missing."""
        return reasons_of(figure for row in self.rows for figure in row.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksPage:
    """The tables and plots of the page, the latest week first."""

    result: Result
    measures: tuple[tuple[str, str, str], ...]
    work: list[WorkRow]
    agreement: list[AgreementSection]
    plots: dict[str, DrawnPlot]


def weeks_page(result: Result) -> WeeksPage:
    """Return everything that the page shows of a result."""
    plots = {plot.name: DrawnPlot.of(plot, result) for plot in plots_of_weeks(result)}
    sections = [
        AgreementSection(
            name=name,
            title=title,
            reference=reference,
            foot=foot,
            rows=list(_agreement_rows(result, name)),
            drawn=plots.get(name),
        )
        for name, title, reference, foot in SECTIONS
    ]
    return WeeksPage(
        result=result,
        measures=MEASURES,
        work=[_work_row(result, row) for row in reversed(result["rows"])],
        agreement=[section for section in sections if section.rows],
        plots=plots,
    )


def _work_row(result: Result, row: dict[str, Any]) -> WorkRow:
    minutes = row["active_seconds"] / 60
    return WorkRow(
        name=annotator_name(result, row),
        week=week_name(row["week"]),
        monday=monday_of(row["week"]).isoformat(),
        hours=minutes / 60,
        frames=row["frames"],
        touches=row["touches"],
        frames_per_minute=row["frames"] / minutes if minutes else None,
        touches_per_minute=row["touches"] / minutes if minutes else None,
    )


def _agreement_rows(result: Result, against: str) -> Iterator[AgreementRow]:
    for row in reversed(result["rows"]):
        found = row[against]
        if found:
            yield AgreementRow(
                name=annotator_name(result, row),
                week=week_name(row["week"]),
                figures=[
                    Figure(**found[key], unit=UNITS.get(key, ""))
                    for key, *_ in MEASURES
                ],
                n=found["percent"]["n"],
                n_trials=found["percent"]["n_trials"],
            )
