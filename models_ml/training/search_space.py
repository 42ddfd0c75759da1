"""The search space: which classifier parameters a search varies, and in which range.

The space is WhACC's (whacc.md, 11.2).
"""

from dataclasses import replace
from typing import Any

from models_ml.trees.parameters import ClassifierParameters

# The range of L1 and L2 is logarithmic, so it cannot start at 0.
_LAMBDA_MIN = 1e-8

# LightGBM's names and Optuna's. Optuna's suggestions depend on the order of its names,
# and stored searches contain them. So they do not change, and a search with the same
# seed gives the same classifier in every version of this code.
_OPTUNA_NAMES = {
    "lambda_l1": "l1",
    "lambda_l2": "l2",
    "num_leaves": "n_leaves",
    "feature_fraction": "feature_share",
    "bagging_fraction": "frame_share",
    "bagging_freq": "redraw_every",
    "min_data_in_leaf": "min_frames_in_leaf",
}


def suggested_parameters(
    trial: Any, start: ClassifierParameters
) -> ClassifierParameters:
    """Return the parameters that Optuna suggests for a training.

    Parameters
    ----------
    trial : optuna.trial.Trial
        The training in Optuna's terms; it records the suggested values.
    start : ClassifierParameters
        Parameters of the first training. Those outside the search space are taken from
        here; the seed is increased by the number of the training.

    Returns
    -------
    parameters : ClassifierParameters
        The parameters of the training.
    """
    return replace(
        start,
        lambda_l1=trial.suggest_float("l1", _LAMBDA_MIN, 10, log=True),
        lambda_l2=trial.suggest_float("l2", _LAMBDA_MIN, 10, log=True),
        num_leaves=trial.suggest_int("n_leaves", 2, 256),
        feature_fraction=trial.suggest_float("feature_share", 0.4, 1),
        bagging_fraction=trial.suggest_float("frame_share", 0.4, 1),
        bagging_freq=trial.suggest_int("redraw_every", 1, 7),
        min_data_in_leaf=trial.suggest_int("min_frames_in_leaf", 5, 100),
        seed=start.seed + trial.number,
    )


def first_point(start: ClassifierParameters) -> dict[str, Any]:
    """Return parameters as a point of the search space.

    Parameters
    ----------
    start : ClassifierParameters
        Parameters of the first training.

    Returns
    -------
    point : dict of str to float or int
        For ``optuna.Study.enqueue_trial``, under Optuna's names. An L1 or L2 of 0
        becomes the smallest value of the range, 1e-8.
    """
    point = {theirs: getattr(start, name) for name, theirs in _OPTUNA_NAMES.items()}
    for name in ("l1", "l2"):
        point[name] = max(point[name], _LAMBDA_MIN)
    return point
