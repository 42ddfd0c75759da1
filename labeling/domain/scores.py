"""Scores: what a model version says of a trial's frames, as it said it."""

import numpy as np
import numpy.typing as npt

from labeling.models import ModelVersion, Scores, Trial
from models_ml.touches import touch_mask, touches_from_mask

FloatScores = npt.NDArray[np.float32]


def is_scored(trial: Trial, version: ModelVersion) -> bool:
    """Whether this version has scored this trial."""
    return Scores.objects.filter(trial=trial, version=version).exists()


def trial_scores(trial: Trial, version: ModelVersion) -> FloatScores | None:
    """Return the raw, unfiltered scores of a trial, or None when there are none."""
    rows = Scores.objects.filter(trial=trial, version=version)
    values = rows.values_list("values", flat=True).first()
    return None if values is None else scores_from(values)


def scores_from(values: bytes | memoryview) -> FloatScores:
    """Return stored scores as an array."""
    return np.frombuffer(values, dtype="<f4")


def touches_of(scores: FloatScores, version: ModelVersion) -> npt.NDArray[np.int64]:
    """Return the touches in a trial's raw scores, shape (n_touches, 2)."""
    lengths = [len(scores)]
    touches = touches_from_mask(touch_mask(scores, lengths, version.threshold), lengths)
    return touches[:, 1:]


def save_scores(
    *, trial: Trial, version: ModelVersion, scores: npt.NDArray[np.floating]
) -> None:
    """Keep the scores of a whole trial, in place of any of the same version."""
    values = np.ascontiguousarray(scores, dtype="<f4").tobytes()
    Scores.objects.update_or_create(
        trial=trial,
        version=version,
        defaults={
            "n_frames": len(scores),
            "values": values,
            "n_touches": len(touches_of(scores_from(values), version)),
        },
    )
