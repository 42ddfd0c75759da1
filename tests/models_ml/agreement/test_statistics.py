"""Agreement on frames, against independent implementations of every statistic."""

import json
import math
from itertools import combinations
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from models_ml.agreement.rater_labels import rater_labels
from models_ml.agreement.resampling import Resampling
from models_ml.agreement.statistics import (
    NO_COMMON_FRAME,
    NO_FRAME_OF_ALL,
    NO_RATER,
    NO_SHARED_FRAME,
    NO_TOUCH_AT_ALL,
    ONE_KIND,
    ONE_RATER,
    group_agreement,
    group_table,
    pair_agreement,
    pair_table,
)

NEAR = {"rel": 0, "abs": 1e-9}
IRRCAC = Path(__file__).parents[2] / "data" / "irrcac_ac1.json"


def random_labels(seed, *, n_raters=3, n_frames=400, missing=0.0):
    """Return labels of raters of the same touches, each with independent mistakes."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(rng.random(n_frames // 10) < rng.uniform(0.05, 0.5), 10)
    labels = (truth ^ (rng.random((n_raters, n_frames)) < 0.05)).astype(np.int8)
    labels[rng.random(labels.shape) < missing] = -1
    labels[rng.random(labels.shape) < missing / 4] = 2
    return labels


def pair_of(labels, lengths=None):
    raters = rater_labels(labels, lengths or [np.shape(labels)[1]])
    return pair_agreement(pair_table(raters, 0, 1))


def group_of(labels, lengths=None):
    raters = rater_labels(labels, lengths or [np.shape(labels)[1]])
    return group_agreement(group_table(raters))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_statistics_of_pairs_equal_those_of_scikit_learn(seed, missing):
    from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

    labels = random_labels(seed, missing=missing)
    raters = rater_labels(labels, [150, 250])
    for a, b in combinations(range(3), 2):
        both = np.isin(labels[a], (0, 1)) & np.isin(labels[b], (0, 1))
        one, other = labels[a][both], labels[b][both]

        found = pair_agreement(pair_table(raters, a, b))

        assert found.percent.value == pytest.approx(accuracy_score(one, other), **NEAR)
        assert found.kappa.value == pytest.approx(cohen_kappa_score(one, other), **NEAR)
        assert found.f1.value == pytest.approx(f1_score(one, other), **NEAR)
        assert found.kappa.n == both.sum()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("n_raters", [2, 3, 5])
def test_fleiss_kappa_is_that_of_statsmodels(seed, n_raters):
    labels = random_labels(seed, n_raters=n_raters, missing=0.1)
    by_all = np.isin(labels, (0, 1)).all(axis=0)
    counts, _ = aggregate_raters(labels[:, by_all].T, n_cat=2)

    found = group_of(labels).fleiss

    assert found.value == pytest.approx(fleiss_kappa(counts), **NEAR)
    assert found.n == by_all.sum()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("missing", [0.0, 0.2, 0.7])
def test_alpha_is_that_of_krippendorff(seed, missing):
    labels = random_labels(seed, missing=missing)
    floats = np.where(np.isin(labels, (0, 1)), labels, np.nan)

    found = group_of(labels).alpha

    expected = krippendorff.alpha(floats, level_of_measurement="nominal")
    assert found.value == pytest.approx(expected, **NEAR)
    assert found.n == (~np.isnan(floats)).sum(axis=0).__ge__(2).sum()


@pytest.mark.parametrize("case", json.loads(IRRCAC.read_text()))
def test_ac1_is_that_of_irrcac(case):
    found = group_of(case["labels"])

    assert found.ac1.value == pytest.approx(case["ac1"], **NEAR)
    assert found.alpha.value == pytest.approx(case["alpha"], **NEAR)
    assert found.percent.value == pytest.approx(case["percent"], **NEAR)


def test_a_table_computed_by_hand():
    # 80 both not, 5 and 5 differing, 10 both touch: chance is .85^2 + .15^2 = .745.
    a = [0] * 80 + [0] * 5 + [1] * 5 + [1] * 10
    b = [0] * 80 + [1] * 5 + [0] * 5 + [1] * 10

    pair, group = pair_of([a, b]), group_of([a, b])

    assert pair.percent.value == 0.9
    assert pair.kappa.value == pytest.approx((0.9 - 0.745) / (1 - 0.745), **NEAR)
    assert pair.f1.value == pytest.approx(20 / 30, **NEAR)
    assert group.ac1.value == pytest.approx((0.9 - 0.255) / (1 - 0.255), **NEAR)


def test_one_kind_of_label_has_no_kappa_and_an_explanation():
    pair, group = pair_of([[0, 0, 0], [0, 0, 0]]), group_of([[0, 0, 0], [0, 0, 0]])

    assert (pair.percent.value, pair.kappa.value, pair.f1.value) == (1, None, None)
    assert (pair.kappa.why, pair.f1.why) == (ONE_KIND, NO_TOUCH_AT_ALL)
    assert (group.percent.value, group.ac1.value) == (1, 1)
    assert (group.fleiss.value, group.alpha.value) == (None, None)
    assert (group.fleiss.why, group.alpha.why) == (ONE_KIND, ONE_KIND)


def test_touch_alone_has_no_kappa_but_an_f1():
    pair, group = pair_of([[1, 1], [1, 1]]), group_of([[1, 1], [1, 1]])

    assert (pair.kappa.value, pair.f1.value) == (None, 1)
    assert (group.fleiss.why, group.alpha.why) == (ONE_KIND, ONE_KIND)


def test_raters_who_never_agree_are_below_chance():
    pair, group = pair_of([[0, 0, 1, 1], [1, 1, 0, 0]]), group_of([[0, 1], [1, 0]])

    assert (pair.percent.value, pair.kappa.value, pair.f1.value) == (0, -1, 0)
    assert (group.fleiss.value, group.ac1.value, group.alpha.value) == (-1, -1, -0.5)


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (np.zeros((0, 5), np.int8), NO_RATER),
        (np.zeros((1, 5), np.int8), ONE_RATER),
        (np.full((3, 5), -1, np.int8), NO_SHARED_FRAME),
        (np.full((3, 5), 2, np.int8), NO_SHARED_FRAME),
        (np.array([[0, 1, -1, -1], [-1, -1, 0, 1]], np.int8), NO_SHARED_FRAME),
        (np.zeros((2, 0), np.int8), NO_SHARED_FRAME),
    ],
)
def test_a_group_without_common_frames_has_an_explanation(labels, why):
    lengths = [labels.shape[1]] if labels.shape[1] else []
    group = group_agreement(group_table(rater_labels(labels, lengths)))

    for each in (group.percent, group.alpha, group.ac1):
        assert (each.value, each.low, each.n, each.why) == (None, None, 0, why)
    assert group.fleiss.value is None
    assert group.fleiss.why == (NO_FRAME_OF_ALL if why == NO_SHARED_FRAME else why)


@pytest.mark.parametrize(
    "labels", [[[-1, -1], [-1, -1]], [[0, 1, -1, -1], [-1, -1, 0, 1]], [[2, 2], [1, 0]]]
)
def test_a_pair_without_common_frames_has_an_explanation(labels):
    pair = pair_of(labels)

    for each in (pair.percent, pair.kappa, pair.f1):
        assert (each.value, each.n, each.why) == (None, 0, NO_COMMON_FRAME)


def test_without_a_frame_of_all_raters_there_is_alpha_alone():
    group = group_of([[0, 1, -1, 1], [0, 1, 0, -1], [-1, -1, 0, 1]])

    assert (group.fleiss.value, group.fleiss.why) == (None, NO_FRAME_OF_ALL)
    assert group.alpha.value == 1


def test_unsure_unlabelled_and_out_of_reach_frames_do_not_count():
    labels = np.array([[0, 1, 2, -1, 1, 1, 0], [0, 1, 1, 1, 0, 0, 1]])
    in_range = np.array([True, True, True, True, True, False, True])
    assigned = np.array([True] * 6 + [False])
    raters = rater_labels(labels, [7], assigned=assigned, in_range=in_range)

    first, second = raters.exclusions()

    assert pair_table(raters, 0, 1).tolist() == [[[1, 0], [1, 1]]]
    assert (first.n_frames, first.n_out_of_reach) == (6, 1)
    assert (first.n_not_labelled, first.n_unsure, first.n_counted) == (1, 1, 3)
    assert (second.n_not_labelled, second.n_unsure, second.n_counted) == (0, 0, 5)


def test_intervals_come_from_whole_trials():
    """Each trial is of one kind, so only the draw of trials changes the value."""
    right, wrong = np.array([[8, 0], [0, 2]]), np.array([[4, 4], [1, 1]])
    table = np.stack([right, wrong] * 10)

    found = pair_agreement(table, Resampling(20, n_resamples=500, seed=3)).percent

    draws = np.random.default_rng(3).multinomial(20, np.full(20, 1 / 20), 500)
    shares = (draws * np.where(np.arange(20) % 2, 0.5, 1.0)).sum(axis=1) / 20
    low, high = np.percentile(shares, [2.5, 97.5])
    assert (found.value, found.n, found.n_trials) == (0.75, 200, 20)
    assert (found.low, found.high) == pytest.approx((low, high), **NEAR)


def test_an_interval_is_reproducible():
    raters = rater_labels(random_labels(1), [40] * 10)
    table = group_table(raters)

    first, second = (group_agreement(table, Resampling(10)) for _ in range(2))

    assert first == second
    assert first.alpha.low < first.alpha.value < first.alpha.high


def test_one_trial_has_no_interval_and_an_explanation():
    raters = rater_labels(random_labels(1), [400])

    found = pair_agreement(pair_table(raters, 0, 1), Resampling(1)).kappa

    assert (found.low, found.high) == (None, None)
    assert found.why == "No interval: only one trial."


def test_too_few_trials_with_touches_have_no_interval_and_an_explanation():
    table = np.stack([[[10, 0], [0, 1]]] + [[[10, 0], [0, 0]]] * 4)

    found = pair_agreement(table, Resampling(5)).f1

    assert (found.value, found.low, found.high) == (1, None, None)
    assert found.why.startswith("No interval: undefined in 3")


def test_no_value_is_nan():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        n_raters, n_trials = rng.integers(0, 4), rng.integers(0, 4)
        labels = rng.integers(-1, rng.integers(0, 4), (n_raters, 3 * n_trials))
        raters = rater_labels(labels, [3] * n_trials)
        resampling = Resampling(n_trials, n_resamples=50)
        group = group_agreement(group_table(raters), resampling)
        estimates = [group.percent, group.fleiss, group.alpha, group.ac1]
        for a, b in combinations(range(n_raters), 2):
            pair = pair_agreement(pair_table(raters, a, b), resampling)
            estimates += [pair.percent, pair.kappa, pair.f1]
        for each in estimates:
            numbers = (each.value, each.low, each.high)
            assert not any(x is not None and math.isnan(x) for x in numbers)
            assert (None in numbers) == bool(each.why)


@pytest.mark.parametrize(
    ("labels", "lengths", "sentence"),
    [
        ([[0, 3]], [2], "each -1, 0, 1 or 2"),
        ([[0.0, 1.0]], [2], "got float64"),
        ([0, 1], [2], "of shape (2,)"),
        ([[0, 1]], [3], "as many frames as the trials have together, 3; got 2"),
    ],
)
def test_invalid_labels_are_refused(labels, lengths, sentence):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        rater_labels(labels, lengths)

    assert sentence in str(error.value)
