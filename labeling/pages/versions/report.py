"""The report of a model version: its figures, errors, raters, search and content."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from labeling.domain.training.held_out import CHILD, PARENT
from labeling.domain.versions.catalog import versions_for
from labeling.domain.versions.publishing import is_worse
from labeling.models import ModelVersion, Session, Subset, User
from labeling.pages.svg_chart import Chart, Panel, ticks_up_to
from labeling.pages.versions.errors import (
    RATE_NAMES,
    SHORT_NAMES,
    SUMS,
    RaterRow,
    interval_of,
    rater_rows,
)
from labeling.pages.versions.recording_kinds import KindRow, kind_rows, nothing_real
from labeling.pages.versions.steps import StepRow, step_rows
from models_ml.trees.parameters import ClassifierParameters, lightgbm_names

FIGURES = {
    "touch_count_errors_per_touch": "Touch-count errors per touch",
    "edge_errors_per_touch": "Edge errors per touch",
    "auc": "ROC AUC (frames)",
    "precision": "Precision (frames)",
    "recall": "Recall (frames)",
    "frame_accuracy": "Frame accuracy",
    "threshold": "Threshold",
    "n_touches": "Labelled touches",
    "n_trials": "Trials",
    "n_frames": "Labelled frames",
}
# The keys of measurements in `metrics`.
BEFORE, AFTER = "held_out_before", "held_out_after"
COLUMNS = {
    BEFORE: "Parent, held-out",
    AFTER: "This version, held-out",
    "validation": "This version, validation",
}

# Names of stored parameters and metrics whose keys would not read well as words.
NAMES = {
    "cnn_batch_images": "images of a step of the CNN",
    "cnn_learning_rate": "first learning rate of the CNN",
    "cnn_n_steps": "steps of the CNN",
    "cnn_seed": "seed of the CNN",
    "minutes_asked": "time limit in minutes",
    "n_frames_out_of_reach_left_out": "frames with the pole out of reach, not used",
    "n_train_frames": "frames for training",
    "n_train_trials": "trials for training",
    "n_trainings_asked": "number of trainings, requested",
    "search_minutes": "minutes of training",
    "trains_cnn": "CNN trained too, requested",
    "with_shipped_data": "trained on the shipped data too",
    "with_shipped_data_asked": "shipped data, requested",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure with its value on each set of trials."""

    name: str
    values: Sequence[float | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """A kind of error on held-out trials: counts and rates, before and after."""

    kind: str
    name: str
    before: int
    after: int
    before_per_touch: float | None
    after_per_touch: float | None
    before_interval: str
    after_interval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionReport:
    """Everything that the page and the file of a version report."""

    version: ModelVersion
    is_worse: bool
    columns: Sequence[str]
    figures: Sequence[FigureRow]
    errors: Sequence[ErrorRow]
    has_frames: bool
    kinds: Sequence[KindRow]
    nothing_real: str
    raters: Sequence[RaterRow]
    rate_names: Sequence[str]
    judged_by: str
    steps: Sequence[StepRow]
    search: Sequence[Mapping[str, Any]]
    search_svg: SafeString | None
    importance: Sequence[Mapping[str, Any]]
    subsets: Sequence[Subset]
    parameters: Sequence[tuple[str, Any]]
    other_metrics: Sequence[tuple[str, Any]]


def version_rows(user: User) -> list[tuple[ModelVersion, list[Session]]]:
    """Return the versions with the sessions that show them."""
    shown: dict[int | None, list[Session]] = {}
    for session in Session.objects.exclude(published_version=None):
        shown.setdefault(session.published_version_id, []).append(session)
    return [(version, shown.get(version.pk, [])) for version in versions_for(user)]


def report_of(version: ModelVersion) -> VersionReport:
    """Return the report of a version."""
    metrics = version.metrics
    search = [
        {**each, "parameters": lightgbm_names(each["parameters"])}
        for each in metrics.get("search") or []
    ]
    names = version.snapshot.subsets if version.snapshot else []
    measured = _measured(metrics)
    held_out = metrics.get("held_out") or {}
    return VersionReport(
        version=version,
        is_worse=is_worse(version),
        columns=[COLUMNS.get(name, name) for name in measured],
        figures=_figures(list(measured.values())),
        errors=_errors(version),
        has_frames=bool(held_out.get("errors")),
        kinds=kind_rows(version),
        nothing_real=nothing_real(version),
        raters=rater_rows(version),
        rate_names=SHORT_NAMES,
        judged_by=(held_out.get("people") or {}).get("consensus", ""),
        steps=step_rows(version),
        search=search,
        search_svg=mark_safe(_search_svg(search)) if search else None,  # noqa: S308
        importance=metrics.get("importance") or [],
        subsets=list(Subset.objects.filter(name__in=names)),
        parameters=_parameters(version.parameters),
        other_metrics=_named(
            {
                name: value
                for name, value in metrics.items()
                if isinstance(value, str | int | float)
            }
        ),
    )


def _measured(metrics: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the measurements by their key; held-out trials first."""
    names = [*COLUMNS, *(name for name in metrics if name not in COLUMNS)]
    found = {name: metrics.get(name) for name in names}
    return {
        name: each
        for name, each in found.items()
        if isinstance(each, dict) and "touch_count_errors_per_touch" in each
    }


def _figures(measured: Sequence[Mapping[str, Any]]) -> list[FigureRow]:
    """Return the figures with any value: old versions have fewer figures."""
    rows = [
        FigureRow(name=title, values=[each.get(name) for each in measured])
        for name, title in FIGURES.items()
    ]
    return [row for row in rows if any(value is not None for value in row.values)]


def _errors(version: ModelVersion) -> list[ErrorRow]:
    both = [version.metrics.get(BEFORE), version.metrics.get(AFTER)]
    return [
        _error_row(version, kind, title, both)
        for kind, title in RATE_NAMES.items()
        if all(both)
    ]


def _error_row(
    version: ModelVersion, kind: str, title: str, both: Sequence[Any]
) -> ErrorRow:
    counted = SUMS.get(kind, (kind,))
    before, after = (sum(each["errors"][name] for name in counted) for each in both)
    n_touches = both[0]["n_touches"]
    return ErrorRow(
        kind=kind,
        name=title,
        before=before,
        after=after,
        before_per_touch=before / n_touches if n_touches else None,
        after_per_touch=after / n_touches if n_touches else None,
        before_interval=interval_of(version, PARENT, kind),
        after_interval=interval_of(version, CHILD, kind),
    )


def _parameters(record: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return parameters with their names: LightGBM's as they are, others in words."""
    cnn = record.get("cnn_training") or {}
    values = lightgbm_names(
        {name: value for name, value in record.items() if name != "cnn_training"}
        | {f"cnn_{name}": value for name, value in cnn.items()}
    )
    names = sorted(field.name for field in fields(ClassifierParameters))
    lightgbm = {name: values.pop(name) for name in names if name in values}
    return [
        *((name, _text(value)) for name, value in lightgbm.items()),
        *((capfirst(name), value) for name, value in _named(values)),
    ]


def _named(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (
            NAMES.get(name) or re.sub("^n ", "number of ", name.replace("_", " ")),
            _text(value),
        )
        for name, value in sorted(values.items())
    ]


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else value


def _search_svg(search: Sequence[Mapping[str, Any]]) -> str:
    """Draw the result of each training, and the best so far."""
    chart = Chart(width=760, height=300, title="Hyperparameter search")
    values = [each["value"] for each in search if each["value"] is not None]
    ticks = ticks_up_to(max([0.001, *values]))
    panel = Panel(
        left=60,
        top=34,
        width=660,
        height=200,
        x=(0.5, len(search) + 0.5),
        y=(0, ticks[-1][0]),
    )
    every = max(1, len(search) // 12)
    chart.axes(
        panel,
        x_ticks=[(n, str(n)) for n in range(1, len(search) + 1, every)],
        y_ticks=ticks,
        x_title="Training",
        y_title="Touch-count errors per touch on validation trials",
    )
    best: list[tuple[float, float]] = []
    for number, each in enumerate(search, start=1):
        value = each["value"]
        if value is None:
            continue
        is_pruned = bool(each["pruned"])
        ending = "stopped early" if is_pruned else "complete"
        tip = f"training {number}: {value:.4f} after {each['n_rounds']} trees, {ending}"
        chart.dot(panel, (number, value), int(is_pruned), tip)
        if not is_pruned:
            best.append((number, min(value, best[-1][1]) if best else value))
    if len(best) > 1:
        chart.line(panel, best, 0, "best so far")
    chart.legend((75, 275), ("best so far; dots: single trainings",))
    return chart.svg()
