"""The touches behind a cell of a comparison, and what everybody says around one."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labeling.domain.agreement.comparison import Choice, consensus_by
from labeling.domain.agreement.result import EVERYBODY, MODEL, unpacked
from labeling.domain.agreement.scope import Scope
from labeling.domain.labels.decisions import settled_trials
from labeling.domain.recordings.in_range import reach_in
from labeling.domain.recordings.session_files import opened_session
from labeling.domain.versions.scores import touch_frames, trial_scores
from labeling.errors import NotFoundError
from labeling.models import Comparison, Trial
from models_ml.agreement.touch_matching import TOLERANCES_MS
from models_ml.arrays import UNLABELLED, LabelValues
from models_ml.touches.touch_errors import KINDS

CONTEXT_FRAMES = 8
# A stretch that is longer is shown by its two ends.
WINDOW_FRAMES = 26
STRIP_FRAMES_MAX = 60
LABEL_NAMES = {-1: "none", 0: "not-touch", 1: "touch", 2: "unsure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRow:
    """One touch, or one stretch in which two differ."""

    trial: int
    onset: int
    offset: int
    kind: str

    @property
    def n_frames(self) -> int:
        """How many frames it lasts."""
        return self.offset - self.onset


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What one rater says of the frames of a window."""

    name: str
    # Whether this rater is one of the two that are compared.
    is_meant: bool
    labels: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Frames that are shown together, with a lane for each rater."""

    start: int
    stop: int
    marked: list[bool]
    lanes: list[Lane]

    @property
    def frames(self) -> range:
        """Return the frames' indices."""
        return range(self.start, self.stop)


def touches_behind(kept: Comparison, contrast: str, of: str) -> list[TouchRow]:
    """Return the touches behind a cell, in frame order.

    `of` is a kind of error, `touch_count`, `edge` or `errors` for several, `onset:MS`
    or `offset:MS` for touches whose edge is so much later, without MS for all whose
    edge is elsewhere, `f1:MS` for those without a partner at a tolerance.
    """
    if contrast not in kept.result["contrasts"]:
        raise NotFoundError("There is no such cell in this comparison.")
    what, _, ms = of.partition(":")
    if what in ("onset", "offset"):
        return _shifted(kept, contrast, what, _number(ms) if ms else None)
    if what == "f1":
        return _unmatched(kept, contrast, _number(ms))
    kinds = {
        "errors": KINDS,
        "touch_count": KINDS[:4],
        "edge": KINDS[4:],
    }.get(what, (what,))
    return [
        TouchRow(trial=trial, onset=onset, offset=offset, kind=KINDS[kind])
        for trial, onset, offset, kind in _rows(kept, contrast, "errors")
        if KINDS[kind] in kinds
    ]


def with_trials(rows: Iterable[TouchRow]) -> list[tuple[TouchRow, Trial]]:
    """Return touches with the trials that they are in."""
    rows = list(rows)
    trials = Trial.objects.select_related("session")
    by_pk = trials.in_bulk({row.trial for row in rows})
    return [(row, by_pk[row.trial]) for row in rows]


def windows_around(
    choice: Choice, contrast: str, row: TouchRow, trial: Trial
) -> list[Window]:
    """Return the frames around a touch, with what everybody says of them."""
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
        Window(
            start=start,
            stop=stop,
            marked=[row.onset <= frame < row.offset for frame in range(start, stop)],
            lanes=_lanes(choice, contrast, trial, start, stop),
        )
        for start, stop in ranges
    ]


def trial_of(scope: Scope, pk: int) -> Trial:
    """Return a trial of which a scope holds clips."""
    trial = scope.trials.filter(pk=pk).first()
    if trial is None:
        raise NotFoundError(f"There is no trial {pk} in {scope}.")
    return trial


def strip_png(trial: Trial, start: int, stop: int) -> bytes:
    """Return frames side by side as one grey picture."""
    if not 0 <= start < stop <= trial.n_frames or stop - start > STRIP_FRAMES_MAX:
        raise NotFoundError(
            f"Expected at most {STRIP_FRAMES_MAX} frames within 0 to "
            f"{trial.n_frames}, found {start} to {stop}."
        )
    from PIL import Image

    with opened_session(trial.session) as source:
        frames = source.frames(trial.first_row + start, trial.first_row + stop)
    picture = io.BytesIO()
    Image.fromarray(np.concatenate(list(frames), axis=1)).save(picture, "PNG")
    return picture.getvalue()


def _shifted(
    kept: Comparison, contrast: str, edge: str, ms: float | None
) -> list[TouchRow]:
    column = 1 if edge == "onset" else 2
    rows = _rows(kept, contrast, "pairs")
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


def _unmatched(kept: Comparison, contrast: str, ms: float) -> list[TouchRow]:
    if ms not in TOLERANCES_MS:
        raise NotFoundError(f"There is no tolerance of {ms:g} ms in this comparison.")
    bit = 1 << TOLERANCES_MS.index(int(ms))
    unmatched = [
        TouchRow(trial=trial, onset=onset, offset=offset, kind=kind)
        for what, kind in (("missed", "in the reference alone"), ("extra", "extra"))
        for trial, onset, offset, bits in _rows(kept, contrast, what)
        if not bits & bit
    ]
    return sorted(unmatched, key=lambda row: (row.trial, row.onset, row.offset))


def _rows(kept: Comparison, contrast: str, what: str) -> list[list[int]]:
    rows: list[list[int]] = unpacked(kept.touches, f"{contrast}/{what}").tolist()
    return rows


def _number(ms: str) -> float:
    try:
        return float(ms)
    except ValueError:
        raise NotFoundError(f"Expected a number of ms, found {ms[:20]!r}.") from None


def _lanes(
    choice: Choice, contrast: str, trial: Trial, start: int, stop: int
) -> list[Lane]:
    """Return a lane for each pass, for the consensus that is meant, for the model."""
    reference, _, judged = contrast.partition("-")
    first, later = _said(choice.scope, trial, start, stop)
    named = {f"a{pk}": (name, labels) for (pk, name), labels in first.items()}
    for (pk, name), labels in later.items():
        named[f"s{pk}"] = (f"{name}, second pass", labels)
    if reference[0] == "o" or reference == EVERYBODY:
        voters = [labels for (pk, _), labels in first.items() if reference != f"o{pk}"]
        together = np.stack(voters or [np.full(stop - start, UNLABELLED, np.int8)])
        consensus = consensus_by(choice, _settled(choice, trial)[start:stop])
        named[reference] = (f"{choice.consensus} of them", consensus(together))
    if choice.version is not None:
        named[MODEL] = (str(choice.version), _model(choice, trial)[start:stop])
    return [
        Lane(
            name=name,
            is_meant=key in (reference, judged),
            labels=[LABEL_NAMES[value] for value in labels.tolist()],
        )
        for key, (name, labels) in named.items()
    ]


def _said(
    scope: Scope, trial: Trial, start: int, stop: int
) -> tuple[dict[tuple[int, str], LabelValues], dict[tuple[int, str], LabelValues]]:
    """Return first and later passes in a window, by annotator."""
    first: dict[tuple[int, str], LabelValues] = {}
    later: dict[tuple[int, str], LabelValues] = {}
    rows = scope.labels.filter(
        frame__trial=trial, frame__index__range=(start, stop - 1)
    ).order_by(
        "assignment__annotator__username", "assignment__pass_number", "assignment"
    )
    for pk, name, number, index, value in rows.values_list(
        "assignment__annotator",
        "assignment__annotator__username",
        "assignment__pass_number",
        "frame__index",
        "value",
    ):
        into = first if number == 1 else later
        empty = np.full(stop - start, UNLABELLED, np.int8)
        into.setdefault((pk, name), empty)[index - start] = value
    return first, later


def _settled(choice: Choice, trial: Trial) -> LabelValues:
    settled = settled_trials(choice.scope.subsets).get(trial.pk)
    nothing = np.full(trial.n_frames, UNLABELLED, np.int8)
    return nothing if settled is None else settled.values


def _model(choice: Choice, trial: Trial) -> npt.NDArray[np.int8]:
    scores = None
    if choice.version is not None:
        scores = trial_scores(trial, choice.version)
    if scores is None or choice.version is None:
        return np.full(trial.n_frames, UNLABELLED, np.int8)
    counted = reach_in(trial.session).counted(trial)
    return touch_frames(scores, choice.version, counted).astype(np.int8)
