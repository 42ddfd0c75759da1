"""The benefit of retraining on a simulated rig, at the smallest size."""

import pytest

from models_ml.making.rig_benchmark import DriftSize, drift_rows
from models_ml.simulator.rigs import UNSEEN_RIGS

pytestmark = pytest.mark.slow


def test_a_rig_is_measured_before_and_after_each_retrain_on_the_same_trials(tmp_path):
    size = DriftSize(
        rigs=UNSEEN_RIGS[1:2],
        seeds=(2,),
        n_labelled=(2, 5),
        n_held_out=3,
        n_frames=200,
        old_trials_step=40,
    )

    (row,) = drift_rows(size, tmp_path)
    cached = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (again,) = drift_rows(size, tmp_path)

    assert (row.rig, row.seed) == ("thick_fast", 2)
    assert list(row.errors_per_touch) == [0, 2, 5]
    assert {metrics.n_trials for metrics in row.measured.values()} == {3}
    assert {metrics.n_touches for metrics in row.measured.values()} == {row.n_touches}
    assert again == row
    # Units of 3 held-out and 5 labelled trials, computed once.
    assert len(cached) == 8
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == cached
