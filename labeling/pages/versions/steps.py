"""The steps of a retrain: what was trained, and how much each step helped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labeling.models import ModelVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A candidate of a retrain with its figures on the labels that judged it."""

    name: str
    touch_count_errors_per_touch: float | None
    edge_errors_per_touch: float | None
    auc: float | None
    is_chosen: bool


def step_rows(version: ModelVersion) -> Sequence[StepRow]:
    """Return the steps of the retrain that made a version; early versions have none."""
    return [
        StepRow(
            name=step["name"],
            is_chosen=step["chosen"],
            **{
                name: (step["validation"] or {}).get(name)
                for name in (
                    "touch_count_errors_per_touch",
                    "edge_errors_per_touch",
                    "auc",
                )
            },
        )
        for step in version.metrics.get("steps") or []
    ]


def step_lines(version: ModelVersion) -> Iterator[str]:
    """Yield the same as lines of text, for the command."""
    rows = step_rows(version)
    if not rows:
        return
    title = f"Errors per touch on {version.metrics['validated_on']}"
    yield f"{title:<44}{'touch-count':>12}{'edge':>8}{'ROC AUC':>9}"
    for row in rows:
        values = (
            (row.touch_count_errors_per_touch, 12, 3),
            (row.edge_errors_per_touch, 8, 3),
            (row.auc, 9, 4),
        )
        cells = "".join(
            f"{'none' if value is None else f'{value:.{digits}f}':>{width}}"
            for value, width, digits in values
        )
        yield f"{row.name:<44}{cells}{'  kept' if row.is_chosen else ''}"
