import itertools

import numpy as np
import pytest

from models_ml.touch_errors import KINDS, TouchErrors, touch_errors

# WhACC's own answers (1.4.3, run unmodified) for errors away from trial ends.
PUBLISHED = [
    ("000111110000", "000001110000", "deduct 3..4"),
    ("000111110000", "000111000000", "deduct 6..7"),
    ("000011110000", "001111110000", "append 2..3"),
    ("000011100000", "000011111000", "append 7..8"),
    ("000000000000", "000011000000", "ghost 4..5"),
    ("000011110000", "000000000000", "miss 4..7"),
    ("001111111100", "001110011100", "split 5..6"),
    ("001110011100", "001111111100", "join 5..6"),
    ("000111000000", "000000111000", "miss 3..5, ghost 6..8"),
    ("000111100000", "000001111000", "deduct 3..4, append 7..8"),
    ("001110000011100", "001111000111100", "append 5..5, append 9..9"),
    ("0011100000111", "0011101110111", "ghost 6..8"),
    ("00011111000", "00001010000", "deduct 3..3, split 5..5, deduct 7..7"),
    ("00011111000", "00000100000", "deduct 3..4, deduct 6..7"),
    ("011001100", "011110000", "join 3..4, miss 5..6"),
    ("000111000", "011000110", "ghost 1..2, miss 3..5, ghost 6..7"),
    ("0111100000", "0110011000", "deduct 3..4, ghost 5..6"),
    ("011011000", "000100000", "miss 1..2, join 3..3, miss 4..5"),
    ("011000000", "000110000", "miss 1..2, ghost 3..4"),
    ("111100000", "110000000", "deduct 2..3"),
    ("00011|11000", "00011|11000", ""),
    ("001110|011100", "000000|000000", "miss 2..4, miss 7..9"),
    ("0011011000", "0011111000", "join 4..4"),
    ("0011111000", "0011011000", "split 4..4"),
    ("0011100", "0011100", ""),
]

# Worked by hand: beyond a trial's ends lies agreed no-touch.
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
    ("011||110", "000||111", "miss 1..2, append 5..5"),
]


@pytest.mark.parametrize(("real", "predicted", "expected"), PUBLISHED)
def test_errors_inside_trials_equal_the_published_ones(real, predicted, expected):
    assert described(errors_of(real, predicted)) == expected


@pytest.mark.parametrize(("real", "predicted", "expected"), AT_TRIAL_ENDS)
def test_errors_at_trial_ends_are_judged_by_their_neighbours(real, predicted, expected):
    assert described(errors_of(real, predicted)) == expected


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
    assert listed(errors) == expected
    assert errors.n_touches == sum(
        len(real.replace("0", " ").split()) for real, _ in pairs
    )


def test_touches_are_counted_in_each_trial():
    # A touch on frame 0, one up to a trial's end and one from the next one's start.
    assert errors_of("1100|0011|1100", "1100|0011|1100").n_touches == 3


def test_lengths_are_given_for_each_kind():
    errors = errors_of("0011100000111", "1110001100111")

    assert errors.append.tolist() == [2]
    assert errors.deduct.tolist() == [2]
    assert errors.ghost.tolist() == [2]
    assert [len(getattr(errors, kind)) for kind in KINDS] == [1, 0, 0, 0, 1, 1]


def test_edge_errors_count_as_touch_count_errors_from_the_threshold_on():
    # Appends of 2 and 4 frames, deducts of 1 and 3, one ghost.
    real = "0000111100|0000111100|0111110000|0111110000|0000"
    pred = "0011111100|1111111100|0011110000|0000110000|0110"
    errors = errors_of(real, pred)

    assert errors.counts(edge_threshold=3) == {
        "ghost": 1,
        "miss": 0,
        "join": 0,
        "split": 0,
        "long_append": 1,
        "long_deduct": 1,
        "short_append": 1,
        "short_deduct": 1,
    }
    assert errors.touch_count_errors_per_touch(edge_threshold=3) == 3 / 4
    assert errors.edge_errors_per_touch(edge_threshold=3) == 2 / 4
    assert errors.touch_count_errors_per_touch(edge_threshold=5) == 1 / 4
    assert errors.edge_errors_per_touch(edge_threshold=5) == 4 / 4


def test_rates_are_none_without_touches():
    errors = errors_of("0000", "0110")

    assert errors.touch_count_errors_per_touch() is None
    assert errors.edge_errors_per_touch() is None


def test_no_frames_have_no_errors():
    errors = touch_errors(np.zeros(0, bool), np.zeros(0, bool), [])

    assert listed(errors) == []
    assert errors.n_touches == 0


def test_masks_of_another_length_than_the_trials_are_refused():
    mask = np.zeros(5, bool)

    with pytest.raises(ValueError, match=r"\(6 frames\); got 5 real and 5 predicted"):
        touch_errors(mask, mask, [3, 3])


def test_masks_that_are_not_boolean_are_refused():
    mask = np.zeros(5, bool)

    with pytest.raises(ValueError, match="boolean per frame as predicted touch frames"):
        touch_errors(mask, np.zeros(5), [5])


def errors_of(real: str, predicted: str) -> TouchErrors:
    """Return the errors of trials drawn as 0 and 1, ended by |."""
    lengths = [len(trial) for trial in real.split("|")]
    return touch_errors(drawn(real), drawn(predicted), lengths)


def drawn(trace: str) -> np.ndarray:
    return np.array([bit == "1" for bit in trace if bit != "|"], bool)


def listed(errors: TouchErrors) -> list[tuple[str, int, int]]:
    return [
        (KINDS[kind], first, stop - 1)
        for kind, (first, stop) in zip(
            errors.kinds, errors.intervals.tolist(), strict=True
        )
    ]


def described(errors: TouchErrors) -> str:
    return ", ".join(f"{kind} {first}..{last}" for kind, first, last in listed(errors))


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
