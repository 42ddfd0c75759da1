"""A kept comparison as the tables that its page shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from labeling.domain.agreement.result import Side, sides_of

Result = dict[str, Any]
# A contrast in short and in words with a figure of it; it leads to the touches behind.
OfContrast = tuple[str, str, float]

GROUP_MEASURES = (
    (
        "percent",
        "Percent agreement",
        "How often two annotators say the same of a frame. Most frames are plainly no "
        "touch, so 99 % may mean that they differ on every touch's edge.",
    ),
    (
        "fleiss",
        "Fleiss' kappa",
        "Agreement above chance, over the frames that all of them labelled: 1 is "
        "perfect, 0 is what equally many touches at random would give.",
    ),
    (
        "alpha",
        "Krippendorff's alpha",
        "The same idea, over every frame that two or more labelled.",
    ),
    (
        "ac1",
        "Gwet's AC1",
        "Agreement above a chance that stays small where touches are rare; where it "
        "and kappa differ much, touches are rare.",
    ),
)
PAIR_MEASURES = (
    ("percent", "Percent agreement", "Frames of which both say the same."),
    (
        "kappa",
        "Cohen's kappa",
        "The same above chance, which is taken from how often each says touch.",
    ),
    (
        "f1",
        "F1 of touch",
        "Frames that both call touch, of those that either does: agreed no-touch "
        "frames add nothing.",
    ),
)
RATES = (
    ("ghost", "Ghost", "a touch where the reference has none"),
    ("miss", "Miss", "no touch where the reference has one"),
    ("join", "Join", "two touches taken for one"),
    ("split", "Split", "one touch taken for two"),
    ("touch_count", "Touch count", "ghost, miss, join and split together"),
    ("append", "Append", "a touch too long at one end"),
    ("deduct", "Deduct", "a touch too short at one end"),
    ("edge", "Edge", "append and deduct together, of any length"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An estimate in words: a number with its interval, or why there is none."""

    value: float | None
    low: float | None
    high: float | None
    why: str
    n: int
    n_trials: int
    unit: str = ""

    @property
    def text(self) -> str:
        """Return the number, or that there is none."""
        return "none" if self.value is None else _said(self.value, self.unit)

    @property
    def interval(self) -> str:
        """Return the 95 % interval; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{_said(self.low, self.unit)} to {_said(self.high, self.unit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A contrast in a table, with a figure in each cell."""

    contrast: str
    sides: Side
    cells: list[tuple[str, Figure]]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingRow:
    """One rate of people and of the model, against the same consensuses.

    `n_people` and `n_model` are the touches of these consensuses.
    """

    name: str
    title: str
    n_people: int
    n_model: int
    people: float | None
    each: list[OfContrast]
    model: float | None
    model_each: list[OfContrast]

    @property
    def difference(self) -> float | None:
        """Return model less people; below zero the model makes fewer errors."""
        if self.people is None or self.model is None:
            return None
        return self.model - self.people


def frame_rows(result: Result) -> list[tuple[str, str, Figure]]:
    """Return each statistic of all annotators: name, sentence, figure."""
    return [
        (name, says, _figure(key, result["group"][key]))
        for key, name, says in GROUP_MEASURES
    ]


def pair_rows(result: Result) -> list[Row]:
    """Return agreement on frames: each pair once, second passes, the model."""
    seen: set[frozenset[str]] = set()
    rows = []
    for row in rows_of(result, "frames", [key for key, *_ in PAIR_MEASURES]):
        pair = frozenset(row.contrast.split("-"))
        if pair not in seen and not row.sides.is_in_place:
            rows.append(row)
        seen.add(pair)
    return rows


def rate_rows(result: Result) -> list[Row]:
    """Return errors for each touch: all contrasts."""
    return list(rows_of(result, "rates", [key for key, *_ in RATES]))


def shift_rows(result: Result) -> list[Row]:
    """Return how much later each one is: each pair once, and against the others."""
    return [
        Row(
            contrast=row.contrast,
            sides=row.sides,
            cells=[
                (edge, Figure(**row.data[edge]["median"], unit="ms"))
                for edge in ("onset", "offset")
            ],
            data=row.data,
        )
        for row in pair_rows(result)
    ]


def ceiling_rows(result: Result) -> list[CeilingRow]:
    """Return people beside the model, both against the consensus of the others."""
    people = [row for row in rate_rows(result) if row.sides.is_of_others]
    model = [row for row in rate_rows(result) if row.sides.is_in_place]
    if not people or not model:
        return []
    return [
        CeilingRow(
            name=key,
            title=title,
            n_people=sum(dict(row.cells)[key].n for row in people),
            n_model=sum(dict(row.cells)[key].n for row in model),
            people=_mean(each := _values(people, key)),
            each=each,
            model=_mean(model_each := _values(model, key)),
            model_each=model_each,
        )
        for key, title, _ in RATES
    ]


def rows_of(result: Result, what: str, keys: list[str]) -> Iterator[Row]:
    """Yield the contrasts with these of their estimates."""
    for name in result["order"]:
        data = result["contrasts"][name]
        yield Row(
            contrast=name,
            sides=sides_of(result, name),
            cells=[(key, _figure(key, data[what][key])) for key in keys],
            data=data,
        )


def _values(rows: list[Row], key: str) -> list[OfContrast]:
    return [
        (row.contrast, f"{row.sides.judged} against {row.sides.reference}", value)
        for row in rows
        if (value := dict(row.cells)[key].value) is not None
    ]


def _mean(values: list[OfContrast]) -> float | None:
    return fmean(value for *_, value in values) if values else None


def _figure(key: str, estimate: dict[str, Any]) -> Figure:
    return Figure(**estimate, unit="%" if key == "percent" else "")


def _said(value: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * value:.2f} %"
    if unit == "ms":
        return f"{value:+.1f} ms" if value else "0 ms"
    return f"{value:.3f}"
