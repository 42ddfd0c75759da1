"""Parameters of the classifier, named as LightGBM names them."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# LightGBM's names, and the names in records that were written before these were used.
_EARLIER_NAMES = {
    "num_iterations": "n_rounds",
    "early_stopping_round": "stop_after",
    "num_leaves": "n_leaves",
    "min_data_in_leaf": "min_frames_in_leaf",
    "feature_fraction": "feature_share",
    "bagging_fraction": "frame_share",
    "bagging_freq": "redraw_every",
    "lambda_l1": "l1",
    "lambda_l2": "l2",
    "num_threads": "n_threads",
}
_LIGHTGBM_NAMES = {earlier: name for name, earlier in _EARLIER_NAMES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierParameters:
    """Parameters with which LightGBM trains a classifier.

    Parameters
    ----------
    num_iterations : int
        Number of trees; the largest number where validation frames stop the training.
    early_stopping_round : int
        Number of trees without a better validation value after which training stops.
    learning_rate : float
        Weight of each tree; above 0.
    num_leaves : int
        Largest number of leaves of a tree; at least 2.
    min_data_in_leaf : int
        Smallest number of frames in a leaf.
    feature_fraction : float
        Fraction of the feature columns that each tree may use; in (0, 1].
    bagging_fraction : float
        Fraction of the frames that each tree is trained on; in (0, 1].
    bagging_freq : int
        Number of trees after which LightGBM draws other frames.
    lambda_l1, lambda_l2 : float
        L1 and L2 regularisation of leaf values; at least 0.
    seed : int
        The same seed and data give the same classifier for any number of threads.
    num_threads : int
        Number of threads for training; 0 for all cores.

    References
    ----------
    https://lightgbm.readthedocs.io/en/stable/Parameters.html
    """

    num_iterations: int = 1000
    early_stopping_round: int = 50
    learning_rate: float = 0.05
    num_leaves: int = 31
    min_data_in_leaf: int = 20
    feature_fraction: float = 0.5
    bagging_fraction: float = 0.8
    bagging_freq: int = 1
    lambda_l1: float = 0.0
    lambda_l2: float = 1.0
    seed: int = 0
    num_threads: int = 0


def lightgbm_names(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored record of parameters under LightGBM's names.

    Parameters
    ----------
    record : mapping of str to any
        Parameters of a model version or of a training, from a database or a file.

    Returns
    -------
    record : dict of str to any
        The values in the same order. Earlier names, such as ``n_leaves``, are replaced
        by LightGBM's; all other keys are unchanged.
    """
    return {_LIGHTGBM_NAMES.get(name, name): value for name, value in record.items()}


def earlier_text(parameters: ClassifierParameters) -> str:
    """Return parameters as text in the earlier names, for the key of a stored search.

    Parameters
    ----------
    parameters : ClassifierParameters
        Any parameters.

    Returns
    -------
    text : str
        Equal to what ``repr`` gave before the fields had LightGBM's names. The key of
        a search contains this text, so a search that was interrupted before an update
        continues after it.
    """
    values = ", ".join(
        f"{_EARLIER_NAMES.get(name, name)}={value!r}"
        for name, value in asdict(parameters).items()
    )
    return f"ClassifierParameters({values})"


def lightgbm_settings(parameters: ClassifierParameters) -> dict[str, Any]:
    """Return the settings for ``lightgbm.train``, without the number of trees.

    Parameters
    ----------
    parameters : ClassifierParameters
        The parameters of the training.

    Returns
    -------
    settings : dict of str to any
        The parameters that describe single trees, and what is fixed here: binary log
        loss, deterministic results and no output. The number of trees and early
        stopping are arguments of ``lightgbm.train``.
    """
    settings = asdict(parameters)
    del settings["num_iterations"], settings["early_stopping_round"]
    return {
        "objective": "binary",
        "metric": "binary_logloss",
        **settings,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }


def lightgbm_module() -> Any:
    """Return LightGBM, imported at the first call.

    Returns
    -------
    lightgbm : module
        LightGBM with threads that sleep while they wait.
    """
    # By default, threads wait for each other in a busy loop, which made a training 14
    # times slower on two busy cores. OpenMP reads the setting at LightGBM's import.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import lightgbm

    return lightgbm
