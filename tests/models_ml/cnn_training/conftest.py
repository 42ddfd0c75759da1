"""Small trials of two brightnesses that a CNN learns in a few steps."""

import numpy as np
import pytest

from models_ml.cnn.backbone import load_backbone
from models_ml.shipped import shipped_model
from models_ml.simulator.rigs import rig_named
from models_ml.simulator.session import simulated_trials


@pytest.fixture(scope="session")
def rig_trials():
    """Frames and labels of six simulated trials."""
    rig = rig_named("lab_b")
    return [
        (trial.frames, trial.touch.astype(np.int8))
        for trial in simulated_trials(rig, seed=4, n_trials=6, n_frames=150)
    ]


@pytest.fixture(scope="session")
def shipped_backbone():
    """The shipped CNN, and the path of its weights."""
    model = shipped_model()
    path = model.weights_path
    return load_backbone(model.backbone_kind, path), path
