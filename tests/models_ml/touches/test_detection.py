import itertools

import numpy as np
import pytest
import scipy.signal

from models_ml.touches.detection import (
    mask_from_touches,
    median_filter,
    touch_mask,
    touches_from_mask,
)


def test_touches_are_half_open_at_both_ends_too():
    # ##..#.##
    mask = np.array([1, 1, 0, 0, 1, 0, 1, 1], bool)

    touches = touches_from_mask(mask, [8])

    assert touches.tolist() == [[0, 0, 2], [0, 4, 5], [0, 6, 8]]
    assert touches.dtype == np.int64


def test_the_mask_of_the_touches_of_a_mask_is_the_mask():
    for bits in itertools.product((False, True), repeat=10):
        mask = np.array(bits)

        touches = touches_from_mask(mask, [3, 1, 6])

        assert mask_from_touches(touches, [3, 1, 6]).tolist() == mask.tolist()
        within = touches[1:, 0] == touches[:-1, 0]
        assert (touches[1:, 1] > touches[:-1, 2])[within].all()


def test_touches_end_with_their_trial():
    touches = touches_from_mask(np.ones(6, bool), [2, 3, 1])

    assert touches.tolist() == [[0, 0, 2], [1, 0, 3], [2, 0, 1]]


def test_without_trials_there_are_no_touches():
    touches = touches_from_mask(np.zeros(0, bool), [])

    assert touches.shape == (0, 3)
    assert mask_from_touches(touches, []).shape == (0,)


def test_mask_from_touches_accepts_overlapping_touches():
    mask = mask_from_touches(np.array([[0, 0, 3], [0, 2, 4]]), [5])

    assert mask.tolist() == [True, True, True, True, False]


@pytest.mark.parametrize(
    "touch", [[0, -1, 2], [0, 3, 3], [0, 4, 2], [0, 3, 6], [2, 0, 1], [-1, 0, 1]]
)
def test_mask_from_touches_refuses_a_touch_outside_the_trial(touch):
    with pytest.raises(
        ValueError, match="Expected touches within the frames of 2 trials"
    ):
        mask_from_touches(np.array([[0, 0, 1], touch]), [5, 7])


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 5, 6, 200])
@pytest.mark.parametrize("width", [1, 3, 5, 11])
def test_smoothing_equals_scipy_median_filter(n_frames, width):
    scores = np.random.default_rng(n_frames).random(n_frames, np.float32)
    padded = np.pad(scores, width)

    smoothed = median_filter(scores, [len(scores)], width)

    expected = scipy.signal.medfilt(padded, width)[width:-width]
    assert smoothed.tolist() == expected.tolist()
    assert smoothed.dtype == np.float32


def test_smoothing_removes_two_frames_and_preserves_three():
    # ..##...###...
    scores = np.float32([0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0])

    smoothed = median_filter(scores, [len(scores)])

    assert smoothed.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]


def test_smoothing_stays_within_each_trial():
    lengths = [1, 2, 7, 30]
    scores = np.random.default_rng(0).random(40)
    trials = np.split(scores, np.cumsum(lengths)[:-1])

    smoothed = median_filter(scores, lengths)

    alone = [median_filter(trial, [len(trial)]) for trial in trials]
    assert smoothed.tolist() == np.concatenate(alone).tolist()
    assert smoothed.dtype == np.float64


def test_smoothing_of_no_frames_is_empty():
    assert median_filter(np.zeros(0, np.float32), []).shape == (0,)


def test_touch_mask_needs_a_score_above_the_threshold():
    at_threshold = np.full(9, 0.5, np.float32)

    assert touch_mask(at_threshold, [9], 0.5).sum() == 0
    # At an end, two of five scores are zeros; the median is still the score.
    assert touch_mask(at_threshold, [9], 0.49).tolist() == [True] * 9


@pytest.mark.parametrize("width", [0, 2, -3])
def test_smoothing_refuses_a_width_that_is_not_odd(width):
    with pytest.raises(ValueError, match="odd smoothing width"):
        median_filter(np.zeros(9, np.float32), [9], width)


def test_smoothing_refuses_a_score_that_is_not_a_number():
    with pytest.raises(ValueError, match="frame 2 has NaN"):
        median_filter(np.float32([0, 0, np.nan, 0]), [4])


def test_smoothing_refuses_scores_of_several_trials():
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        median_filter(np.zeros((2, 3), np.float32), [6])
