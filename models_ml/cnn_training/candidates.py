"""Candidates: what a retrain may result in, compared on validation labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from models_ml.cnn.backbone import Backbone
from models_ml.touches.evaluation import Metrics
from models_ml.training.fit import Fit

# Five edge errors count as one touch-count error.
_EDGE_WEIGHT = 0.2
# Few touches are labelled on validation trials, so one error more or less is chance.
# The ROC AUC counts all frames: on simulated rigs, .001 less goes with about .05 more
# touch-count errors per touch.
_AUC_WEIGHT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible result of a retrain.

    Parameters
    ----------
    name : str
        What it is, such as ``trees alone``.
    backbone : Backbone
        The CNN whose units its trees read.
    weights : bytes or None
        New weights file of the CNN; None for the parent's CNN.
    fit : Fit
        The trees, their threshold and their validation.
    with_old_data : bool
        Whether the trees learned from old trials too.
    """

    name: str
    backbone: Backbone
    fit: Fit
    weights: bytes | None = None
    with_old_data: bool = False

    @property
    def value(self) -> float:
        """The minimised value; infinite without validation labels."""
        return validation_value(self.fit.validation)


def best_of(candidates: Sequence[Candidate]) -> Candidate:
    """Return the candidate with the lowest value; of equal ones, the last.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one, in order of what was trained: the parent first.
    """
    return min(reversed(candidates), key=lambda candidate: candidate.value)


def validation_value(metrics: Metrics | None) -> float:
    """Return the value that a retrain minimises.

    Parameters
    ----------
    metrics : Metrics or None
        Metrics on validation labels.

    Returns
    -------
    value : float
        Touch-count errors per touch, plus a fifth of the edge errors per touch, plus
        ten times what the ROC AUC lacks to 1. Without labelled touches, the share of
        wrong frames; infinite without labels.
    """
    if metrics is None or metrics.frame_accuracy is None:
        return float("inf")
    touch_count, edges = (
        metrics.touch_count_errors_per_touch,
        metrics.edge_errors_per_touch,
    )
    if touch_count is None or edges is None:
        return 1 - metrics.frame_accuracy
    missing = 0.0 if metrics.auc is None else 1 - metrics.auc
    return touch_count + _EDGE_WEIGHT * edges + _AUC_WEIGHT * missing
