from dataclasses import replace

import optuna

from models_ml.training.search_space import first_point, suggested_parameters


def test_the_first_suggestion_is_the_start(start):
    study = optuna.create_study()
    study.enqueue_trial(first_point(start))

    parameters = suggested_parameters(study.ask(), start)

    # The logarithmic range of L1 has no 0.
    assert parameters == replace(start, lambda_l1=1e-8)


def test_optunas_names_are_those_of_stored_searches(start):
    trial = optuna.create_study().ask()

    suggested_parameters(trial, start)

    # With other names, Optuna suggests other values for the same seed.
    assert list(trial.params) == [
        "l1",
        "l2",
        "n_leaves",
        "feature_share",
        "frame_share",
        "redraw_every",
        "min_frames_in_leaf",
    ]
    assert set(trial.params) == set(first_point(start))
