"""Groups of trials with similar positions of the pole."""

import h5py
import numpy as np

from models_ml.pole_strata import pole_positions, pole_strata
from models_ml.session_files.reader import open_session_file
from models_ml.session_files.writer import SessionArrays, write_session_file


def test_a_position_is_the_median_while_the_pole_is_in_reach():
    locations = np.array([[0, 0], [50, 60], [52, 60], [0, 0], [7, 9], [7, 9]], float)

    with_times = pole_positions(
        locations, [4, 2], np.array([[0.5, np.nan], [3.0, 1.0]])
    )
    without = pole_positions(locations, [4, 2])

    assert with_times.tolist() == [[51, 60], [7, 9]]
    assert without.tolist() == [[25, 30], [7, 9]]


def test_positions_that_are_nan_are_unknown():
    places = pole_positions(np.array([[1, 1], [np.nan, 1]]), [1, 1])

    assert pole_strata(places).tolist() == [0, -1]


def test_strata_follow_the_line_on_which_the_pole_moves():
    rng = np.random.default_rng(0)
    far = rng.permutation(20)
    places = np.column_stack([100 - 3.0 * far, 50 + 1.0 * far])

    strata = pole_strata(places)

    assert np.bincount(strata).tolist() == [5, 5, 5, 5]
    # On the line from large x to small x, in either direction.
    by_place = strata[np.argsort(places[:, 0])]
    assert by_place.tolist() == sorted(strata.tolist())
    assert pole_strata(places + 7).tolist() == strata.tolist()


def test_few_trials_or_equal_positions_are_one_stratum_or_equal_ones():
    assert pole_strata(np.zeros((0, 2))).tolist() == []
    assert pole_strata(np.arange(18.0).reshape(9, 2)).tolist() == [0] * 9
    assert pole_strata(np.ones((10, 2))).tolist() == [0] * 5 + [1] * 5
    assert np.bincount(pole_strata(np.arange(200.0).reshape(100, 2))).tolist() == (
        [20] * 5
    )


def test_a_session_file_has_the_positions_of_crops(tmp_path):
    path = tmp_path / "session.h5"
    corners = np.array([[1, 2], [3, 4], [5, 6]])
    write_session_file(
        path,
        trials=[(1, "a-1.mp4")],
        frames=[np.zeros((3, 61, 61), np.uint8)],
        arrays=SessionArrays(
            locations_x_y=corners,
        ),
    )

    with open_session_file(path) as session:
        assert session.locations().tolist() == corners.tolist()
    with h5py.File(path, "r+") as file:
        del file["locations_x_y"]
    with open_session_file(path) as session:
        assert session.locations() is None
