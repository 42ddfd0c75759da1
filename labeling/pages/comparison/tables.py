"""The tables of a comparison's page, made from its stored result."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from labeling.domain.agreement.contrasts import ContrastKey, RaterKey
from labeling.pages.comparison.sides import Result, Sides, sides_of

# A contrast, its sides in words, and a figure of it.
OfContrast = tuple[ContrastKey, str, float]

GROUP_MEASURES = (
    (
        "percent",
        "Percent agreement",
        "How often two annotators give a frame the same label. Most frames are clearly "
        "not touch, so 99 % can still mean that all edges of touches differ.",
    ),
    (
        "fleiss",
        "Fleiss' kappa",
        "Agreement beyond chance, on frames that all annotators labelled. 1: perfect; "
        "0: as random labels with the same number of touches.",
    ),
    (
        "alpha",
        "Krippendorff's alpha",
        "Agreement beyond chance, on all frames that two or more annotators labelled.",
    ),
    (
        "ac1",
        "Gwet's AC1",
        "Agreement beyond chance, with a chance estimate that stays small when touches "
        "are rare. A large difference to kappa means that touches are rare.",
    ),
)
PAIR_MEASURES = (
    ("percent", "Percent agreement", "Frames with the same label from both."),
    (
        "kappa",
        "Cohen's kappa",
        "Agreement beyond chance; chance is estimated from how often each labels "
        "touch.",
    ),
    (
        "f1",
        "F1 of touch",
        "Agreement on touch frames; frames that both label as not touch do not count.",
    ),
)
RATES = (
    ("ghost", "Ghost", "a touch where the reference has none"),
    ("miss", "Miss", "no touch where the reference has one"),
    ("join", "Join", "two touches labelled as one"),
    ("split", "Split", "one touch labelled as two"),
    ("touch_count", "Touch count", "sum of ghost, miss, join and split"),
    ("append", "Append", "a touch too long at one end"),
    ("deduct", "Deduct", "a touch too short at one end"),
    ("edge", "Edge", "sum of append and deduct, of any length"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An estimate with its interval; `why` says why there is no value or interval."""

    value: float | None
    low: float | None
    high: float | None
    why: str
    n: int
    n_trials: int
    unit: str = ""

    @property
    def text(self) -> str:
        """The value with its unit, or "none"."""
        return "none" if self.value is None else _text(self.value, self.unit)

    @property
    def interval(self) -> str:
        """The 95 % interval; empty if there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{_text(self.low, self.unit)} to {_text(self.high, self.unit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A contrast in a table, with a figure in each cell."""

    contrast: ContrastKey
    sides: Sides
    cells: list[tuple[str, Figure]]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingRow:
    """One error rate of annotators and of the model, against the same references.

    The references are the consensuses of the other annotators; `n_people` and
    `n_model` count their touches.
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
        """The model's rate minus the annotators': below zero, the model is better."""
        if self.people is None or self.model is None:
            return None
        return self.model - self.people


def frame_rows(result: Result) -> list[tuple[str, str, Figure]]:
    """Return the statistics of all annotators together: name, explanation, figure."""
    return [
        (name, explanation, _figure(key, result["group"][key]))
        for key, name, explanation in GROUP_MEASURES
    ]


def pair_rows(result: Result) -> list[Row]:
    """Return agreement on frames: each pair once, second passes, the model."""
    seen: set[frozenset[RaterKey]] = set()
    rows = []
    for row in rows_of(result, "frames", [key for key, *_ in PAIR_MEASURES]):
        sides = row.contrast.sides
        if sides not in seen and not row.contrast.is_model_like_annotator:
            rows.append(row)
        seen.add(sides)
    return rows


def rate_rows(result: Result) -> list[Row]:
    """Return the errors per touch of every contrast."""
    return list(rows_of(result, "rates", [key for key, *_ in RATES]))


def shift_rows(result: Result) -> list[Row]:
    """Return the median shifts of onsets and offsets, for the rows of `pair_rows`."""
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
    """Return annotators and model, both against the consensus of the others."""
    rows = rate_rows(result)
    people = [row for row in rows if row.contrast.is_of_others]
    model = [row for row in rows if row.contrast.is_model_like_annotator]
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
    """Yield every contrast of a result with the estimates of these keys."""
    for name in result["order"]:
        contrast, data = ContrastKey.parse(name), result["contrasts"][name]
        yield Row(
            contrast=contrast,
            sides=sides_of(result, contrast),
            cells=[(key, _figure(key, data[what][key])) for key in keys],
            data=data,
        )


def _values(rows: list[Row], key: str) -> list[OfContrast]:
    return [
        (row.contrast, str(row.sides), value)
        for row in rows
        if (value := dict(row.cells)[key].value) is not None
    ]


def _mean(values: list[OfContrast]) -> float | None:
    return fmean(value for *_, value in values) if values else None


def _figure(key: str, estimate: dict[str, Any]) -> Figure:
    return Figure(**estimate, unit="%" if key == "percent" else "")


def _text(value: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * value:.2f} %"
    if unit == "ms":
        return f"{value:+.1f} ms" if value else "0 ms"
    return f"{value:.3f}"
