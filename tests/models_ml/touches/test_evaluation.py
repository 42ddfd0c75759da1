import numpy as np
import pytest

from models_ml.touches.evaluation import area_under_curve, best_threshold, evaluate


def labels_of(trace: str) -> np.ndarray:
    """Return labels drawn as 1, 0 and - for not labelled."""
    return np.array([{"1": 1, "0": 0, "-": -1}[one] for one in trace], np.int8)


def scores_of(trace: str) -> np.ndarray:
    """Return scores drawn as tenths."""
    return np.array([int(one) for one in trace], np.float32) / 10


def test_perfect_scores_have_no_errors():
    metrics = evaluate([labels_of("0001111000")], [scores_of("0009999000")], 0.5)

    assert metrics.as_dict() == {
        "threshold": 0.5,
        "touch_count_errors_per_touch": 0.0,
        "edge_errors_per_touch": 0.0,
        "errors": dict.fromkeys(
            [
                "ghost",
                "miss",
                "join",
                "split",
                "append_long",
                "deduct_long",
                "append",
                "deduct",
            ],
            0,
        ),
        "frame_accuracy": 1.0,
        "precision": 1.0,
        "recall": 1.0,
        "auc": 1.0,
        "n_touches": 1,
        "n_trials": 1,
        "n_frames": 10,
    }


def test_errors_are_counted_over_trials():
    labels = [labels_of("0001111000"), labels_of("0000000000"), labels_of("0111110000")]
    scores = [scores_of("0000000000"), scores_of("0009999000"), scores_of("0009990000")]

    metrics = evaluate(labels, scores, 0.5)

    # A miss, a ghost, and a touch whose first two frames are cut off.
    assert metrics.errors["miss"] == 1
    assert metrics.errors["ghost"] == 1
    assert metrics.errors["deduct"] == 1
    assert metrics.touch_count_errors_per_touch == 2 / 2
    assert metrics.edge_errors_per_touch == 1 / 2
    assert metrics.frame_accuracy == (30 - 4 - 4 - 2) / 30


def test_each_run_of_labelled_frames_is_judged_by_itself():
    # Two runs: a touch up to the end of the first, a miss in the second. Joined, they
    # would show one touch cut short.
    labels = [labels_of("--00111------111000--"), labels_of("----")]
    scores = [scores_of("000099900000000000000"), scores_of("9999")]

    metrics = evaluate(labels, scores, 0.5)

    assert metrics.n_touches == 2
    assert metrics.errors["miss"] == 1
    assert sum(metrics.errors.values()) == 1
    assert (metrics.n_trials, metrics.n_frames) == (1, 11)


def test_scores_are_smoothed_over_the_whole_trial_first():
    # On the labelled frames alone, smoothing would remove the two high scores.
    labels = [labels_of("----11----")]
    scores = [scores_of("0000999000")]

    metrics = evaluate(labels, scores, 0.5)

    assert metrics.frame_accuracy == 1
    assert metrics.errors["miss"] == 0


def test_undefined_rates_are_none():
    metrics = evaluate([labels_of("0000")], [scores_of("0000")], 0.5)

    assert metrics.touch_count_errors_per_touch is None
    assert metrics.edge_errors_per_touch is None
    assert metrics.auc is None
    assert metrics.frame_accuracy == 1


def test_of_equally_good_thresholds_the_nearest_to_half_is_best():
    labels = [labels_of("0000111110000000000000")]

    # A ghost of 4 frames at a score of .5, then of .6; the touch always scores .9.
    assert best_threshold(labels, [scores_of("0000999990000000444400")]) == 0.5
    assert best_threshold(labels, [scores_of("0000999990000000555500")]) == 0.5
    assert best_threshold(labels, [scores_of("0000999990000000666600")]) == 0.6
    # A touch whose scores are .4 needs a lower threshold.
    assert best_threshold(labels, [scores_of("0000444440000000000000")]) == 0.35


def test_threshold_without_labelled_touches_is_half():
    labels = [labels_of("0000000000"), labels_of("---------")]

    chosen = best_threshold(labels, [scores_of("0066666000"), scores_of("999999999")])

    assert chosen == 0.5


@pytest.mark.parametrize("n_levels", [2, 5, 1000])
def test_area_under_curve_equals_that_of_scikit_learn(n_levels):
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(n_levels)
    real = rng.random(500) > 0.7
    scores = (rng.integers(0, n_levels, 500) / n_levels + real * 0.1).astype(np.float32)

    area = area_under_curve(real, scores)

    assert area == pytest.approx(roc_auc_score(real, scores), abs=1e-12)


@pytest.mark.parametrize("real", [[True] * 3, [False] * 3, []])
def test_area_under_curve_of_one_kind_is_none(real):
    scores = np.zeros(len(real), np.float32)

    assert area_under_curve(np.array(real, bool), scores) is None
