"""Labels that can be read from neighbouring frames help nobody on other trials."""

import numpy as np
import pytest

from models_ml.touches.evaluation import area_under_curve
from models_ml.training.labelled_trials import LabelledTrial
from models_ml.training.retrain import TrainingPlan, retrain
from models_ml.trees.classifier import LabelledFrames, train_classifier
from models_ml.trees.parameters import ClassifierParameters

PARAMETERS = ClassifierParameters(n_rounds=60, n_threads=1, min_frames_in_leaf=5)
FRAMES, RUN = 120, 20


@pytest.fixture(scope="module")
def trials():
    """Trials whose features only say which frames are neighbours.

    Touches are random, so that nothing but the label of a frame nearby tells a label.
    """
    rng = np.random.default_rng(0)
    roles = ["train", "validation", "train", "held_out"] * 8
    return [
        LabelledTrial(
            features=_places(rng, number),
            labels=np.repeat(rng.integers(0, 2, FRAMES // RUN), RUN).astype(np.int8),
            role=role,
        )
        for number, role in enumerate(roles)
    ]


def _places(rng, number):
    places = number * FRAMES + np.arange(FRAMES)
    return (places[:, None] + rng.normal(0, 0.1, (FRAMES, 3))).astype(np.float32)


def test_a_label_read_through_a_neighbouring_frame_would_help_if_frames_were_split(
    trials,
):
    features = np.concatenate([trial.features for trial in trials])
    labels = np.concatenate([trial.labels == 1 for trial in trials])
    shown, hidden = slice(0, None, 2), slice(1, None, 2)
    frames = LabelledFrames(
        features=features[shown],
        labels=labels[shown],
        weights=np.ones(len(labels[shown]), np.float32),
    )

    classifier = train_classifier(frames, parameters=PARAMETERS)

    auc = area_under_curve(labels[hidden], classifier.scores(features[hidden]))
    assert auc > 0.8


def test_neither_validation_nor_held_out_trials_profit_from_it(trials):
    result = retrain(trials, plan=TrainingPlan(parameters=PARAMETERS))

    assert result.validated_on == "validation trials"
    assert 0.4 < result.validation.auc < 0.6
    assert 0.4 < result.after.auc < 0.6
