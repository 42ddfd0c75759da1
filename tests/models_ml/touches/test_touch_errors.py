import itertools

import numpy as np
import pytest

from models_ml.touches.touch_errors import KINDS, touch_error_curve, touch_errors
from tests.models_ml.touches.drawn_errors import described, errors_of, listed

# Computed by hand: frames beyond a trial's ends are agreed no-touch.
AT_TRIAL_ENDS = [
    ("111100000", "001100000", "deduct 0..1"),
    ("111100000", "000000000", "miss 0..3"),
    ("000000000", "110000000", "ghost 0..1"),
    ("0111000", "1111000", "append 0..0"),
    ("000001111", "000001100", "deduct 7..8"),
    ("000001100", "000001111", "append 7..8"),
    ("00000", "11111", "ghost 0..4"),
    ("11111", "00000", "miss 0..4"),
    ("11000", "00111", "miss 0..1, ghost 2..4"),
    ("10001", "11111", "join 1..3"),
    ("11111", "10001", "split 1..3"),
    ("1", "0", "miss 0..0"),
    ("0", "1", "ghost 0..0"),
    ("00011|11000", "00010|11000", "deduct 4..4"),
    ("00011|11000", "00011|00000", "miss 5..6"),
    ("000|000", "001|100", "ghost 2..2, ghost 3..3"),
    ("111|111", "000|111", "miss 0..2"),
]


def test_signed_errors_of_onsets_and_offsets_are_in_frame_order():
    # Longer by 1 and exact at one onset each, shorter by 2; offsets the other way.
    real = "0001110000|0111110000|00111"
    pred = "0011110000|0001110000|00111"

    errors = errors_of(real, pred)

    assert errors.onset_errors.tolist() == [1, -2, 0]
    assert errors.offset_errors.tolist() == [0, 0, 0]
    mirrored = errors_of(real[::-1], pred[::-1])
    assert mirrored.offset_errors.tolist() == [0, -2, 1]
    assert mirrored.onset_errors.tolist() == [0, 0, 0]


def test_error_curve_refuses_a_score_that_is_not_a_number():
    with pytest.raises(ValueError, match="frame 1 has NaN"):
        touch_error_curve([0, 1], np.array([0, np.nan]), [2], [0.5])


@pytest.mark.parametrize(("real", "predicted", "expected"), AT_TRIAL_ENDS)
def test_errors_at_trial_ends_are_judged_by_their_neighbours(real, predicted, expected):
    assert described(real, errors_of(real, predicted)) == expected


@pytest.mark.parametrize("n_frames", range(1, 7))
def test_errors_of_all_pairs_of_masks_equal_a_frame_by_frame_count(n_frames):
    masks = ["".join(bits) for bits in itertools.product("01", repeat=n_frames)]
    pairs = list(itertools.product(masks, masks))

    # All pairs at once: each is a trial, so this also shows that trials do not mix.
    errors = errors_of("|".join(r for r, _ in pairs), "|".join(p for _, p in pairs))

    expected = [
        (kind, k * n_frames + first, k * n_frames + last)
        for k, (real, predicted) in enumerate(pairs)
        for kind, first, last in slow_errors(real, predicted)
    ]
    assert listed(errors, [n_frames] * len(pairs)) == expected
    assert errors.n_touches == sum(
        len(real.replace("0", " ").split()) for real, _ in pairs
    )


def test_touches_are_counted_in_each_trial():
    # A touch on frame 0, one up to a trial's end and one from the next one's start.
    assert errors_of("1100|0011|1100", "1100|0011|1100").n_touches == 3


def test_runs_name_trial_and_frames():
    errors = errors_of("0011100|000111", "1110001|100111")

    assert errors.runs.tolist() == [[0, 0, 2], [0, 3, 5], [0, 6, 7], [1, 0, 1]]
    assert errors.runs.dtype == np.int64
    assert [KINDS[kind] for kind in errors.kinds] == (
        ["append", "deduct", "ghost", "ghost"]
    )
    assert errors.lengths.tolist() == [2, 2, 1, 1]


def test_edge_errors_count_as_touch_count_errors_from_the_threshold_on():
    # Appends of 2 and 4 frames, deducts of 1 and 3, one ghost.
    real = "0000111100|0000111100|0111110000|0111110000|0000"
    pred = "0011111100|1111111100|0011110000|0000110000|0110"
    errors = errors_of(real, pred, edge_threshold=3)

    assert errors.counts == {
        "ghost": 1,
        "miss": 0,
        "join": 0,
        "split": 0,
        "append_long": 1,
        "deduct_long": 1,
        "append": 1,
        "deduct": 1,
    }
    assert errors.touch_count_errors_per_touch == 3 / 4
    assert errors.edge_errors_per_touch == 2 / 4
    strict = errors_of(real, pred, edge_threshold=5)
    assert strict.touch_count_errors_per_touch == 1 / 4
    assert strict.edge_errors_per_touch == 4 / 4


def test_rates_are_none_without_touches():
    errors = errors_of("0000", "0110")

    assert errors.touch_count_errors_per_touch is None
    assert errors.edge_errors_per_touch is None


def test_no_frames_have_no_errors():
    errors = touch_errors(np.zeros(0, bool), np.zeros(0, bool), [])

    assert errors.runs.shape == (0, 3)
    assert errors.n_touches == 0


def test_masks_of_another_length_than_the_trials_are_refused():
    mask = np.zeros(5, bool)

    with pytest.raises(ValueError, match="have together, 6; got 5"):
        touch_errors(mask, mask, [3, 3])


def test_masks_that_are_not_boolean_are_refused():
    mask = np.zeros(5, bool)

    with pytest.raises(ValueError, match="boolean per frame as predicted touch frames"):
        touch_errors(mask, np.zeros(5), [5])
    with pytest.raises(ValueError, match="boolean per frame as true touch frames"):
        touch_errors([0, 2, 1], mask[:3], [3])


def test_prediction_of_another_length_is_refused():
    with pytest.raises(ValueError, match="got 4 predicted and 5 true frames"):
        touch_errors(np.zeros(5, bool), np.zeros(4, bool), [5])


def test_an_empty_trial_is_refused():
    mask = np.zeros(5, bool)

    with pytest.raises(ValueError, match="trial 1, counted from 0, has 0"):
        touch_errors(mask, mask, [3, 0, 2])


def slow_errors(real: str, predicted: str) -> list[tuple[str, int, int]]:
    """Return (kind, first, last) of each error of one trial, frame by frame."""
    names = {"00": "TN", "11": "TP", "01": "FP", "10": "FN"}
    frames = [names[a + b] for a, b in zip(real, predicted, strict=True)]
    found = []
    t = 0
    while t < len(frames):
        last = t
        while last + 1 < len(frames) and frames[last + 1] == frames[t]:
            last += 1
        sides = {
            frames[t - 1] if t > 0 else "TN",
            frames[last + 1] if last + 1 < len(frames) else "TN",
        }
        if frames[t] == "FP":
            found.append((slow_false_positive(sides), t, last))
        elif frames[t] == "FN":
            found.append((slow_false_negative(sides), t, last))
        t = last + 1
    return found


def slow_false_positive(sides: set[str]) -> str:
    if "TN" not in sides:
        return "join"
    return "append" if "TP" in sides else "ghost"


def slow_false_negative(sides: set[str]) -> str:
    if "TP" not in sides:
        return "miss"
    return "split" if sides == {"TP"} else "deduct"
