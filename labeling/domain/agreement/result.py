"""A comparison as it is kept: statistics as JSON, the touches behind them as arrays.

A contrast is named by its reference and by whom it judges: `a3` is annotator 3, `o3`
the consensus of all others, `s3` the second pass of annotator 3, `all` the consensus of
all, `m` the model.
"""

import io
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.domain.agreement.gathered_labels import ComparisonLabels, TrialSpan
from models_ml.agreement.comparison import Contrast, RaterComparison
from models_ml.agreement.resampling import Estimate
from models_ml.agreement.touch_shifts import Shifts

Arrays = dict[str, npt.NDArray[np.int64]]

EVERYBODY, MODEL = "all", "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Who is judged in a contrast, and against whom, in words."""

    judged: str
    reference: str
    is_of_others: bool
    # The model against the others' consensus, as if it were one of the annotators.
    is_in_place: bool
    is_again: bool


def sides_of(result: dict[str, Any], contrast: str) -> Side:
    """Return a contrast's name in words."""
    names = {str(each["pk"]): each["name"] for each in result["annotators"]}
    reference, _, judged = contrast.partition("-")
    is_again = judged.startswith("s")
    name = "model" if judged == MODEL else names[judged[1:]]
    if reference == EVERYBODY:
        against = "everybody"
    elif reference.startswith("o"):
        of = names[reference[1:]]
        against = f"all but {of}" if judged == MODEL else "the others"
    else:
        against = "own first pass" if is_again else names[reference[1:]]
    return Side(
        judged=f"{name}, second pass" if is_again else name,
        reference=against,
        is_of_others=reference.startswith("o") and judged != MODEL,
        is_in_place=reference.startswith("o") and judged == MODEL,
        is_again=is_again,
    )


def named_contrasts(
    found: RaterComparison, labels: ComparisonLabels
) -> dict[str, Contrast]:
    """Return every contrast by its name, annotators in the order of the list."""
    pk = [annotator.pk for annotator in labels.annotators]
    named = {f"a{pk[a]}-a{pk[b]}": each for (a, b), each in found.pairs.items()}
    named |= {f"o{pk[of]}-a{pk[of]}": each for of, each in found.others.items()}
    named |= {f"a{pk[of]}-s{pk[of]}": each for of, each in found.again.items()}
    if found.model:
        named["all-m"] = found.model
    named |= {f"o{pk[of]}-m": each for of, each in found.model_as.items()}
    return named


def result_of(found: RaterComparison, labels: ComparisonLabels) -> dict[str, Any]:
    """Return the statistics as JSON takes them."""
    said, named = labels.said, named_contrasts(found, labels)
    return {
        "annotators": [
            {"pk": one.pk, "name": one.username, "excluded": _exclusions(each)}
            for one, each in zip(labels.annotators, found.exclusions, strict=True)
        ],
        "n_frames": int(said.asked.sum()),
        "n_out_of_reach": int((said.asked & ~said.in_reach).sum()),
        "n_trials": len(labels.spans),
        "notes": labels.notes,
        "group": _estimates(found.group),
        # The database keeps no order of keys.
        "order": list(named),
        "contrasts": {name: _contrast(each) for name, each in named.items()},
    }


def touches_of(found: RaterComparison, labels: ComparisonLabels) -> Arrays:
    """Return the touches behind each cell: trials by primary key, frames of trials."""
    arrays = {}
    for name, each in named_contrasts(found, labels).items():
        for what, rows, n_frame_columns in (
            ("errors", each.touches.errors, 2),
            ("pairs", each.touches.pairs, 4),
            ("missed", each.missed, 2),
            ("extra", each.extra, 2),
        ):
            arrays[f"{name}/{what}"] = _in_trials(rows, n_frame_columns, labels.spans)
    return arrays


def packed(arrays: Arrays) -> bytes:
    """Return arrays as one compressed file in memory."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpacked(content: bytes | memoryview, name: str) -> npt.NDArray[np.int64]:
    """Return one of the arrays; nothing in the file is unpickled."""
    with np.load(io.BytesIO(bytes(content)), allow_pickle=False) as arrays:
        rows: npt.NDArray[np.int64] = arrays[name]
        return rows


def _in_trials(
    rows: npt.NDArray[np.int64], n_frame_columns: int, spans: list[TrialSpan]
) -> npt.NDArray[np.int64]:
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
    """Return a record of estimates by their names."""
    found = {name: getattr(of, name) for name in of.__slots__}
    return {
        name: asdict(each) for name, each in found.items() if isinstance(each, Estimate)
    }


def _exclusions(each: Any) -> dict[str, int]:
    return {**asdict(each), "n_counted": each.n_counted}
