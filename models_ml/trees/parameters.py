"""How trees are grown: parameters, and what LightGBM calls them."""

import os
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierParameters:
    """How trees are grown.

    Parameters
    ----------
    n_rounds : int
        Number of trees; with validation frames, at most this many.
    stop_after : int
        Trees without a better fit of the validation frames after which to stop.
    learning_rate : float
        Weight of each tree.
    n_leaves : int
        Leaves of a tree, at most.
    min_frames_in_leaf : int
        Frames in a leaf, at least.
    feature_share : float
        Share of the columns that each tree may look at; in (0, 1].
    frame_share : float
        Share of the frames that each tree is grown on; in (0, 1].
    redraw_every : int
        Trees after which other frames are drawn.
    l1, l2 : float
        Penalties on leaf values.
    seed : int
        The same seed and data give the same classifier, whatever the threads.
    n_threads : int
        Threads to train with; 0 for all cores.
    """

    n_rounds: int = 1000
    stop_after: int = 50
    learning_rate: float = 0.05
    n_leaves: int = 31
    min_frames_in_leaf: int = 20
    feature_share: float = 0.5
    frame_share: float = 0.8
    redraw_every: int = 1
    l1: float = 0.0
    l2: float = 1.0
    seed: int = 0
    n_threads: int = 0


def lightgbm_module() -> Any:
    """Return LightGBM, imported when it is first needed.

    Returns
    -------
    lightgbm : module
        With threads that give way to others.
    """
    # Threads otherwise wait for each other by spinning, which made a training on two
    # busy cores 14 times slower. OpenMP reads the setting while it is being loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import lightgbm

    return lightgbm


def lightgbm_settings(parameters: ClassifierParameters) -> dict[str, Any]:
    """Return the parameters in LightGBM's words.

    Parameters
    ----------
    parameters : ClassifierParameters
        How trees are grown.

    Returns
    -------
    settings : dict
        For `lightgbm.train`.
    """
    return {
        "objective": "binary",
        "metric": "binary_logloss",
        "learning_rate": parameters.learning_rate,
        "num_leaves": parameters.n_leaves,
        "min_data_in_leaf": parameters.min_frames_in_leaf,
        "feature_fraction": parameters.feature_share,
        "bagging_fraction": parameters.frame_share,
        "bagging_freq": parameters.redraw_every,
        "lambda_l1": parameters.l1,
        "lambda_l2": parameters.l2,
        "seed": parameters.seed,
        "num_threads": parameters.n_threads,
        "deterministic": True,
        "force_col_wise": True,
        "verbosity": -1,
    }
