import itertools

import numpy as np
import pytest
import scipy.signal

from models_ml.touches import (
    mask_from_touches,
    smooth_scores,
    touch_mask,
    touches_from_mask,
)


def test_touches_are_half_open_and_reach_both_ends():
    # ##..#.##
    mask = np.array([1, 1, 0, 0, 1, 0, 1, 1], bool)

    touches = touches_from_mask(mask)

    assert touches.tolist() == [[0, 2], [4, 5], [6, 8]]
    assert touches.dtype == np.int64


def test_touches_of_every_mask_of_ten_frames_give_the_mask_back():
    for bits in itertools.product((False, True), repeat=10):
        mask = np.array(bits)

        touches = touches_from_mask(mask)

        assert mask_from_touches(touches, 10).tolist() == mask.tolist()
        assert (touches[1:, 0] > touches[:-1, 1]).all()


def test_touches_of_an_empty_trial_are_none():
    touches = touches_from_mask(np.zeros(0, bool))

    assert touches.shape == (0, 2)
    assert mask_from_touches(touches, 0).shape == (0,)


def test_mask_from_touches_accepts_overlapping_touches():
    mask = mask_from_touches(np.array([[0, 3], [2, 4]]), 5)

    assert mask.tolist() == [True, True, True, True, False]


@pytest.mark.parametrize("touch", [[-1, 2], [3, 3], [4, 2], [3, 6]])
def test_mask_from_touches_refuses_a_touch_outside_the_trial(touch):
    with pytest.raises(ValueError, match="Expected touches within the 5 frames"):
        mask_from_touches(np.array([[0, 1], touch]), 5)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 5, 6, 200])
@pytest.mark.parametrize("width", [1, 3, 5, 11])
def test_smoothing_equals_scipy_median_filter(n_frames, width):
    scores = np.random.default_rng(n_frames).random(n_frames, np.float32)
    padded = np.pad(scores, width)

    smoothed = smooth_scores(scores, width)

    expected = scipy.signal.medfilt(padded, width)[width:-width]
    assert smoothed.tolist() == expected.tolist()
    assert smoothed.dtype == np.float32


def test_smoothing_drops_two_frames_and_keeps_three():
    # ..##...###...
    scores = np.float32([0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0])

    smoothed = smooth_scores(scores)

    assert smoothed.tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]


def test_smoothing_of_no_frames_is_empty():
    assert smooth_scores(np.zeros(0, np.float32)).shape == (0,)


def test_touch_mask_needs_a_score_above_the_threshold():
    at_threshold = np.full(9, 0.5, np.float32)

    assert touch_mask(at_threshold, 0.5).sum() == 0
    # The median beyond the ends holds zeros, three scores of five still win.
    assert touch_mask(at_threshold, 0.49).tolist() == [True] * 9


@pytest.mark.parametrize("width", [0, 2, -3])
def test_smoothing_refuses_a_width_that_is_not_odd(width):
    with pytest.raises(ValueError, match="odd smoothing width"):
        smooth_scores(np.zeros(9, np.float32), width)


def test_smoothing_refuses_a_score_that_is_not_a_number():
    with pytest.raises(ValueError, match="frame 2 has NaN"):
        smooth_scores(np.float32([0, 0, np.nan, 0]))


def test_smoothing_refuses_scores_of_several_trials():
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        smooth_scores(np.zeros((2, 3), np.float32))
