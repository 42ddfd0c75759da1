import os
from pathlib import Path

import numpy as np
import pytest

from models_ml.simulator.rig import Rig
from models_ml.simulator.session import trial_seeds, write_simulated_videos
from models_ml.simulator.trial import trial_scene
from models_ml.tracking.in_range import in_range, pole_up_and_down, still_periods
from models_ml.tracking.matching import PoleMatcher
from models_ml.tracking.tracked_video import (
    RECORD,
    TrackingSettings,
    read_tracked_video,
    track_video,
)
from models_ml.tracking.videos import decoded_frames

REAL_VIDEO = os.environ.get("WHACC_REAL_VIDEO", "")


def made_records(x, *, seen=None):
    records = np.zeros(len(x), RECORD)
    records["fine"][:, 0] = x
    records["state"] = 0 if seen is None else np.where(seen, 0, 2)
    return records


def test_pole_is_in_reach_while_it_stands_still():
    x = np.concatenate(
        [np.linspace(0, 90, 31)[:-1], np.full(100, 90.0), 90 - np.arange(40)]
    )
    up, down = pole_up_and_down(made_records(x))

    # One pixel of movement looks like standing still.
    assert (up, down) == (30, 132)


def test_a_pole_outside_the_picture_is_not_in_reach():
    seen = np.arange(200) >= 60

    assert pole_up_and_down(made_records(np.full(200, 5.0), seen=seen)) == (60, 200)


def test_a_whisker_across_the_pole_does_not_end_a_still_period():
    x = np.full(200, 5.0)
    x[80:90] = 60.0
    x[120:150] = 8.0
    seen = (np.arange(200) < 100) | (np.arange(200) >= 110)

    assert pole_up_and_down(made_records(x, seen=seen)) == (0, 200)


def test_of_two_positions_the_longer_or_the_nearer_one_is_chosen():
    x = np.repeat([10.0, 80.0], [60, 100])
    records = made_records(x)

    assert [(stand.start, stand.stop) for stand in still_periods(records)] == [
        (0, 60),
        (60, 160),
    ]
    assert pole_up_and_down(records) == (60, 160)
    assert pole_up_and_down(records, near=(12, 0)) == (0, 60)


def test_a_pole_that_never_stands_still_has_no_times():
    assert np.isnan(pole_up_and_down(made_records(3.0 * np.arange(100)))).all()


def test_in_range_equals_that_of_whacc():
    times = np.array([[1, np.nan, 0], [3, np.nan, 9]])

    found = in_range(times, np.array([4, 2, 2]))

    assert np.array_equal(found, [0, 1, 1, 0, np.nan, np.nan, 1, 1], equal_nan=True)


def test_times_of_simulated_videos_are_found(tmp_path):
    rig = Rig(name="plain")
    paths = write_simulated_videos(tmp_path, rig, seed=5, n_trials=2, n_frames=400)
    for seed, path in zip(trial_seeds(5, 2), paths, strict=True):
        scene = trial_scene(rig, seed=seed, n_frames=400)
        up, down = np.flatnonzero(scene.pole.is_up)[[0, -1]] + [0, 1]
        x, y = np.round(scene.pole.tip_px[up + 60]).astype(int) - 30
        frames = [frame.grey for frame in decoded_frames(path)]
        template = frames[up + 60][max(y, 0) : y + 61, max(x, 0) : x + 61].copy()
        settings = TrackingSettings(template=template, crop_px=(61, 61))
        track_video(path, tmp_path / "part", settings)
        tracked = read_tracked_video(path, tmp_path / "part", settings)

        found = pole_up_and_down(tracked.records)

        assert abs(found[0] - up) <= 12
        assert abs(found[1] - down) <= 12


@pytest.mark.skipif(
    not Path(REAL_VIDEO).is_file(), reason="WHACC_REAL_VIDEO names no video here"
)
def test_both_movements_of_a_real_bar_are_found():
    """The bar of WhiskiWrap's test video leaves at frame 226 and is back at 1463."""
    matcher, records = None, []
    for frame in decoded_frames(Path(REAL_VIDEO)):
        matcher = matcher or PoleMatcher(frame.grey[118:159, 202:243].copy())
        found = matcher.match(frame.grey)
        fine = (found.x_fine, found.y_fine)
        records.append(((found.x, found.y), fine, found.value, found.score, 0))
    table = np.array(records, RECORD)

    places = [(stand.start, stand.stop) for stand in still_periods(table)]

    assert table["score"].min() > 0.8
    assert places == [(0, 226), (245, 1439), (1463, 1800)]
    assert pole_up_and_down(table) == (245, 1439)
