"""Evaluation of scores on labelled trials: metrics and the best threshold."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.arrays import TOUCH, UNLABELLED, LabelValues, Scores
from models_ml.touches.detection import median_filter, touches_from_mask
from models_ml.touches.touch_errors import TouchErrors, touch_error_curve

# Appends and deducts of at least this many frames count as touch-count errors.
EDGE_THRESHOLD = 5

# Wider than WhACC's 0.4 to 0.8 in steps of 0.1, and centred on 0.5. Those nearest to
# 0.5 come first, so that the first of equally good ones is the nearest.
CANDIDATE_THRESHOLDS = (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Metrics of a classifier on labelled trials.

    Parameters
    ----------
    threshold : float
        A frame is a touch frame when its smoothed score is greater.
    touch_count_errors_per_touch : float or None
        Errors that change the number of touches, and edge errors of at least 5 frames,
        per labelled touch; None without labelled touches.
    edge_errors_per_touch : float or None
        Shorter edge errors per labelled touch; None without labelled touches.
    errors : dict of str to int
        The eight counts of `TouchErrors` by name.
    frame_accuracy : float or None
        Share of the labelled frames with the right prediction; None without any.
    precision, recall : float or None
        Share of the predicted touch frames that are labelled touch, and share of the
        frames labelled touch that are predicted; None without any.
    auc : float or None
        Area under the receiver operating characteristic (ROC AUC) of the raw scores of
        the labelled frames; None if all labels are equal.
    n_touches, n_trials, n_frames : int
        Number of labelled touches, of trials with labels and of labelled frames.
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
        """Return the metrics as a dictionary for JSON.

        Returns
        -------
        metrics : dict
            The fields by name.
        """
        return dataclasses.asdict(self)


def evaluate(
    labels: Sequence[LabelValues], scores: Sequence[Scores], threshold: float
) -> Metrics:
    """Compute the metrics of scores on labels.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        Labels of each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of all frames of the same trials.
    threshold : float
        A frame is a touch frame when its smoothed score is greater.

    Returns
    -------
    metrics : Metrics
        Scores are smoothed over the whole trial. Then each run of labelled frames is
        judged like a trial of its own.
    """
    truth, run_lengths = _labelled(labels)
    smoothed = _at_labels(labels, [median_filter(one, [len(one)]) for one in scores])
    (errors,) = touch_error_curve(
        truth, smoothed, run_lengths, [threshold], EDGE_THRESHOLD
    )
    predicted = smoothed > smoothed.dtype.type(threshold)
    return Metrics(
        threshold=threshold,
        touch_count_errors_per_touch=errors.touch_count_errors_per_touch,
        edge_errors_per_touch=errors.edge_errors_per_touch,
        errors=errors.counts,
        frame_accuracy=_share(truth == predicted),
        precision=_share(truth[predicted]),
        recall=_share(predicted[truth]),
        auc=area_under_curve(truth, _at_labels(labels, scores)),
        n_touches=errors.n_touches,
        n_trials=sum(bool((one != UNLABELLED).any()) for one in labels),
        n_frames=len(truth),
    )


def best_threshold(labels: Sequence[LabelValues], scores: Sequence[Scores]) -> float:
    """Return the threshold with the fewest touch-count errors.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        Labels of each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of all frames of the same trials.

    Returns
    -------
    threshold : float
        One of `CANDIDATE_THRESHOLDS`; of equally good ones, the nearest to 0.5. Without
        labelled touches 0.5, since the higher the threshold, the fewer ghosts.
    """
    curve = _curve(labels, scores)
    if not curve[0].n_touches:
        return CANDIDATE_THRESHOLDS[0]
    n_errors = [errors.n_touch_count_errors for errors in curve]
    return CANDIDATE_THRESHOLDS[int(np.argmin(n_errors))]


def errors_at_best_threshold(
    labels: Sequence[LabelValues], scores: Sequence[Scores]
) -> tuple[int, int]:
    """Return the number of touch-count errors at the best threshold.

    Parameters
    ----------
    labels : sequence of arrays of int8, shape (n_frames,)
        Labels of each trial: 1 touch, 0 not touch, -1 not labelled.
    scores : sequence of arrays of float, shape (n_frames,)
        Raw scores of all frames of the same trials.

    Returns
    -------
    n_errors, n_touches : int
        Errors at the best of `CANDIDATE_THRESHOLDS`, and number of labelled touches.
    """
    curve = _curve(labels, scores)
    n_errors = min(errors.n_touch_count_errors for errors in curve)
    return n_errors, curve[0].n_touches


def _curve(
    labels: Sequence[LabelValues], scores: Sequence[Scores]
) -> Sequence[TouchErrors]:
    truth, run_lengths = _labelled(labels)
    smoothed = _at_labels(labels, [median_filter(one, [len(one)]) for one in scores])
    return touch_error_curve(
        truth, smoothed, run_lengths, CANDIDATE_THRESHOLDS, EDGE_THRESHOLD
    )


def area_under_curve(truth: npt.NDArray[np.bool_], scores: Scores) -> float | None:
    """Return the area under the receiver operating characteristic (ROC AUC).

    Parameters
    ----------
    truth : array of bool, shape (n_frames,)
        True on touch frames of the truth.
    scores : array of float, shape (n_frames,)
        Raw scores.

    Returns
    -------
    area : float or None
        The probability that a touch frame has a higher score than another frame, where
        equal scores count half; None without touch frames or without other frames.
    """
    n_touch = int(truth.sum())
    n_other = len(truth) - n_touch
    if not n_touch or not n_other:
        return None
    # scikit-learn's roc_auc_score differs in the last bit and takes 2 s to import.
    _, level, times = np.unique(scores, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(times) - (times - 1) / 2
    rank_sum = float(mean_rank[level[truth]].sum())
    return (rank_sum - n_touch * (n_touch + 1) / 2) / (n_touch * n_other)


def _share(mask: npt.NDArray[np.bool_]) -> float | None:
    return float(mask.mean()) if len(mask) else None


def _labelled(
    labels: Sequence[LabelValues],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return the truth on labelled frames, and the lengths of their runs."""
    is_labelled = np.concatenate(list(labels)) != UNLABELLED
    runs = touches_from_mask(is_labelled, [len(one) for one in labels])
    return _at_labels(labels, labels) == TOUCH, runs[:, 2] - runs[:, 1]


def _at_labels(
    labels: Sequence[LabelValues], values: Sequence[npt.NDArray[Any]]
) -> Any:
    """Return the values on labelled frames of all trials, one after the other."""
    return np.concatenate(
        [of[one != UNLABELLED] for one, of in zip(labels, values, strict=True)]
    )
