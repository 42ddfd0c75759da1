"""Errors of a version and its parent on held-out trials: rates, raters, frames."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from labeling.domain.agreement.access import check_sees_errors
from labeling.domain.labels.runs import apply_runs
from labeling.domain.training.held_out import CHILD, PARENT
from labeling.errors import LabelingError, NotFoundError
from labeling.models import ModelVersion, Trial, User
from labeling.pages.comparison.tables import Figure
from labeling.pages.frame_strip import png_data_uri, strip_png
from labeling.pages.frame_windows import FrameWindow, label_names, window_around
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.touches.touch_errors import COUNTS

SIDES = {CHILD: "this version", PARENT: "the parent"}
RATE_NAMES = {
    "touch_count_errors": "touch-count errors",
    "edge_errors": "edge errors",
    **{name: name for name in COUNTS[:4]},
    "append_long": "append, 5 frames or more",
    "deduct_long": "deduct, 5 frames or more",
    "append": "append, shorter",
    "deduct": "deduct, shorter",
}
# Column headings of a table with all rates.
SHORT_NAMES = (
    *("touch count", "edges", *COUNTS[:4]),
    *("append 5+", "deduct 5+", "append", "deduct"),
)
# The kinds of error in each sum.
SUMS = {"touch_count_errors": COUNTS[:6], "edge_errors": COUNTS[6:]}
WINDOWS_MAX, WINDOWS_IN_FILE_MAX = 100, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterRow:
    """A rater judged against the consensus of the other annotators."""

    name: str
    is_ceiling: bool
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWindow(FrameWindow):
    """The frames around an error, with the labels and the touches of both versions."""

    kind: str
    trial: Trial
    onset: int
    offset: int
    lanes: Sequence[tuple[str, list[str]]]

    @property
    def picture(self) -> str:
        """The frame strip as a data URI; empty if the session file is missing."""
        try:
            png = strip_png(self.trial, self.start, self.stop)
        except LabelingError:
            return ""
        return png_data_uri(png)


def interval_of(version: ModelVersion, side: str, name: str) -> str:
    """Return the 95 % interval of an error rate; empty if none is stored."""
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
        *(_rater_row(each["name"], each["rates"]) for each in people["annotators"]),
        _rater_row("annotators, mean", people["ceiling"], is_ceiling=True),
        *(
            _rater_row(f"{title}, same references", models[side])
            for side, title in ((PARENT, "the parent"), (CHILD, "this version"))
            if side in models
        ),
    ]


def check_may_see_errors(user: User, version: ModelVersion) -> None:
    """Refuse users who still label clips of the held-out sessions blind."""
    record = version.metrics.get("held_out")
    check_sees_errors(
        user, {each["session"] for each in record["trials"]} if record else set()
    )


def error_windows(
    version: ModelVersion, side: str, kind: str = "", *, at_most: int = WINDOWS_MAX
) -> list[ErrorWindow]:
    """Return the errors of a version or its parent, in frame order; of one kind or all.

    Trials whose session was deleted or renamed are left out.
    """
    if side not in SIDES or kind not in ("", *RATE_NAMES):
        raise NotFoundError("There are no such errors.")
    record = version.metrics.get("held_out")
    if not record:
        return []
    kinds = SUMS.get(kind, (kind,)) if kind else COUNTS
    found = _errors(record, side, kinds)
    return [_window(version, record, each) for each in islice(found, at_most)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeldOutError:
    """An error; `position` is that of its trial in the stored record."""

    trial: Trial
    position: int
    onset: int
    offset: int
    kind: str


def _errors(
    record: Mapping[str, Any], side: str, kinds: Collection[str]
) -> Iterator[_HeldOutError]:
    trials: dict[int, Trial | None] = {}
    for position, onset, offset, kind_number in record["errors"].get(side, []):
        if COUNTS[kind_number] not in kinds:
            continue
        if position not in trials:
            trials[position] = _trial(record["trials"][position])
        trial = trials[position]
        if trial is not None:
            yield _HeldOutError(
                trial=trial,
                position=position,
                onset=onset,
                offset=offset,
                kind=COUNTS[kind_number],
            )


def _trial(entry: Mapping[str, Any]) -> Trial | None:
    return (
        Trial.objects.select_related("session")
        .filter(session__name=entry["session"], number=entry["number"])
        .first()
    )


def _window(
    version: ModelVersion, record: Mapping[str, Any], error: _HeldOutError
) -> ErrorWindow:
    trial = error.trial
    start, stop = window_around(error.onset, error.offset, trial.n_frames)
    lanes = [("labels", _labels(version, trial)[start:stop])]
    for side, touches in sorted(record["touches"].items(), reverse=True):
        runs = [(onset, offset, 1) for onset, offset in touches[error.position]]
        values = np.zeros(trial.n_frames, np.int8)
        apply_runs(values, runs, first=0)
        lanes.append((SIDES[side], values[start:stop]))
    return ErrorWindow(
        kind=RATE_NAMES[error.kind],
        trial=trial,
        onset=error.onset,
        offset=error.offset,
        start=start,
        stop=stop,
        lanes=[(name, label_names(values)) for name, values in lanes],
    )


def _labels(version: ModelVersion, trial: Trial) -> LabelValues:
    """Return the labels of a trial in the version's label snapshot."""
    values = np.full(trial.n_frames, UNLABELLED, np.int8)
    for entry in version.snapshot.trials if version.snapshot else []:
        if (entry["session"], entry["number"]) == (trial.session.name, trial.number):
            apply_runs(values, entry["runs"], first=0)
    return values


def _rater_row(
    name: str, rates: Mapping[str, Any], *, is_ceiling: bool = False
) -> RaterRow:
    return RaterRow(
        name=name,
        is_ceiling=is_ceiling,
        figures=[Figure(**rates[key]) for key in RATE_NAMES],
    )
