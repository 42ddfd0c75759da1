from dataclasses import asdict

from models_ml.trees.parameters import (
    ClassifierParameters,
    earlier_text,
    lightgbm_names,
    lightgbm_settings,
)

# Parameters of a model version as the database has them from before LightGBM's names.
EARLIER_RECORD = {
    "n_rounds": 900,
    "stop_after": 40,
    "learning_rate": 0.1,
    "n_leaves": 15,
    "min_frames_in_leaf": 9,
    "feature_share": 0.25,
    "frame_share": 0.75,
    "redraw_every": 2,
    "l1": 0.5,
    "l2": 0.0,
    "seed": 3,
    "n_threads": 4,
}
PARAMETERS = ClassifierParameters(
    num_iterations=900,
    early_stopping_round=40,
    learning_rate=0.1,
    num_leaves=15,
    min_data_in_leaf=9,
    feature_fraction=0.25,
    bagging_fraction=0.75,
    bagging_freq=2,
    lambda_l1=0.5,
    lambda_l2=0.0,
    seed=3,
    num_threads=4,
)


def test_an_earlier_record_is_read_under_lightgbm_s_names():
    assert ClassifierParameters(**lightgbm_names(EARLIER_RECORD)) == PARAMETERS


def test_a_record_under_lightgbm_s_names_and_other_keys_are_unchanged():
    record = {**asdict(PARAMETERS), "new_data_weight": 2.0, "n_trainings": 5}

    assert lightgbm_names(record) == record


def test_the_earlier_text_is_the_earlier_repr():
    assert earlier_text(PARAMETERS) == (
        "ClassifierParameters(n_rounds=900, stop_after=40, learning_rate=0.1, "
        "n_leaves=15, min_frames_in_leaf=9, feature_share=0.25, frame_share=0.75, "
        "redraw_every=2, l1=0.5, l2=0.0, seed=3, n_threads=4)"
    )


def test_lightgbm_knows_every_setting():
    import lightgbm

    known = set(lightgbm.basic._ConfigAliases._get_all_param_aliases())

    assert set(lightgbm_settings(PARAMETERS)) <= known
    assert {*asdict(PARAMETERS)} <= known
