import numpy as np
import pytest

from models_ml.training.labelled_trials import (
    LabelledTrial,
    TrainingError,
    check_learnable,
    check_trials,
    is_learnable,
    labelled_frames,
    n_labelled,
    split_by_role,
)


def trial(labels, role="train", *, n_columns=2, weight=1.0):
    """Return a trial whose features are the numbers of its frames."""
    labels = np.array(labels, np.int8)
    features = np.repeat(np.arange(len(labels), dtype=np.float32), n_columns)
    features = features.reshape(len(labels), n_columns)
    return LabelledTrial(features=features, labels=labels, role=role, weight=weight)


def test_labelled_frames_have_the_weight_of_their_trial():
    frames = labelled_frames([trial([-1, 1, 0], weight=2), trial([0, -1])])

    assert frames.features[:, 0].tolist() == [1, 2, 0]
    assert frames.labels.tolist() == [True, False, False]
    assert frames.weights.tolist() == [2, 2, 1]


def test_trials_are_split_by_role_without_those_that_have_no_labels():
    first, second = trial([1, 0]), trial([1])
    validation, held_out = trial([0], "validation"), trial([1], "held_out")

    split = split_by_role([first, held_out, trial([-1, -1]), validation, second])

    assert split == ([first, second], [validation], [held_out])


def test_labels_are_learnable_when_they_have_touch_and_not_touch():
    assert is_learnable([trial([1, -1]), trial([0])])
    assert not is_learnable([trial([1, -1]), trial([1])])
    assert n_labelled(trial([1, -1, 0])) == 2


def test_trials_that_do_not_fit_together_raise():
    with pytest.raises(TrainingError, match=r"feature columns: \[2, 3\]"):
        check_trials([trial([1]), trial([0], n_columns=3)])
    short = LabelledTrial(
        features=np.zeros((3, 2), np.float32), labels=np.zeros(2, np.int8), role="train"
    )
    with pytest.raises(TrainingError, match="Trial 2 has 3 frames and 2 labels"):
        check_trials([trial([1]), short])


def test_labels_of_earlier_trials_count_as_learnable():
    check_learnable([trial([1, 1])], [trial([0])])

    with pytest.raises(TrainingError, match="No training trial has labels"):
        check_learnable([], [trial([0])])
    with pytest.raises(TrainingError, match=r"are touch\. Label clips that show not"):
        check_learnable([trial([1, 1])], [])
