"""How good scores are, measured on labelled trials."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.arrays import UNLABELLED, LabelValues, Scores
from models_ml.touches.detection import median_filter, touches_from_mask
from models_ml.touches.touch_errors import TouchErrors, touch_error_curve

# Appends and deducts of at least this many frames count as touch-count errors.
EDGE_THRESHOLD = 5

# Wider than WhACC's 0.4 to 0.8 in steps of 0.1, and centred on what people expect.
CANDIDATE_THRESHOLDS = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """How good a classifier is on some labelled trials.

    Parameters
    ----------
    threshold : float
        Above this smoothed score a frame is a touch frame.
    touch_count_errors_per_touch : float or None
        Errors that change a count of touches, edge errors of at least 5 frames
        included, for each labelled touch; None without labelled touches.
    edge_errors_per_touch : float or None
        Shorter edge errors for each labelled touch; None without labelled touches.
    errors : dict of str to int
        The eight counts of `TouchErrors`, by their names.
    frame_accuracy : float or None
        Share of the labelled frames that are right; None without any.
    precision, recall : float or None
        Share of the frames called touch that are labelled so, and share of those
        labelled so that are called so; None without any.
    auc : float or None
        Area under the receiver operating characteristic of the raw scores of the
        labelled frames; None when they are of one kind.
    n_touches, n_trials, n_frames : int
        Labelled touches, trials with labels, labelled frames.
    """

    threshold: float
    touch_count_errors_per_touch: float | None
    edge_errors_per_touch: float | None
    errors: dict[str, int]
    frame_accuracy: float | None
    precision: float | None
    recall: float | None
    auc: float | None
    n_touches: int
    n_trials: int
    n_frames: int

    def as_dict(self) -> dict[str, Any]:
        """Return the metrics as JSON takes them.

        Returns
        -------
        metrics : dict
            The fields by their names.
        """
        return dataclasses.asdict(self)


def evaluate(
    labels: Sequence[LabelValues], scores: Sequence[Scores], threshold: float
) -> Metrics:
    """Measure scores against labels.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        For each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of the same trials, all frames.
    threshold : float
        Above this smoothed score a frame is a touch frame.

    Returns
    -------
    metrics : Metrics
        Scores are smoothed over the whole trial; then each stretch of labelled frames
        is judged like a trial of its own.
    """
    real, n_frames_per_stretch = _labelled(labels)
    smoothed = _at_labels(labels, [median_filter(one, [len(one)]) for one in scores])
    (errors,) = touch_error_curve(
        real, smoothed, n_frames_per_stretch, [threshold], EDGE_THRESHOLD
    )
    predicted = smoothed > smoothed.dtype.type(threshold)
    return Metrics(
        threshold=threshold,
        touch_count_errors_per_touch=errors.touch_count_errors_per_touch,
        edge_errors_per_touch=errors.edge_errors_per_touch,
        errors=errors.counts,
        frame_accuracy=_share(real == predicted),
        precision=_share(real[predicted]),
        recall=_share(predicted[real]),
        auc=area_under_curve(real, _at_labels(labels, scores)),
        n_touches=errors.n_touches,
        n_trials=sum(bool((one != UNLABELLED).any()) for one in labels),
        n_frames=len(real),
    )


def best_threshold(labels: Sequence[LabelValues], scores: Sequence[Scores]) -> float:
    """Return the threshold with the fewest touch-count errors.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        For each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of the same trials, all frames.

    Returns
    -------
    threshold : float
        One of `CANDIDATE_THRESHOLDS`: of equally good ones the nearest to 0.5. Without
        labelled touches 0.5, as ghosts alone would always ask for a higher one.
    """
    curve = _curve(labels, scores)
    if not curve[0].n_touches:
        return CANDIDATE_THRESHOLDS[0]
    n_errors = [errors.n_touch_count_errors for errors in curve]
    # The first of equals, and the nearest to 0.5 stand first.
    return CANDIDATE_THRESHOLDS[int(np.argmin(n_errors))]


def errors_at_best_threshold(
    labels: Sequence[LabelValues], scores: Sequence[Scores]
) -> tuple[int, int]:
    """Return how many touch-count errors the best threshold leaves.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        For each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of the same trials, all frames.

    Returns
    -------
    n_errors, n_touches : int
        Errors at the best of `CANDIDATE_THRESHOLDS`, and labelled touches.
    """
    curve = _curve(labels, scores)
    n_errors = min(errors.n_touch_count_errors for errors in curve)
    return n_errors, curve[0].n_touches


def _curve(
    labels: Sequence[LabelValues], scores: Sequence[Scores]
) -> Sequence[TouchErrors]:
    real, n_frames_per_stretch = _labelled(labels)
    smoothed = _at_labels(labels, [median_filter(one, [len(one)]) for one in scores])
    return touch_error_curve(
        real, smoothed, n_frames_per_stretch, CANDIDATE_THRESHOLDS, EDGE_THRESHOLD
    )


def area_under_curve(real: npt.NDArray[np.bool_], scores: Scores) -> float | None:
    """Return the area under the receiver operating characteristic.

    Parameters
    ----------
    real : array of bool, shape (n_frames,)
        True on real touch frames.
    scores : array of float, shape (n_frames,)
        Raw scores.

    Returns
    -------
    area : float or None
        The chance that a touch frame has a higher score than another frame, equal
        scores counting half; None when all frames are of one kind.
    """
    n_touch = int(real.sum())
    n_other = len(real) - n_touch
    if not n_touch or not n_other:
        return None
    _, place, times = np.unique(scores, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(times) - (times - 1) / 2
    rank_sum = float(mean_rank[place[real]].sum())
    return (rank_sum - n_touch * (n_touch + 1) / 2) / (n_touch * n_other)


def _share(mask: npt.NDArray[np.bool_]) -> float | None:
    return float(mask.mean()) if len(mask) else None


def _labelled(
    labels: Sequence[LabelValues],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return the labelled frames one after the other, and the stretches' lengths."""
    together = np.concatenate(list(labels)) != UNLABELLED
    stretches = touches_from_mask(together, [len(one) for one in labels])
    return _at_labels(labels, labels) == 1, stretches[:, 2] - stretches[:, 1]


def _at_labels(
    labels: Sequence[LabelValues], values: Sequence[npt.NDArray[Any]]
) -> Any:
    """Return each trial's values at its labelled frames, one after the other."""
    return np.concatenate(
        [of[one != UNLABELLED] for one, of in zip(labels, values, strict=True)]
    )
