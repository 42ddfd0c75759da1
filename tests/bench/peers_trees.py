"""Parameters of the boosting stage of peers.py, for both sides.

It imports NumPy only, because both environments have it.
"""

from pathlib import Path

import numpy as np

ROUNDS = 50
# Under WhACC's names. WhACC uses LightGBM's default learning rate.
SETTINGS = {
    "lambda_l1": 1e-8,
    "lambda_l2": 1.0,
    "num_leaves": 31,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "min_child_samples": 100,
}
LEARNING_RATE = 0.1


def read(folder: str, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features, touch frames and trial lengths of a data set."""
    with np.load(Path(folder) / f"{name}.npz") as stored:
        touch = stored["touch"]
        return stored["features"], touch, np.full(len(touch) // 1000, 1000)
