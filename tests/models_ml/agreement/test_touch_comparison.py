"""Touches of two raters: errors, open frames, shifts, intervals."""

import numpy as np
import pytest

from models_ml.agreement.consensus import majority_of, unanimity_of
from models_ml.agreement.rater_labels import rater_labels
from models_ml.agreement.resampling import Resampling
from models_ml.agreement.touch_comparison import NO_TOUCH, compare_touches
from models_ml.agreement.touch_shifts import NO_PAIR, onset_and_offset_shifts
from models_ml.touches.touch_errors import KINDS

VALUES = {"-": -1, ".": 0, "#": 1, "?": 2}


def compared(reference, judged, *, in_range=None):
    """Compare labels that are drawn as strings, one for each trial."""
    trials = reference.split()
    labels = [
        [VALUES[mark] for trial in drawn.split() for mark in trial]
        for drawn in (reference, judged)
    ]
    lengths = [len(trial) for trial in trials]
    raters = rater_labels(labels, lengths, in_range=in_range)
    return compare_touches(raters, 0, 1)


def errors_of(comparison):
    return [
        (KINDS[kind], trial, onset, offset)
        for trial, onset, offset, kind in comparison.errors.tolist()
    ]


@pytest.mark.parametrize(
    ("reference", "judged", "kind", "onset", "offset"),
    [
        ("..........", "...##.....", "ghost", 3, 5),
        ("...##.....", "..........", "miss", 3, 5),
        (".##.##....", ".#####....", "join", 3, 4),
        (".#####....", ".##.##....", "split", 3, 4),
        ("...##.....", "..###.....", "append", 2, 3),
        ("...###....", "...##.....", "deduct", 5, 6),
    ],
)
def test_each_kind_of_error_is_found_with_its_frames(
    reference, judged, kind, onset, offset
):
    found = compared(f"....\n{reference}", f"....\n{judged}")

    assert errors_of(found) == [(kind, 1, onset, offset)]
    assert found.counts == {name: int(name == kind) for name in KINDS}


def test_frames_that_one_rater_did_not_label_are_not_compared():
    found = compared("..##..--..##", "--##....####")

    assert found.touches.tolist() == [[0, 2, 4], [0, 10, 12]]
    assert errors_of(found) == [("append", 0, 8, 10)]
    assert found.frames_by_trial.tolist() == [8]


def test_an_unsure_frame_is_no_error_and_splits_no_touch():
    found = compared("..##?##..", "..#####..")

    assert found.touches.tolist() == [[0, 2, 7]]
    assert (errors_of(found), found.n_open) == ([], 1)


def test_an_error_next_to_an_open_frame_has_its_usual_kind():
    """The reference leaves frame 2 open, so only frame 3 is an error."""
    found = compared("..?###..", "....##..")

    assert errors_of(found) == [("deduct", 0, 3, 4)]


def test_a_frame_on_which_both_are_unsure_ends_the_compared_run():
    found = compared("..##?##..", "..##?##..")

    assert found.touches.tolist() == [[0, 2, 4], [0, 5, 7]]
    assert found.n_open == 0


def test_frames_out_of_reach_are_not_compared():
    in_range = np.array([True] * 6 + [False] * 4)

    found = compared("..##......", "..##...##.", in_range=in_range)

    assert errors_of(found) == []
    assert found.frames_by_trial.tolist() == [6]


def test_shifts_are_signed_and_later_is_positive():
    found = compared("..####.. .####...", "...####. ..##....")

    onsets, offsets = onset_and_offset_shifts(found.pairs, np.array([1.0, 2.0]))

    assert onsets.ms.tolist() == [1, 2]
    assert offsets.ms.tolist() == [1, -2]
    assert (onsets.median.value, onsets.mean.value, onsets.median.n) == (1.5, 1.5, 2)
    assert (offsets.quartiles, offsets.median.n_trials) == ((-1.25, 0.25), 2)


def test_a_touch_with_an_open_edge_has_no_shift():
    found = compared("..?###.. .###..", "..####.. .###..")

    assert found.pairs.tolist() == [[1, 1, 4, 1, 4]]


def test_touches_that_were_split_or_joined_have_no_shift():
    found = compared(".##.##.#####..###.", ".#####.##.##..###.")

    assert found.pairs.tolist() == [[0, 14, 17, 14, 17]]


def test_rates_are_per_touch_of_the_reference():
    found = compared(".##.##..... .###.......", ".#####..##. .##....##..")

    rates = {name: each.value for name, each in found.rates().items()}

    assert rates == {
        "ghost": 2 / 3,
        "miss": 0,
        "join": 1 / 3,
        "split": 0,
        "append": 0,
        "deduct": 1 / 3,
        "touch_count": 1,
        "edge": 1 / 3,
    }
    assert {each.n for each in found.rates().values()} == {3}


def test_without_touches_there_are_errors_but_no_rates():
    found = compared(".......", "..##...")

    rate = found.rates()["ghost"]

    assert found.counts["ghost"] == 1
    assert (rate.value, rate.n, rate.why) == (None, 0, NO_TOUCH)


def test_without_pairs_there_is_no_shift_and_an_explanation():
    found = compared(".......", "..##...")

    onsets, _ = onset_and_offset_shifts(found.pairs, np.array([1.0]))

    assert (onsets.median.value, onsets.median.why) == (None, NO_PAIR)
    assert (onsets.quartiles, onsets.ms.tolist()) == (None, [])


def test_intervals_of_rates_and_shifts_come_from_whole_trials():
    """Every other trial has a ghost, and its touch begins 3 ms late."""
    reference = " ".join(["..######....", "..######...."] * 5)
    judged = " ".join(["..######....", ".....###..#."] * 5)
    found, resampling = compared(reference, judged), Resampling(10, seed=2)

    ghosts = found.rates(resampling)["ghost"]
    onsets, _ = onset_and_offset_shifts(found.pairs, np.ones(10), resampling)

    draws = np.random.default_rng(2).multinomial(10, np.full(10, 0.1), 1000)
    late = draws[:, 1::2].sum(axis=1)
    interval = np.percentile(late / 10, [2.5, 97.5])
    medians = [np.median([0] * (10 - n) + [3] * n) for n in late]
    assert (ghosts.value, ghosts.low, ghosts.high) == (0.5, *interval)
    assert (onsets.median.low, onsets.median.high) == tuple(
        np.percentile(medians, [2.5, 97.5])
    )


def test_medians_equal_those_of_numpy():
    rng = np.random.default_rng(9)
    for n in range(1, 30):
        onsets = rng.integers(10, 20, n)
        pairs = np.column_stack(
            [rng.integers(0, 4, n), onsets, onsets + 5, onsets + 3, onsets + 5]
        )
        pairs[:, 3] += rng.integers(-3, 4, n)

        found, _ = onset_and_offset_shifts(pairs, np.full(4, 0.5))

        assert found.median.value == np.median(found.ms)
        assert found.mean.value == pytest.approx(found.ms.mean(), rel=1e-12)


def test_a_majority_is_open_on_ties_and_where_raters_are_only_unsure():
    labels = np.int8([[0, 1, 1, 2, 2, -1], [0, 1, 0, 1, 2, -1], [1, 1, 2, -1, -1, -1]])

    assert majority_of(labels).tolist() == [0, 1, 2, 1, 2, -1]
    assert unanimity_of(labels).tolist() == [2, 1, 2, 2, 2, -1]
    assert majority_of(labels[:0]).tolist() == [-1] * 6
    assert unanimity_of(labels[:0]).tolist() == [-1] * 6
