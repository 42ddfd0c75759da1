from dataclasses import replace

import numpy as np
import pytest

from models_ml.touches.evaluation import evaluate
from models_ml.training.labelled_trials import LabelledTrial, TrainingError
from models_ml.training.plan import TrainingPlan
from models_ml.training.retrain import TrainingResult, retrain
from models_ml.trees.classifier import Classifier
from models_ml.trees.parameters import ClassifierParameters

QUICK = TrainingPlan(
    parameters=ClassifierParameters(
        num_iterations=60,
        early_stopping_round=10,
        learning_rate=0.2,
        num_leaves=7,
        num_threads=1,
    )
)
N_FRAMES = 400


def trial(seed: int, role="train", *, sign: int = 1, weight: float = 1.0):
    """Return a trial with four touches; column 0 is `sign` times labels, with noise."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(N_FRAMES, np.int8)
    for onset in rng.integers(0, 70, 4) + np.arange(4) * 100:
        labels[onset : onset + rng.integers(5, 30)] = 1
    features = rng.normal(0, 0.3, (N_FRAMES, 3)).astype(np.float32)
    features[:, 0] += sign * labels
    return LabelledTrial(features=features, labels=labels, role=role, weight=weight)


def trials(*roles: str, sign: int = 1) -> list[LabelledTrial]:
    return [trial(seed, role, sign=sign) for seed, role in enumerate(roles)]


def classifier_of(result: TrainingResult) -> Classifier:
    return Classifier.from_text(result.classifier_text)


def test_retraining_on_a_new_rig_lowers_the_errors_on_held_out_trials():
    # On the new rig, touches decrease the feature.
    old = retrain(trials("train", "train", "validation"), plan=QUICK)
    new = trials("train", "train", "validation", "held_out", "held_out", sign=-1)

    result = retrain(
        new,
        parent=classifier_of(old),
        parent_threshold=old.threshold,
        plan=QUICK,
    )

    assert result.validated_on == "validation trials"
    assert (result.n_train_trials, result.n_train_frames) == (2, 800)
    assert result.before.n_touches == result.after.n_touches == 8
    assert (result.after.n_trials, result.after.n_frames) == (2, 800)
    assert result.before.touch_count_errors_per_touch > 0.9
    assert result.after.touch_count_errors_per_touch < 0.3
    assert result.after.frame_accuracy > 0.95 > result.before.frame_accuracy
    assert result.after.auc > 0.95 > result.before.auc


def test_metrics_are_those_of_the_returned_classifier():
    new = trials("train", "train", "validation", "held_out")

    result = retrain(new, plan=QUICK)

    classifier = classifier_of(result)
    assert classifier.n_trees == result.n_trees
    for role, metrics in (
        ("validation", result.validation),
        ("held_out", result.after),
    ):
        chosen = [one for one in new if one.role == role]
        scores = [classifier.scores(one.features) for one in chosen]
        labels = [one.labels for one in chosen]
        assert evaluate(labels, scores, result.threshold) == metrics


def test_training_twice_gives_the_same_result():
    first, second = (
        retrain(trials("train", "train", "validation", "held_out"), plan=QUICK)
        for _ in range(2)
    )

    assert first == second


def test_held_out_trials_change_only_their_metrics():
    with_held_out = retrain(
        trials("train", "train", "validation", "held_out"), plan=QUICK
    )
    without = retrain(trials("train", "train", "validation"), plan=QUICK)

    assert without.after is None
    assert replace(with_held_out, after=None) == without


def test_unlabelled_frames_are_not_trained_on():
    new = trials("train", "train", "validation")
    partly = new[0].labels.copy()
    partly[150:] = -1
    changed = new[0].features.copy()
    changed[150:] *= -100

    one = retrain([replace(new[0], labels=partly), *new[1:]], plan=QUICK)
    other = retrain(
        [replace(new[0], labels=partly, features=changed), *new[1:]], plan=QUICK
    )

    assert one == other
    assert one.n_train_frames == 150 + 400


def test_without_validation_trials_each_fold_validates_in_turn():
    calls = []
    new = trials(*["train"] * 7, "held_out")

    result = retrain(new, plan=QUICK, progress=lambda *stage: calls.append(stage))

    assert calls == [
        *(("training on folds", number, 5) for number in range(5)),
        ("training", 0, 1),
        ("measuring on held-out trials", 0, 1),
        ("measuring on held-out trials", 1, 1),
    ]
    assert result.validated_on == "folds of training trials"
    assert result.validation.n_trials == 7
    assert result.validation.n_touches == 28
    assert 1 <= result.n_trees <= 60
    assert result.after.touch_count_errors_per_touch < 0.3


def test_a_single_training_trial_is_trained_on_without_validation():
    result = retrain(trials("train", "held_out"), plan=QUICK)

    assert result.validated_on == "nothing"
    assert result.validation is None
    assert (result.threshold, result.n_trees) == (0.5, 60)
    assert result.after.frame_accuracy > 0.9


def test_old_trials_improve_a_training_on_few_labels():
    few = trial(0)
    few.labels[40:] = -1
    few.labels[:40] = 0
    held_out = trial(9, "held_out")

    result = retrain(
        [few, held_out], old_trials=trials("train", "held_out"), plan=QUICK
    )

    assert result.n_train_trials == 1
    assert result.n_train_frames == 40
    assert result.after.frame_accuracy > 0.9


def test_new_trials_with_a_large_weight_outweigh_old_ones():
    new = [trial(seed, sign=-1, weight=20) for seed in range(3)]
    held_out = trial(9, "held_out", sign=-1)

    result = retrain([*new, held_out], old_trials=trials("train", "train"), plan=QUICK)

    assert result.after.frame_accuracy > 0.9


def test_no_labels_on_training_trials_raise():
    unlabelled = replace(trial(0), labels=np.full(N_FRAMES, -1, np.int8))

    with pytest.raises(TrainingError, match="No training trial has labels"):
        retrain([unlabelled, trial(1, "validation"), trial(2, "held_out")])


@pytest.mark.parametrize(("value", "label"), [(0, "not touch"), (1, "touch")])
def test_equal_labels_raise(value, label):
    same = replace(trial(0), labels=np.full(N_FRAMES, value, np.int8))

    with pytest.raises(TrainingError, match=f"trials are {label}. Label clips"):
        retrain([same, trial(1, "validation")])


def test_trials_of_different_feature_sets_raise():
    other = replace(trial(1), features=np.zeros((N_FRAMES, 5), np.float32))

    with pytest.raises(TrainingError, match=r"numbers of feature columns: \[3, 5\]"):
        retrain([trial(0)], old_trials=[other])


def test_labels_of_another_length_raise():
    short = replace(trial(1), labels=np.zeros(9, np.int8))

    with pytest.raises(TrainingError, match="Trial 2 has 400 frames and 9 labels"):
        retrain([trial(0), short])
