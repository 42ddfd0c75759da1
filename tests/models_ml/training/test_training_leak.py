"""A label that a neighbouring frame reveals must not improve scores of other trials."""

import numpy as np
import pytest

from models_ml.touches.evaluation import area_under_curve
from models_ml.training.labelled_trials import LabelledTrial
from models_ml.training.plan import TrainingPlan
from models_ml.training.retrain import retrain
from models_ml.trees.classifier import LabelledFrames, train_classifier
from models_ml.trees.parameters import ClassifierParameters

PARAMETERS = ClassifierParameters(num_iterations=60, num_threads=1, min_data_in_leaf=5)
FRAMES, RUN = 120, 20


@pytest.fixture(scope="module")
def trials():
    """Return trials whose features only show which frames are neighbours.

    Touches are random, so only the label of a neighbouring frame reveals a label.
    """
    rng = np.random.default_rng(0)
    roles = ["train", "validation", "train", "held_out"] * 8
    return [
        LabelledTrial(
            features=_frame_numbers(rng, number),
            labels=np.repeat(rng.integers(0, 2, FRAMES // RUN), RUN).astype(np.int8),
            role=role,
        )
        for number, role in enumerate(roles)
    ]


def _frame_numbers(rng, number):
    frames = number * FRAMES + np.arange(FRAMES)
    return (frames[:, None] + rng.normal(0, 0.1, (FRAMES, 3))).astype(np.float32)


def test_with_single_frames_as_validation_data_the_leak_would_show(
    trials,
):
    features = np.concatenate([trial.features for trial in trials])
    labels = np.concatenate([trial.labels == 1 for trial in trials])
    trained, judged = slice(0, None, 2), slice(1, None, 2)
    frames = LabelledFrames(
        features=features[trained],
        labels=labels[trained],
        weights=np.ones(len(labels[trained]), np.float32),
    )

    classifier = train_classifier(frames, parameters=PARAMETERS)

    auc = area_under_curve(labels[judged], classifier.scores(features[judged]))
    assert auc > 0.8


def test_with_whole_trials_the_leak_improves_neither_validation_nor_held_out(trials):
    result = retrain(trials, plan=TrainingPlan(parameters=PARAMETERS))

    assert result.validated_on == "validation trials"
    assert 0.4 < result.validation.auc < 0.6
    assert 0.4 < result.after.auc < 0.6
