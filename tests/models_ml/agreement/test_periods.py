"""A rater against a reference, period by period."""

import numpy as np
import pytest

from models_ml.agreement.comparison import contrast
from models_ml.agreement.periods import contrasts_by_period
from models_ml.agreement.rater_labels import rater_labels
from models_ml.agreement.resampling import Resampling


def labels_of(*touches, n_frames=60):
    labels = np.zeros(n_frames, np.int8)
    for onset, offset in touches:
        labels[onset:offset] = 1
    return labels


def periods_of(*runs, n_frames=60):
    periods = np.full(n_frames, -1, np.int32)
    for start, stop, period in runs:
        periods[start:stop] = period
    return periods


def frames_of(*lengths, **masks):
    """Return trials and masks without any rater."""
    return rater_labels(np.zeros((0, sum(lengths)), np.int8), lengths, **masks)


def test_a_drifting_annotator_is_later_in_the_later_period():
    found = contrasts_by_period(
        frames_of(30, 30),
        labels_of((5, 10), (38, 40)),
        periods_of((0, 30, 202646), (30, 60, 202647)),
        np.full(2, 2.0),
        reference=labels_of((5, 10), (35, 40)),
    )

    assert list(found) == [202646, 202647]
    assert [each.onsets.median.value for each in found.values()] == [0, 6]
    assert [each.offsets.median.value for each in found.values()] == [0, 0]
    assert [each.rates["deduct"].value for each in found.values()] == [0, 1]
    assert [each.frames.f1.value for each in found.values()] == [1, 2 * 2 / (2 + 5)]
    assert [each.frames.f1.n for each in found.values()] == [30, 30]


def test_frames_of_other_periods_or_of_none_are_left_out():
    judged, reference = labels_of((5, 10), (30, 35)), labels_of()
    found = contrasts_by_period(
        frames_of(60),
        judged,
        periods_of((0, 20, 1), (40, 60, 2)),
        np.ones(1),
        reference=reference,
    )

    assert {period: each.frames.percent.n for period, each in found.items()} == {
        1: 20,
        2: 20,
    }
    assert found[1].frames.percent.value == 15 / 20
    assert found[2].frames.percent.value == 1


def test_a_period_without_a_frame_that_both_label_is_missing():
    reference = labels_of()
    reference[20:40] = -1
    reference[40:60] = 2

    found = contrasts_by_period(
        frames_of(60),
        labels_of(),
        periods_of((0, 20, 1), (20, 40, 2), (40, 60, 3)),
        np.ones(1),
        reference=reference,
    )

    assert list(found) == [1]


def test_frames_out_of_reach_do_not_count():
    in_range = np.ones(60, np.bool_)
    in_range[:15] = False

    found = contrasts_by_period(
        frames_of(60, in_range=in_range),
        labels_of((2, 8)),
        periods_of((0, 60, 1)),
        np.ones(1),
        reference=labels_of(),
    )

    assert (found[1].frames.percent.value, found[1].frames.percent.n) == (1, 45)


@pytest.mark.parametrize("intervals", [False, True])
def test_one_period_of_all_frames_equals_the_whole_contrast(intervals):
    rng = np.random.default_rng(3)
    reference, judged = rng.integers(-1, 3, (2, 400)).astype(np.int8)
    lengths = [80] * 5
    whole = contrast(
        rater_labels([reference, judged], lengths),
        0,
        1,
        np.ones(5),
        Resampling(5) if intervals else None,
    )

    found = contrasts_by_period(
        frames_of(*lengths),
        judged,
        np.full(400, 9, np.int32),
        np.ones(5),
        reference=reference,
        intervals=intervals,
    )

    assert found[9].frames == whole.frames
    assert found[9].rates == whole.rates
    assert found[9].onsets.median == whole.onsets.median
    assert found[9].offsets.median == whole.offsets.median


def test_without_labels_there_are_no_periods():
    found = contrasts_by_period(
        frames_of(),
        np.zeros(0, np.int8),
        np.zeros(0, np.int32),
        np.zeros(0),
        reference=np.zeros(0, np.int8),
    )

    assert found == {}
