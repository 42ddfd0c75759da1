"""Scores: what a model version says of a trial's frames, as it said it.

Scores are kept raw and of every frame. Touches are made of those frames alone in which
the pole is in reach, as far as that is known.
"""

import numpy as np
import numpy.typing as npt
from django.db import transaction

from labeling.domain.recordings.in_range import SessionRanges, session_ranges
from labeling.models import ModelVersion, Scores, Trial
from models_ml.arrays import Float32s
from models_ml.touches.detection import touch_mask, touches_from_mask


def is_scored(trial: Trial, version: ModelVersion) -> bool:
    """Whether this version has scored this trial."""
    return Scores.objects.filter(trial=trial, version=version).exists()


def trial_scores(trial: Trial, version: ModelVersion) -> Float32s | None:
    """Return the raw, unfiltered scores of a trial, or None when there are none."""
    rows = Scores.objects.filter(trial=trial, version=version)
    values = rows.values_list("values", flat=True).first()
    return None if values is None else scores_from(values)


def scores_from(values: bytes | memoryview) -> Float32s:
    """Return stored scores as an array."""
    return np.frombuffer(values, dtype="<f4")


def touch_frames(
    scores: Float32s, version: ModelVersion, counted: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Return which frames of a trial are touch frames; only counted ones can be."""
    mask = touch_mask(scores, [len(scores)], version.threshold)
    mask[: counted[0]] = mask[counted[1] :] = False
    return mask


def touches_of(
    scores: Float32s, version: ModelVersion, counted: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """Return the touches in a trial's raw scores, shape (n_touches, 2).

    One that goes on where frames no longer count ends there.
    """
    mask = touch_frames(scores, version, counted)
    return touches_from_mask(mask, [len(scores)])[:, 1:]


@transaction.atomic
def save_scores(
    *,
    trial: Trial,
    version: ModelVersion,
    scores: npt.NDArray[np.floating],
    reach: SessionRanges | None = None,
) -> None:
    """Keep the scores of a whole trial, in place of any of the same version.

    `reach` is of the trial's session, for who keeps many.
    """
    values = np.ascontiguousarray(scores, dtype="<f4").tobytes()
    reach = reach or session_ranges(trial.session)
    counted = reach.frames_in_range(_locked(trial))
    Scores.objects.update_or_create(
        trial=trial,
        version=version,
        defaults={
            "n_frames": len(scores),
            "values": values,
            "n_touches": len(touches_of(scores_from(values), version, counted)),
        },
    )


def count_touches_again(trial: Trial, reach: SessionRanges) -> None:
    """Bring the numbers of a trial's touches up to date with when frames count."""
    counted = reach.frames_in_range(trial)
    for kept in Scores.objects.filter(trial=trial).select_related("version"):
        touches = touches_of(scores_from(kept.values), kept.version, counted)
        Scores.objects.filter(pk=kept.pk).update(n_touches=len(touches))


def _locked(trial: Trial) -> Trial:
    """Return a trial as it is now, which nobody corrects before its scores are kept."""
    return Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
