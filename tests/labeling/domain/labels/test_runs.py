"""Runs and arrays represent the same labels."""

from itertools import product

import numpy as np

from labeling.domain.labels.runs import apply_runs, runs_of
from models_ml.arrays import UNLABELLED


def test_runs_of_every_short_array_restore_the_array():
    for values in product([-1, 0, 1, 2], repeat=5):
        array = np.array(values, dtype=np.int8)
        back = np.full(5, UNLABELLED, dtype=np.int8)

        apply_runs(back, runs_of(array, first=7), first=7)

        assert back.tolist() == array.tolist()


def test_runs_are_maximal_and_leave_gaps_out():
    # frame   10 11 12 13 14 15
    values = [1, 1, -1, 0, 0, 1]

    runs = runs_of(np.array(values, dtype=np.int8), first=10)

    assert runs == [(10, 12, 1), (13, 15, 0), (15, 16, 1)]


def test_an_empty_array_has_no_runs():
    assert runs_of(np.array([], dtype=np.int8), first=0) == []


def test_a_run_of_none_removes_labels():
    values = np.array([1, 1, 1], dtype=np.int8)

    apply_runs(values, [(1, 2, None)], first=0)

    assert values.tolist() == [1, -1, 1]
