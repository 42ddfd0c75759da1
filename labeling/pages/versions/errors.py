"""Where a version and its parent err on held-out trials: rates, people, frames."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.domain.assignments.labelling import assignments_for, unfinished
from labeling.domain.labels.runs import apply_runs
from labeling.domain.training.held_out import CHILD, PARENT
from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import ModelVersion, Trial, User
from labeling.pages.comparison.tables import Figure
from labeling.pages.comparison.touches import LABEL_NAMES, strip_png
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.touches.touch_errors import COUNTS

SIDES = {CHILD: "this version", PARENT: "its parent"}
RATE_NAMES = {
    "touch_count_errors": "touch-count errors",
    "edge_errors": "edge errors",
    **{name: name for name in COUNTS[:4]},
    "append_long": "append, 5 frames or more",
    "deduct_long": "deduct, 5 frames or more",
    "append": "append, shorter",
    "deduct": "deduct, shorter",
}
# The same, where they stand side by side.
SHORT_NAMES = (
    *("touch count", "edges", *COUNTS[:4]),
    *("append 5+", "deduct 5+", "append", "deduct"),
)
# The two sums that a table of errors begins with.
SUMS = {"touch_count_errors": COUNTS[:6], "edge_errors": COUNTS[6:]}
CONTEXT_FRAMES, WINDOW_FRAMES = 4, 30
WINDOWS_MAX, WINDOWS_IN_FILE_MAX = 100, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterRow:
    """Somebody judged by the consensus of the others."""

    name: str
    is_ceiling: bool
    is_model: bool
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWindow:
    """An error, and the frames around it with what is said of each."""

    kind: str
    trial: Trial
    onset: int
    offset: int
    start: int
    stop: int
    lanes: Sequence[tuple[str, list[str]]]

    @property
    def frames(self) -> range:
        """The frames' indices."""
        return range(self.start, self.stop)

    @property
    def picture(self) -> str:
        """The frames side by side as an address that holds them; empty without file."""
        try:
            png = strip_png(self.trial, self.start, self.stop)
        except LabelingError:
            return ""
        return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def interval_of(version: ModelVersion, side: str, name: str) -> str:
    """Return the 95 % interval of an error for each touch; empty where none is kept."""
    record = version.metrics.get("held_out")
    rates = record and record["rates"].get(side)
    return Figure(**rates[name]).interval if rates else ""


def rater_rows(version: ModelVersion) -> list[RaterRow]:
    """Return annotators, the human ceiling, parent and version, judged alike."""
    record = version.metrics.get("held_out")
    people = record and record["people"]
    if not people:
        return []
    models = people["models"]
    return [
        *(
            _rater_row(each["name"], each["rates"], is_model=False)
            for each in people["annotators"]
        ),
        _rater_row("people, their mean", people["ceiling"], is_model=False, mean=True),
        *(
            _rater_row(f"{title}, in their places", models[side], is_model=True)
            for side, title in ((PARENT, "its parent"), (CHILD, "this version"))
            if side in models
        ),
    ]


def check_may_see_errors(user: User, version: ModelVersion) -> None:
    """Refuse whoever still labels these trials without seeing others or scores."""
    record = version.metrics.get("held_out")
    names = {each["session"] for each in record["trials"]} if record else set()
    own = unfinished(assignments_for(user)).filter(clip__trial__session__name__in=names)
    if own.filter(sees_others=False).exists() or own.filter(sees_scores=False).exists():
        raise NotAllowedError(
            "You still label clips of these sessions without seeing others: finish "
            "them first, then look at errors."
        )


def error_windows(
    version: ModelVersion, side: str, kind: str = "", *, at_most: int = WINDOWS_MAX
) -> list[ErrorWindow]:
    """Return a version's errors, or its parent's, in frame order; of one kind or all.

    Trials whose session is gone, or has another name now, are left out.
    """
    if side not in SIDES or kind not in ("", *RATE_NAMES):
        raise NotFoundError("There are no such errors.")
    record = version.metrics.get("held_out")
    if not record:
        return []
    return list(_windows(version, record, side, kind, at_most))


def _windows(
    version: ModelVersion, record: Mapping[str, Any], side: str, kind: str, most: int
) -> Iterator[ErrorWindow]:
    rows = [
        row
        for row in record["errors"].get(side, [])
        if not kind or COUNTS[row[3]] in SUMS.get(kind, (kind,))
    ]
    trials: dict[int, Trial | None] = {}
    n_drawn = 0
    for place, onset, offset, kind_number in rows:
        if n_drawn == most:
            return
        if place not in trials:
            trials[place] = _trial(record["trials"][place])
        trial = trials[place]
        if trial is not None:
            n_drawn += 1
            yield _window(
                version, record, place, trial, (onset, offset), COUNTS[kind_number]
            )


def _trial(entry: Mapping[str, Any]) -> Trial | None:
    return (
        Trial.objects.select_related("session")
        .filter(session__name=entry["session"], number=entry["number"])
        .first()
    )


def _window(
    version: ModelVersion,
    record: Mapping[str, Any],
    place: int,
    trial: Trial,
    error: tuple[int, int],
    kind: str,
) -> ErrorWindow:
    start = max(0, error[0] - CONTEXT_FRAMES)
    stop = min(trial.n_frames, error[1] + CONTEXT_FRAMES, start + WINDOW_FRAMES)
    lanes = [("labels", _labels(version, trial)[start:stop])]
    for side, touches in sorted(record["touches"].items(), reverse=True):
        runs = [(onset, offset, 1) for onset, offset in touches[place]]
        values = np.zeros(trial.n_frames, np.int8)
        apply_runs(values, runs, first=0)
        lanes.append((SIDES[side], values[start:stop]))
    return ErrorWindow(
        kind=RATE_NAMES[kind],
        trial=trial,
        onset=error[0],
        offset=error[1],
        start=start,
        stop=stop,
        lanes=[
            (name, [LABEL_NAMES[value] for value in values.tolist()])
            for name, values in lanes
        ],
    )


def _labels(version: ModelVersion, trial: Trial) -> LabelValues:
    """Return what was learned from, as it was frozen."""
    values = np.full(trial.n_frames, UNLABELLED, np.int8)
    for entry in version.snapshot.trials if version.snapshot else []:
        if (entry["session"], entry["number"]) == (trial.session.name, trial.number):
            apply_runs(values, entry["runs"], first=0)
    return values


def _rater_row(
    name: str, rates: Mapping[str, Any], *, is_model: bool, mean: bool = False
) -> RaterRow:
    return RaterRow(
        name=name,
        is_ceiling=mean,
        is_model=is_model,
        figures=[Figure(**rates[key]) for key in RATE_NAMES],
    )
