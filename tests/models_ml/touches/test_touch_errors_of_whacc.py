import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from models_ml.touches.touch_errors import COUNTS, touch_error_curve, touch_errors
from tests.models_ml.touches.drawn_errors import described, drawn, errors_of, listed

DATA = Path(__file__).parents[2] / "data"


def published_cases() -> list[dict]:
    with gzip.open(DATA / "whacc_touch_errors.json.gz", "rt") as file:
        return json.load(file)["cases"]


def touches_an_end(*traces: str) -> bool:
    trials = [trial for trace in traces for trial in trace.split("|")]
    return any("1" in (trial[0], trial[-1]) for trial in trials)


# Results of WhACC 1.4.3, unmodified: errors, signed errors at onsets and at offsets.
# WhACC lists exact ones last and omits those at the ends of all trials.
PUBLISHED = [
    ("000111110000", "000001110000", "deduct 3..4", [-2], [0]),
    ("000111110000", "000111000000", "deduct 6..7", [0], [-2]),
    ("000011110000", "001111110000", "append 2..3", [2], [0]),
    ("000011100000", "000011111000", "append 7..8", [0], [2]),
    ("000000000000", "000011000000", "ghost 4..5", [], []),
    ("000011110000", "000000000000", "miss 4..7", [], []),
    ("001111111100", "001110011100", "split 5..6", [0], [0]),
    ("001110011100", "001111111100", "join 5..6", [0], [0]),
    ("000111000000", "000000111000", "miss 3..5, ghost 6..8", [], []),
    ("000111100000", "000001111000", "deduct 3..4, append 7..8", [-2], [2]),
    (
        "001110000011100",
        "001111000111100",
        "append 5..5, append 9..9",
        [1, 0],
        [1, 0],
    ),
    ("0011100000111", "0011101110111", "ghost 6..8", [0, 0], [0]),
    (
        "00011111000",
        "00001010000",
        "deduct 3..3, split 5..5, deduct 7..7",
        [-1],
        [-1],
    ),
    ("00011111000", "00000100000", "deduct 3..4, deduct 6..7", [-2], [-2]),
    ("011001100", "011110000", "join 3..4, miss 5..6", [0], []),
    ("000111000", "011000110", "ghost 1..2, miss 3..5, ghost 6..7", [], []),
    ("0111100000", "0110011000", "deduct 3..4, ghost 5..6", [0], [-2]),
    ("011011000", "000100000", "miss 1..2, join 3..3, miss 4..5", [], []),
    ("011000000", "000110000", "miss 1..2, ghost 3..4", [], []),
    ("111100000", "001100000", "split 0..1", [], [0]),
    ("111100000", "000000000", "split 0..3", [], []),
    ("111100000", "110000000", "deduct 2..3", [], [-2]),
    ("000000000", "110000000", "split 0..1", [], []),
    ("0111000", "1111000", "split 0..0", [], [0]),
    ("000001111", "000001100", "split 7..8", [0], []),
    ("000001100", "000001111", "split 7..8", [0], []),
    ("00000", "11111", "ghost 0..4", [], []),
    ("11111", "00000", "miss 0..4", [], []),
    ("00011|11000", "00011|11000", "", [0], [0]),
    ("00011|11000", "00010|11000", "split 4..4", [0], [0]),
    ("001110|011100", "000000|000000", "miss 2..4, miss 7..9", [], []),
    ("0011011000", "0011111000", "join 4..4", [0], [0]),
    ("0011111000", "0011011000", "split 4..4", [0], [0]),
    ("0011100", "0011100", "", [0], [0]),
]


@pytest.mark.parametrize(("real", "predicted", "expected", "_", "__"), PUBLISHED)
def test_compatible_errors_equal_those_of_whacc(real, predicted, expected, _, __):
    errors = errors_of(real, predicted, whacc_compatible=True)

    assert described(real, errors) == expected


@pytest.mark.parametrize(
    ("real", "predicted", "expected", "onset_errors", "offset_errors"),
    [each for each in PUBLISHED if not touches_an_end(*each[:2])],
)
def test_errors_inside_trials_equal_those_of_whacc(
    real, predicted, expected, onset_errors, offset_errors
):
    errors = errors_of(real, predicted)

    assert described(real, errors) == expected
    assert sorted(errors.onset_errors) == sorted(onset_errors)
    assert sorted(errors.offset_errors) == sorted(offset_errors)


@pytest.mark.parametrize("case", published_cases(), ids=lambda case: case["id"])
def test_compatible_counts_equal_those_that_whacc_computes(case):
    scores = np.array(case["prob_x1024"]) / 1024
    lengths = case["frame_nums"]

    curve = touch_error_curve(
        case["real"],
        scores,
        lengths,
        case["thresholds"],
        case["edge_threshold"],
        whacc_compatible=True,
    )

    edge = f"_{case['edge_threshold']}+"
    counts = {
        name.replace("_long", edge): [errors.counts[name] for errors in curve]
        for name in COUNTS
    }
    # WhACC fails if all errors have the same length; here there are counts.
    assert counts == case.get("df", counts)
    errors = touch_errors(case["real"], scores > 0.5, lengths, whacc_compatible=True)
    low = case.get("low")
    if low:
        runs = [(each[0], each[-1]) for each in low["errors"]]
        found = [(kind, first, last) for kind, first, last in listed(errors, lengths)]
        assert found == [
            (kind, *run) for kind, run in zip(low["types"], runs, strict=True)
        ]


def test_signed_errors_at_trial_ends_are_the_same_in_compatible_mode():
    real = "1111000|0111"
    errors = errors_of(real, "0011000|0100", whacc_compatible=True)

    assert described(real, errors) == "split 0..1, split 9..10"
    assert errors.onset_errors.tolist() == [-2, 0]
    assert errors.offset_errors.tolist() == [0, -2]


def test_touches_counted_as_whacc_does_need_a_rise_in_all_trials_laid_end_to_end():
    trials = "1100|0011|1100|0110"

    assert errors_of(trials, trials, whacc_compatible=True).n_touches == 2
    assert errors_of(trials, trials).n_touches == 4


def test_error_curve_has_the_rates_computed_by_hand():
    real = drawn("000011111000000111100000000111000000")
    tenths = (
        "1 1 2 4.5 6 9 9.5 9 7 5.5 3 1 1 2 6.5 9 9 3 9 6 5.5 5 4.5 4.2 3 1 1 1 1 1 1 1 "
        "7.5 1 1 1"
    )
    scores = np.array([float(one) for one in tenths.split()]) / 10

    curve = touch_error_curve(real, scores, [36], [0.4, 0.5, 0.6, 0.7, 0.8])

    assert [list(errors.counts.values()) for errors in curve] == [
        [1, 1, 0, 1, 1, 0, 3, 0],
        [1, 1, 0, 1, 0, 0, 3, 0],
        [1, 1, 0, 1, 0, 0, 1, 1],
        [1, 1, 0, 1, 0, 0, 0, 2],
        [0, 1, 0, 1, 0, 0, 0, 2],
    ]
    rates = [errors.touch_count_errors_per_touch for errors in curve]
    assert rates == [4 / 3, 1, 1, 1, 2 / 3]
