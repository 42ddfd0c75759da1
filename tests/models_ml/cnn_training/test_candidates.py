"""The value by which the candidates of a retrain are compared."""

import numpy as np
import pytest

from models_ml.cnn_training.candidates import validation_value
from models_ml.touches.evaluation import evaluate

LABELS = np.zeros(60, np.int8)
LABELS[20:30] = 1


def value(scores, labels=LABELS):
    return validation_value(evaluate([labels], [scores], 0.5))


def shifted(frames):
    return np.roll(LABELS, frames).astype(float)


def test_perfect_scores_have_the_value_zero():
    assert value(LABELS.astype(float)) == 0


def test_edge_errors_count_a_fifth_and_missed_touches_most():
    missed, late = value(np.zeros(60)), value(shifted(2))

    assert late == pytest.approx(2 * 0.2 + 10 * (1 - 0.88), abs=0.05)
    assert missed == pytest.approx(1 + 10 * 0.5)


def test_of_equal_errors_the_ranking_of_frames_decides():
    clear = np.where(LABELS == 1, 0.9, 0.1)
    unclear = clear.copy()
    unclear[45] = 0.95

    # One frame alone makes no touch after smoothing.
    assert 0 < value(unclear) - value(clear) < 0.3


def test_without_touches_the_share_of_wrong_frames_counts():
    labels = np.zeros(10, np.int8)
    scores = np.array([0.9] * 5 + [0.1] * 5)

    assert value(scores, labels) == 0.5


def test_without_labels_nothing_is_known():
    assert validation_value(None) == float("inf")
