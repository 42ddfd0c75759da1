"""Errors on held-out trials: counts, intervals, and annotators beside models."""

import numpy as np

from models_ml.agreement.held_out import errors_beside_annotators, held_out_errors
from models_ml.agreement.rater_labels import rater_labels
from models_ml.agreement.resampling import Resampling
from models_ml.touches.evaluation import evaluate
from models_ml.touches.touch_errors import COUNTS

N_TRIALS, N_FRAMES = 6, 300


def labels_and_scores(seed):
    rng = np.random.default_rng(seed)
    labels = [
        np.repeat(rng.random(30) > 0.6, 10).astype(np.int8) for _ in range(N_TRIALS)
    ]
    scores = [
        np.clip(np.roll(one, 2) * 0.7 + rng.normal(0.15, 0.4, N_FRAMES), 0, 1)
        for one in labels
    ]
    # Annotators label clips, not whole trials.
    labels[0][:120] = labels[0][200:230] = labels[3][50:] = -1
    return labels, scores


def test_counts_of_errors_equal_those_of_the_metrics():
    labels, scores = labels_and_scores(1)

    found = held_out_errors(labels, scores, 0.5, Resampling(N_TRIALS))

    metrics = evaluate(labels, scores, 0.5)
    n_errors = np.bincount(found.errors[:, 3], minlength=len(COUNTS)).tolist()
    assert dict(zip(COUNTS, n_errors, strict=True)) == metrics.errors
    rates = {name: rate.value for name, rate in found.rates.items()}
    assert rates == {
        "touch_count_errors": metrics.touch_count_errors_per_touch,
        "edge_errors": metrics.edge_errors_per_touch,
        **{name: n / metrics.n_touches for name, n in metrics.errors.items()},
    }
    whole = found.rates["touch_count_errors"]
    assert whole.low < whole.value < whole.high
    assert (whole.n, whole.n_trials) == (metrics.n_touches, N_TRIALS)


def test_each_error_is_where_labels_and_touches_differ():
    labels = [np.int8([-1, -1, 0, 0, 1, 1, 1, 1, 1, 1, *[0] * 14])]
    scores = [np.array([*[0] * 6, *[1] * 4, *[0] * 6, *[1] * 3, *[0] * 5], float)]

    found = held_out_errors(labels, scores, 0.5)

    assert found.errors.tolist() == [
        [0, 4, 6, COUNTS.index("deduct")],
        [0, 16, 19, COUNTS.index("ghost")],
    ]
    assert found.touches.tolist() == [[0, 6, 10], [0, 16, 19]]
    assert found.rates["edge_errors"].value == 1
    assert found.rates["edge_errors"].low is None


def test_annotators_and_models_are_judged_by_the_other_annotators():
    touch = np.int8([0] * 10 + [1] * 10 + [0] * 10 + [1] * 10)
    ghost = touch.copy()
    ghost[3:6] = 1
    raters = rater_labels(np.stack([touch, touch, ghost]), [20, 20])

    beside = errors_beside_annotators(
        raters, {"same": touch, "nothing": np.zeros_like(touch)}, resampling=None
    )

    rates = [each["touch_count_errors"].value for each in beside.annotators]
    # Where two annotators differ, the consensus is open and nothing is an error.
    assert rates == [0, 0, 0.5]
    assert beside.ceiling["touch_count_errors"].value == 0.5 / 3
    assert beside.ceiling["ghost"].value == 0.5 / 3
    assert beside.models["same"]["touch_count_errors"].value == 0
    assert beside.models["nothing"]["miss"].value == 1


def test_one_annotator_has_no_others_to_be_judged_by():
    touch = np.int8([0, 1, 1, 0])

    assert errors_beside_annotators(rater_labels([touch], [4]), {}) is None
    apart = rater_labels([[0, 1, -1, -1], [-1, -1, 1, 0]], [4])
    assert errors_beside_annotators(apart, {}) is None
