import numpy as np
import pytest

from models_ml.training.boosting import BoostingData
from models_ml.trees.classifier import LabelledFrames
from models_ml.trees.parameters import ClassifierParameters


@pytest.fixture(scope="session")
def start():
    """Return parameters of short trainings."""
    return ClassifierParameters(
        num_iterations=30,
        early_stopping_round=8,
        learning_rate=0.2,
        num_leaves=7,
        num_threads=1,
    )


@pytest.fixture(scope="session")
def data():
    """Return one training trial and one validation trial."""
    train, validation = _trial(1), _trial(2)
    frames = LabelledFrames(
        features=train[0],
        labels=train[1] == 1,
        weights=np.ones(len(train[1]), np.float32),
    )
    return BoostingData(
        train=frames,
        copies=None,
        validation_features=[validation[0]],
        validation_labels=[validation[1]],
        num_threads=1,
    )


def _trial(seed: int, *, n_frames: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return features and labels of a trial; two of five columns show the touches."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(n_frames, np.int8)
    for onset in range(20, n_frames - 40, 60):
        labels[onset : onset + rng.integers(5, 30)] = 1
    features = rng.normal(0, 0.6, (n_frames, 5)).astype(np.float32)
    features[:, :2] += labels[:, np.newaxis]
    return features, labels
