"""All that the page of weeks shows: rows with figures, and the pictures of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labeling.domain.agreement.weekly_comparison import AGAIN, OTHERS, SETTLED, Result
from labeling.domain.agreement.weekly_work import monday_of, week_name
from labeling.pages.comparison.page import DrawnPlot, reasons_of
from labeling.pages.comparison.tables import Figure
from labeling.pages.weeks.plots import plots_of_weeks

MEASURES = (
    (
        "kappa",
        "Cohen's kappa",
        "Frames of which both say the same, above what chance would give.",
    ),
    (
        "f1",
        "F1 of touch",
        "Frames that both call touch, of those that either does: agreed no-touch "
        "frames add nothing, which percent agreement does not see.",
    ),
    (
        "touch_count",
        "Touch count",
        "Ghosts, misses, joins and splits for each touch of the reference.",
    ),
    (
        "edge",
        "Edge",
        "Touches too long or too short at an end, for each touch of the reference.",
    ),
    ("onset", "Onset", "How many ms later one begins touches, at the median."),
    ("offset", "Offset", "How many ms later one ends them."),
)
UNITS = {"onset": "ms", "offset": "ms"}
SECTIONS = (
    (
        OTHERS,
        "Agreement with the others",
        "first passes, against the majority of the others",
        "A frame counts in the week in which its label was made.",
    ),
    (
        SETTLED,
        "Drift against what is settled",
        "in subsets that were adjudicated",
        "Adjudicators' answers, and what all others agree on: one's own vote is left "
        "out.",
    ),
    (
        AGAIN,
        "Drift against oneself",
        "second passes, against one's own first",
        "In the week of the second pass; its distance from the first is drift.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """What somebody did in a week."""

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
    """How somebody agreed in a week."""

    name: str
    week: str
    figures: list[Figure]
    n: int
    n_trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSection:
    """A table of agreement with its picture."""

    name: str
    title: str
    says: str
    foot: str
    rows: list[AgreementRow]
    drawn: DrawnPlot | None

    @property
    def why(self) -> list[str]:
        """Why figures or intervals are missing in it."""
        return reasons_of(figure for row in self.rows for figure in row.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksPage:
    """The tables and plots of a page, the latest week first."""

    result: Result
    measures: tuple[tuple[str, str, str], ...]
    work: list[WorkRow]
    agreement: list[AgreementSection]
    plots: dict[str, DrawnPlot]


def weeks_page(result: Result) -> WeeksPage:
    """Return all that a page shows of a result."""
    plots = {plot.name: DrawnPlot.of(plot, result) for plot in plots_of_weeks(result)}
    sections = [
        AgreementSection(
            name=name,
            title=title,
            says=says,
            foot=foot,
            rows=list(_agreement_rows(result, name)),
            drawn=plots.get(name),
        )
        for name, title, says, foot in SECTIONS
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
        name=_name(result, row),
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
                name=_name(result, row),
                week=week_name(row["week"]),
                figures=[
                    Figure(**found[key], unit=UNITS.get(key, ""))
                    for key, *_ in MEASURES
                ],
                n=found["percent"]["n"],
                n_trials=found["percent"]["n_trials"],
            )


def _name(result: Result, row: dict[str, Any]) -> str:
    names = {each["pk"]: each["name"] for each in result["annotators"]}
    return str(names[row["annotator"]])
