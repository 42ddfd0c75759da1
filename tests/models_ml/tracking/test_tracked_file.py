import numpy as np
import pytest

from models_ml.tracking.tracked_file import TrackedFile, oddities, whacc_outliers

SPANS = [(0, 10), (10, 20), (20, 30)]


def tracked(**changed):
    standard = {
        "places": np.zeros((30, 2)),
        "scores": np.full(30, 0.9, np.float32),
        "states": np.zeros(30, np.uint8),
        "values": np.ones(30),
        "template": np.zeros((3, 3), np.uint8),
    }
    for key, value in changed.items():
        standard[key][10:20] = value
    return TrackedFile(**standard)


def test_whaccs_rule_flags_what_whacc_flags():
    # WhACC's own example: scores of 1, 0.2 and 1 over three trials.
    values = np.repeat([1, 0.2, 1], 10)

    assert whacc_outliers(values, SPANS) == [False, True, False]


def test_whaccs_rule_lets_few_low_frames_pass():
    values = np.ones(30)
    values[10:13] = 0.2

    assert whacc_outliers(values, SPANS) == [False] * 3


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"scores": 0.5}, "matches at 0.50, others at 0.90"),
        ({"places": [30, 40]}, "stands 50 px from where it does in others"),
        ({"states": 2}, "no pole in 100% of the frames"),
        ({"places": [[0, 0], [40, 0]] * 5}, "jumps 9 times"),
    ],
)
def test_a_trial_unlike_the_others_is_said(changed, sentence):
    first, middle, last = oddities(tracked(**changed), SPANS)

    assert sentence in middle
    assert (first, last) == ([], [])
