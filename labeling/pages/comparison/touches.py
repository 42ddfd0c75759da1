"""The touches behind a cell of a comparison, and all labels around one of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labeling.domain.agreement.comparison import Choice, consensus_of
from labeling.domain.agreement.contrasts import (
    EVERYONE,
    MODEL,
    ContrastKey,
    RaterKey,
    RaterKind,
)
from labeling.domain.agreement.result import unpacked
from labeling.domain.agreement.scope import Scope
from labeling.domain.labels.decisions import decided_trials
from labeling.domain.recordings.in_range import session_ranges
from labeling.domain.versions.scores import touch_frames, trial_scores
from labeling.errors import NotFoundError
from labeling.models import Comparison, Trial
from labeling.pages.comparison.cells import EDGES, ERROR_KINDS, F1, Cell
from labeling.pages.frame_windows import FrameWindow, label_names
from labeling.pages.label_sources import source_text
from models_ml.agreement.touch_matching import TOLERANCES_MS
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.touches.touch_errors import KINDS

# Frames on each side of a touch; of a longer touch, its two edges are shown.
CONTEXT_FRAMES, WINDOW_FRAMES = 8, 26

# Labels of a window by annotator: primary key and name.
ByAnnotator = dict[tuple[int, str], LabelValues]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRow:
    """A touch, or a run of frames in which the two sides differ."""

    trial: int
    onset: int
    offset: int
    kind: str

    @property
    def n_frames(self) -> int:
        """The number of its frames."""
        return self.offset - self.onset


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The labels of one rater in a window; `is_compared` if the contrast has it."""

    name: str
    is_compared: bool
    labels: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchWindow(FrameWindow):
    """Frames around a touch: which belong to the touch, and a lane for each rater."""

    marked: list[bool]
    lanes: list[Lane]


def touches_behind(stored: Comparison, cell: Cell) -> list[TouchRow]:
    """Return the touches that a cell counts, in frame order."""
    measure = cell.measure
    if str(cell.contrast) not in stored.result["contrasts"]:
        raise NotFoundError("This comparison has no such cell.")
    if measure.name in EDGES:
        return _shifted(stored, cell.contrast, measure.name, measure.ms)
    if measure.name == F1 and measure.ms is not None:
        return _unmatched(stored, cell.contrast, measure.ms)
    kinds = ERROR_KINDS[measure.name]
    return [
        TouchRow(trial=trial, onset=onset, offset=offset, kind=KINDS[kind])
        for trial, onset, offset, kind in _rows(stored, cell.contrast, "errors")
        if KINDS[kind] in kinds
    ]


def with_trials(rows: Iterable[TouchRow]) -> list[tuple[TouchRow, Trial]]:
    """Return touches with their trials."""
    rows = list(rows)
    trials = Trial.objects.select_related("session")
    by_pk = trials.in_bulk({row.trial for row in rows})
    return [(row, by_pk[row.trial]) for row in rows]


def windows_around(
    choice: Choice, contrast: ContrastKey, row: TouchRow, trial: Trial
) -> list[TouchWindow]:
    """Return the frames around a touch with the labels of all raters."""
    first = max(0, row.onset - CONTEXT_FRAMES)
    last = min(trial.n_frames, row.offset + CONTEXT_FRAMES)
    if last - first <= WINDOW_FRAMES:
        ranges = [(first, last)]
    else:
        half = WINDOW_FRAMES // 2
        ranges = [
            (max(0, edge - half), min(trial.n_frames, edge + half))
            for edge in (row.onset, row.offset)
        ]
    return [
        TouchWindow(
            start=start,
            stop=stop,
            marked=[row.onset <= frame < row.offset for frame in range(start, stop)],
            lanes=_lanes(choice, contrast, trial, (start, stop)),
        )
        for start, stop in ranges
    ]


def _shifted(
    stored: Comparison, contrast: ContrastKey, edge: str, ms: float | None
) -> list[TouchRow]:
    """Return the pairs of touches whose edge is so much later; None: that differ."""
    column = 1 if edge == "onset" else 2
    rows = _rows(stored, contrast, "pairs")
    rates = dict(
        Trial.objects.filter(pk__in={row[0] for row in rows}).values_list(
            "pk", "session__rate_hz"
        )
    )
    shifts = [(row[column + 2] - row[column]) * 1000 / rates[row[0]] for row in rows]
    return [
        TouchRow(
            trial=row[0],
            onset=min(row[1], row[3]),
            offset=max(row[2], row[4]),
            kind=f"{edge} {round(shift, 6):+g} ms",
        )
        for row, shift in zip(rows, shifts, strict=True)
        if (shift != 0 if ms is None else abs(shift - ms) < 1e-3)
    ]


def _unmatched(stored: Comparison, contrast: ContrastKey, ms: float) -> list[TouchRow]:
    """Return the touches of both sides without a partner within a tolerance."""
    if ms not in TOLERANCES_MS:
        raise NotFoundError(f"This comparison has no tolerance of {ms:g} ms.")
    bit = 1 << TOLERANCES_MS.index(int(ms))
    unmatched = [
        TouchRow(trial=trial, onset=onset, offset=offset, kind=kind)
        for what, kind in (("missed", "only in the reference"), ("extra", "extra"))
        for trial, onset, offset, bits in _rows(stored, contrast, what)
        if not bits & bit
    ]
    return sorted(unmatched, key=lambda row: (row.trial, row.onset, row.offset))


def _rows(stored: Comparison, contrast: ContrastKey, what: str) -> list[list[int]]:
    rows: list[list[int]] = unpacked(stored.touches, f"{contrast}/{what}").tolist()
    return rows


def _lanes(
    choice: Choice, contrast: ContrastKey, trial: Trial, window: tuple[int, int]
) -> list[Lane]:
    """Return a lane for each pass, for the contrast's consensus, and for the model."""
    reference = contrast.reference
    first, later = _labels_in(choice.scope, trial, window)
    by_rater = {
        RaterKey(RaterKind.ANNOTATOR, pk): (name, labels)
        for (pk, name), labels in first.items()
    }
    by_rater |= {
        RaterKey(RaterKind.REPEAT, pk): (f"{name}, repeat clips", labels)
        for (pk, name), labels in later.items()
    }
    if reference == EVERYONE or reference.kind is RaterKind.OTHERS:
        voters = [
            labels for (pk, _), labels in first.items() if pk != reference.annotator
        ]
        by_rater[reference] = (
            source_text(choice.consensus),
            _consensus(choice, trial, window, voters),
        )
    if choice.version is not None:
        model = _model_touches(choice, trial)[slice(*window)]
        by_rater[MODEL] = (str(choice.version), model)
    return [
        Lane(name=name, is_compared=rater in contrast.sides, labels=label_names(labels))
        for rater, (name, labels) in by_rater.items()
    ]


def _consensus(
    choice: Choice, trial: Trial, window: tuple[int, int], voters: list[LabelValues]
) -> LabelValues:
    unlabelled = np.full(window[1] - window[0], UNLABELLED, np.int8)
    consensus = consensus_of(choice, _decisions(choice, trial)[slice(*window)])
    return consensus(np.stack(voters or [unlabelled]))


def _labels_in(
    scope: Scope, trial: Trial, window: tuple[int, int]
) -> tuple[ByAnnotator, ByAnnotator]:
    """Return the labels of a window: first passes and later passes."""
    start, stop = window
    first: ByAnnotator = {}
    later: ByAnnotator = {}
    rows = scope.labels.filter(
        frame__trial=trial, frame__index__range=(start, stop - 1)
    ).order_by(
        "assignment__annotator__username", "assignment__pass_number", "assignment"
    )
    for pk, name, pass_number, index, value in rows.values_list(
        "assignment__annotator",
        "assignment__annotator__username",
        "assignment__pass_number",
        "frame__index",
        "value",
    ):
        labels = first if pass_number == 1 else later
        unlabelled = np.full(stop - start, UNLABELLED, np.int8)
        labels.setdefault((pk, name), unlabelled)[index - start] = value
    return first, later


def _decisions(choice: Choice, trial: Trial) -> LabelValues:
    decisions = decided_trials(choice.scope.subsets).get(trial.pk)
    if decisions is None:
        return np.full(trial.n_frames, UNLABELLED, np.int8)
    return decisions.values


def _model_touches(choice: Choice, trial: Trial) -> npt.NDArray[np.int8]:
    version = choice.version
    scores = None if version is None else trial_scores(trial, version)
    if version is None or scores is None:
        return np.full(trial.n_frames, UNLABELLED, np.int8)
    counted = session_ranges(trial.session).frames_in_range(trial)
    return touch_frames(scores, version, counted).astype(np.int8)
