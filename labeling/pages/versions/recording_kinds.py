"""Held-out figures of a version on real and on simulated recordings apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.domain.training.held_out import CHILD, PARENT
from labeling.domain.training.recording_kinds import REAL, SIMULATED
from labeling.models import ModelVersion
from labeling.pages.comparison.tables import Figure
from labeling.pages.versions.errors import SUMS

# Real recordings come first: they are what a lab measures.
KINDS = {REAL: "Real", SIMULATED: "Simulated"}
MODELS = {PARENT: "Parent", CHILD: "This version"}
NOTHING_REAL = (
    "No real held-out trial is labelled: nothing is known about real recordings yet."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCell:
    """Errors per touch with their interval, and the number of errors."""

    figure: Figure
    n_errors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """The figures of one model on the held-out trials of one kind of recording."""

    kind: str
    model: str
    errors: Sequence[ErrorCell]
    auc: float | None
    n_touches: int
    n_trials: int


def kind_rows(version: ModelVersion) -> list[KindRow]:
    """Return the rows of both kinds, real first; early versions have none."""
    kinds = _kinds(version) or {}
    return [
        _row(KINDS[kind], title, kinds[kind][name])
        for kind in KINDS
        if kind in kinds
        for name, title in MODELS.items()
        if name in kinds[kind]
    ]


def nothing_real(version: ModelVersion) -> str:
    """Return a sentence if all held-out trials are simulated, else an empty text."""
    kinds = _kinds(version)
    return NOTHING_REAL if kinds and REAL not in kinds else ""


def kind_lines(version: ModelVersion) -> Iterator[str]:
    """Yield the figures of both kinds as text; of one kind they are those of all."""
    if sentence := nothing_real(version):
        yield sentence
    rows = kind_rows(version)
    if len({row.kind for row in rows}) < len(KINDS):
        return
    yield (
        f"{'On held-out trials, errors per touch':<36}{'touch-count':>12}{'edge':>10}"
        f"{'ROC AUC':>10}{'touches':>9}{'trials':>8}"
    )
    for row in rows:
        touch_count, edge = (cell.figure.text for cell in row.errors)
        auc = "none" if row.auc is None else f"{row.auc:.4f}"
        yield (
            f"{f'{row.kind}, {row.model.lower()}':<36}{touch_count:>12}{edge:>10}"
            f"{auc:>10}{row.n_touches:>9}{row.n_trials:>8}"
        )


def _kinds(version: ModelVersion) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = (version.metrics.get("held_out") or {}).get(
        "kinds"
    )
    return found


def _row(kind: str, model: str, figures: Mapping[str, Any]) -> KindRow:
    return KindRow(
        kind=kind,
        model=model,
        errors=[
            ErrorCell(
                figure=Figure(**figures["rates"][name]),
                n_errors=sum(figures["errors"][one] for one in counts),
            )
            for name, counts in SUMS.items()
        ],
        auc=figures["auc"],
        n_touches=figures["n_touches"],
        n_trials=figures["n_trials"],
    )
