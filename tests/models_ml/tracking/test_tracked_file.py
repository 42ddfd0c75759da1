import numpy as np
import pytest

from models_ml.tracking.tracked_file import (
    TrackedFile,
    TrackingQuality,
    oddities,
    tracking_quality,
    whacc_outliers,
)

SPANS = [(0, 10), (10, 20), (20, 30)]


def tracked(**changed):
    standard = {
        "corners": np.zeros((30, 2)),
        "scores": np.full(30, 0.9, np.float32),
        "states": np.zeros(30, np.uint8),
        "values": np.ones(30),
        "template": np.zeros((3, 3), np.uint8),
    }
    for key, value in changed.items():
        standard[key][10:20] = value
    return TrackedFile(**standard)


def test_outliers_equal_those_of_whacc():
    # WhACC's own example: scores of 1, 0.2 and 1 over three trials.
    values = np.repeat([1, 0.2, 1], 10)

    assert whacc_outliers(values, SPANS) == [False, True, False]


def test_few_low_frames_are_no_outliers():
    values = np.ones(30)
    values[10:13] = 0.2

    assert whacc_outliers(values, SPANS) == [False] * 3


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"scores": 0.5}, "matches at 0.50, others at 0.90"),
        ({"corners": [30, 40]}, "pole is 50 px from its position in others"),
        ({"states": 2}, "no pole in 100% of the frames"),
        ({"corners": [[0, 0], [40, 0]] * 5}, "jumps 9 times"),
    ],
)
def test_an_unusual_trial_is_described(changed, sentence):
    first, middle, last = oddities(tracked(**changed), SPANS)

    assert sentence in middle
    assert (first, last) == ([], [])


def test_quality_has_match_visibility_jumps_and_drift():
    made = tracked(corners=[[0, 0], [40, 0]] * 5)
    made.corners[20:] = [3, 4]
    made.states[:3] = 2
    made.scores[:15] = 0.7

    found = tracking_quality(made, SPANS)

    assert found == TrackingQuality(
        score=float(np.float32(0.9)), seen=0.9, jumps=300.0, drift_px=5.0
    )


def test_a_pole_that_is_never_visible_has_no_match():
    made = tracked()
    made.states[:] = 2

    found = tracking_quality(made, SPANS)

    assert np.isnan(found.score)
    assert (found.seen, found.jumps, found.drift_px) == (0.0, 0.0, 0.0)
