"""The result of a comparison as it is stored: figures as JSON, touches as arrays."""

import io
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.domain.agreement.contrasts import ContrastKey
from labeling.domain.agreement.gathered_labels import ComparisonLabels, TrialSpan
from models_ml.agreement.comparison import Contrast, RaterComparison
from models_ml.agreement.resampling import Estimate
from models_ml.agreement.touch_shifts import Shifts

Arrays = dict[str, npt.NDArray[np.int64]]


def contrasts_by_key(
    found: RaterComparison, labels: ComparisonLabels
) -> dict[ContrastKey, Contrast]:
    """Return every contrast by its key, annotators in the order of `labels`."""
    pk = [annotator.pk for annotator in labels.annotators]
    pairs = {
        ContrastKey.of_pair(pk[a], pk[b]): each for (a, b), each in found.pairs.items()
    }
    others = {ContrastKey.of_others(pk[of]): each for of, each in found.others.items()}
    second = {
        ContrastKey.of_second_pass(pk[of]): each
        for of, each in found.second_passes.items()
    }
    model = {ContrastKey.of_model(): found.model} if found.model else {}
    model_like = {
        ContrastKey.of_model_like(pk[of]): each for of, each in found.model_like.items()
    }
    return {**pairs, **others, **second, **model, **model_like}


def result_of(found: RaterComparison, labels: ComparisonLabels) -> dict[str, Any]:
    """Return the figures of a comparison as JSON stores them."""
    raters, by_key = labels.raters, contrasts_by_key(found, labels)
    return {
        "annotators": [
            {"pk": one.pk, "name": one.username, "excluded": _exclusions(each)}
            for one, each in zip(labels.annotators, found.exclusions, strict=True)
        ],
        "n_frames": int(raters.assigned.sum()),
        "n_out_of_reach": int((raters.assigned & ~raters.in_range).sum()),
        "n_trials": len(labels.spans),
        "notes": labels.notes,
        "group": _estimates(found.group),
        # PostgreSQL's jsonb does not preserve the order of keys.
        "order": [str(key) for key in by_key],
        "contrasts": {str(key): _contrast(each) for key, each in by_key.items()},
    }


def touches_of(found: RaterComparison, labels: ComparisonLabels) -> Arrays:
    """Return the touches behind each cell, frames counted from their trial's first.

    A row begins with the primary key of its trial.
    """
    arrays = {}
    for key, each in contrasts_by_key(found, labels).items():
        for what, rows, n_frame_columns in (
            ("errors", each.touches.errors, 2),
            ("pairs", each.touches.pairs, 4),
            ("missed", each.missed, 2),
            ("extra", each.extra, 2),
        ):
            arrays[f"{key}/{what}"] = _in_trials(rows, n_frame_columns, labels.spans)
    return arrays


def packed(arrays: Arrays) -> bytes:
    """Return arrays as one compressed file in memory."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpacked(content: bytes | memoryview, name: str) -> npt.NDArray[np.int64]:
    """Return one of the arrays that `packed` wrote; nothing is unpickled."""
    with np.load(io.BytesIO(bytes(content)), allow_pickle=False) as arrays:
        rows: npt.NDArray[np.int64] = arrays[name]
        return rows


def _in_trials(
    rows: npt.NDArray[np.int64], n_frame_columns: int, spans: list[TrialSpan]
) -> npt.NDArray[np.int64]:
    """Return rows of (span, frames of the span) as (trial, frames of the trial)."""
    moved = rows.copy()
    starts = np.array([span.start for span in spans], np.int64)
    keys = np.array([span.trial.pk for span in spans], np.int64)
    moved[:, 0] = keys[rows[:, 0]]
    moved[:, 1 : 1 + n_frame_columns] += starts[rows[:, 0], np.newaxis]
    return moved


def _contrast(each: Contrast) -> dict[str, Any]:
    return {
        "frames": _estimates(each.frames),
        "counts": each.touches.counts,
        "rates": {name: asdict(rate) for name, rate in each.rates.items()},
        "onset": _shifts(each.onsets),
        "offset": _shifts(each.offsets),
        "f1": [asdict(one) for one in each.f1],
        "onset_f1": [asdict(one) for one in each.onset_f1],
        "n_touches": len(each.touches.touches),
        "n_judged": len(each.touches.judged_touches),
        "n_frames": int(each.touches.frames_by_trial.sum()),
        "n_open": each.touches.n_open,
    }


def _shifts(shifts: Shifts) -> dict[str, Any]:
    ms, times = np.unique(shifts.ms, return_counts=True)
    return {
        "median": asdict(shifts.median),
        "mean": asdict(shifts.mean),
        "quartiles": shifts.quartiles and list(shifts.quartiles),
        "histogram": [
            [shift, n] for shift, n in zip(ms.tolist(), times.tolist(), strict=True)
        ],
    }


def _estimates(of: Any) -> dict[str, Any]:
    """Return the estimates among the fields of a record, by name."""
    found = {name: getattr(of, name) for name in of.__slots__}
    return {
        name: asdict(each) for name, each in found.items() if isinstance(each, Estimate)
    }


def _exclusions(each: Any) -> dict[str, int]:
    return {**asdict(each), "n_counted": each.n_counted}
