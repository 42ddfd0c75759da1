"""The consensus of several raters on each frame."""

import numpy as np

from models_ml.arrays import NOT_TOUCH, TOUCH, UNLABELLED, UNSURE, LabelValues, Mask


def majority_of(labels: LabelValues) -> LabelValues:
    """Return the majority's label of each frame.

    Parameters
    ----------
    labels : array of int8, shape (n_raters, n_frames)
        -1 not labelled, 0 not touch, 1 touch, 2 unsure.

    Returns
    -------
    majority : array of int8, shape (n_frames,)
        0 or 1 where more raters chose it; 2 (open) on a tie, or where every label is
        unsure; -1 where no rater labelled.

    Examples
    --------
    >>> majority_of(np.int8([[0, 1, 1, 2, -1], [0, 1, 0, 1, -1], [1, 1, 2, 2, -1]]))
    array([ 0,  1,  2,  1, -1], dtype=int8)
    """
    balance = (labels == TOUCH).sum(axis=0) - (labels == NOT_TOUCH).sum(axis=0)
    return _decided(labels, touch=balance > 0, not_touch=balance < 0)


def unanimity_of(labels: LabelValues) -> LabelValues:
    """Return the label of each frame on which all raters agree.

    Parameters
    ----------
    labels : array of int8, shape (n_raters, n_frames)
        -1 not labelled, 0 not touch, 1 touch, 2 unsure.

    Returns
    -------
    unanimity : array of int8, shape (n_frames,)
        0 or 1 where all raters who labelled the frame chose it; 2 (open) where they
        differ or one is unsure; -1 where no rater labelled.

    Examples
    --------
    >>> unanimity_of(np.int8([[0, 1, 1, 2, -1], [0, -1, 0, 1, -1]]))
    array([ 0,  1,  2,  2, -1], dtype=int8)
    """
    labelled = (labels != UNLABELLED).sum(axis=0)
    touch, not_touch = (
        ((labels == value).sum(axis=0) == labelled) & (labelled > 0)
        for value in (TOUCH, NOT_TOUCH)
    )
    return _decided(labels, touch=touch, not_touch=not_touch)


def _decided(labels: LabelValues, *, touch: Mask, not_touch: Mask) -> LabelValues:
    decided = np.full(labels.shape[1], UNLABELLED, np.int8)
    decided[(labels != UNLABELLED).any(axis=0)] = UNSURE
    decided[touch] = TOUCH
    decided[not_touch] = NOT_TOUCH
    return decided
