"""Scores of a trial's frames by a model version, and the touches in them.

Scores are stored raw, for every frame. Touches are detected only in the frames in range
(pole in reach), if the range is known.
"""

import numpy as np
import numpy.typing as npt
from django.db import transaction

from labeling.domain.recordings.in_range import SessionRanges, session_ranges
from labeling.models import ModelVersion, Scores, Trial
from models_ml.arrays import Float32s
from models_ml.touches.detection import touch_mask, touches_from_mask


def is_scored(trial: Trial, version: ModelVersion) -> bool:
    """Whether a version has scored a trial."""
    return Scores.objects.filter(trial=trial, version=version).exists()


def trial_scores(trial: Trial, version: ModelVersion) -> Float32s | None:
    """Return the raw scores of a trial; None if there are none."""
    rows = Scores.objects.filter(trial=trial, version=version)
    values = rows.values_list("values", flat=True).first()
    return None if values is None else scores_from(values)


def scores_from(values: bytes | memoryview) -> Float32s:
    """Return stored scores as an array."""
    return np.frombuffer(values, dtype="<f4")


def touch_frames(
    scores: Float32s, version: ModelVersion, counted: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Return a mask of a trial's touch frames; frames not counted are none."""
    mask = touch_mask(scores, [len(scores)], version.threshold)
    mask[: counted[0]] = mask[counted[1] :] = False
    return mask


def touches_of(
    scores: Float32s, version: ModelVersion, counted: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """Return the touches in a trial's raw scores, shape (n_touches, 2).

    A touch that continues beyond the counted frames ends with them.
    """
    mask = touch_frames(scores, version, counted)
    return touches_from_mask(mask, [len(scores)])[:, 1:]


@transaction.atomic
def save_scores(
    *,
    trial: Trial,
    version: ModelVersion,
    scores: npt.NDArray[np.floating],
    ranges: SessionRanges | None = None,
) -> None:
    """Save the scores of a trial, and replace earlier ones of the same version.

    Pass the session's `ranges` when saving many trials, to avoid reading it again.
    """
    values = np.ascontiguousarray(scores, dtype="<f4").tobytes()
    ranges = ranges or session_ranges(trial.session)
    counted = ranges.frames_in_range(_locked(trial))
    Scores.objects.update_or_create(
        trial=trial,
        version=version,
        defaults={
            "n_frames": len(scores),
            "values": values,
            "n_touches": len(touches_of(scores_from(values), version, counted)),
        },
    )


def count_touches_again(trial: Trial, ranges: SessionRanges) -> None:
    """Update the stored numbers of a trial's touches after its range has changed."""
    counted = ranges.frames_in_range(trial)
    for stored in Scores.objects.filter(trial=trial).select_related("version"):
        touches = touches_of(scores_from(stored.values), stored.version, counted)
        Scores.objects.filter(pk=stored.pk).update(n_touches=len(touches))


def _locked(trial: Trial) -> Trial:
    """Return the current row of a trial, locked against corrections until commit."""
    return Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
