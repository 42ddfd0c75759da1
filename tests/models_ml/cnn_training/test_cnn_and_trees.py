"""A retrain of the CNN and the trees never results in something worse than before."""

from dataclasses import replace

import pytest

from models_ml.cnn_training.candidates import best_of, validation_value
from models_ml.cnn_training.cnn_and_trees import retrain_cnn_and_trees
from models_ml.cnn_training.plan import FineTuningPlan
from models_ml.cnn_training.recordings import LabelledRecordings
from models_ml.cnn_training.request import Parent, RetrainRequest
from models_ml.cnn_training.tree_candidates import tree_candidates
from models_ml.features.feature_set import FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.shipped import shipped_model
from models_ml.training.labelled_trials import TrainingError
from models_ml.training.plan import TrainingPlan
from models_ml.training.search import SearchBudget
from models_ml.trees.classifier import load
from models_ml.trees.parameters import ClassifierParameters

ROLES = ("train", "train", "train", "validation", "validation", "held_out")
FEATURE_SET = FeatureSet.from_json(shipped_model().feature_set_path.read_text())


@pytest.fixture
def request_for(rig_trials, shipped_backbone, tmp_path):
    def make(roles, n_trainings=1):
        backbone, weights_path = shipped_backbone
        model = shipped_model()
        trials = rig_trials[: len(roles)]
        return RetrainRequest(
            recordings=LabelledRecordings(
                labels=[labels for _, labels in trials],
                roles=roles,
                frames=lambda number: trials[number][0],
                features=lambda network: [
                    temporal_features(network.units(frames), [len(frames)], FEATURE_SET)
                    for frames, _ in trials
                ],
                feature_set=FEATURE_SET,
            ),
            parent=Parent(
                backbone=backbone,
                weights_path=weights_path,
                classifier=load(model.classifier_path),
                threshold=model.threshold,
            ),
            plan=TrainingPlan(
                parameters=ClassifierParameters(num_iterations=20, num_threads=1),
                budget=SearchBudget(n_trainings=n_trainings),
            ),
            cnn_plan=FineTuningPlan(n_steps=6, batch_images=32, learning_rate=1e-3),
            scratch=tmp_path,
        )

    return make


@pytest.mark.slow
def test_the_best_candidate_on_validation_trials_is_kept(request_for):
    retrained = retrain_cnn_and_trees(request_for(ROLES, n_trainings=2))

    assert [step.name for step in retrained.steps] == [
        "parent",
        "trees alone",
        "CNN and trees, frames t-2, t-1 and t",
        "CNN and trees, frame t alone",
    ]
    values = [validation_value(step.validation) for step in retrained.steps]
    (chosen,) = [step for step in retrained.steps if step.chosen]
    assert validation_value(chosen.validation) == min(values)
    assert validation_value(retrained.result.validation) <= min(values)
    assert retrained.keeps_parent == (chosen.name == "parent")
    assert (retrained.weights is None) == (not chosen.name.startswith("CNN"))
    assert retrained.result.validated_on == "validation trials"
    assert retrained.result.before.n_trials == retrained.result.after.n_trials == 1


@pytest.mark.slow
def test_without_validation_trials_folds_judge_a_cnn_that_has_not_seen_them(
    request_for,
):
    request = request_for(("train", "train", "held_out"))

    retrained = retrain_cnn_and_trees(request)

    names = [step.name for step in retrained.steps]
    assert names == ["parent", "trees alone", "CNN and trees, frame t alone"]
    assert all(step.validation for step in retrained.steps)
    assert retrained.result.validated_on == "folds of training trials"


def test_a_parent_that_has_learned_is_not_judged_on_training_labels(request_for):
    request = request_for(("train", "train", "held_out"))
    learned = replace(request, parent=replace(request.parent, has_learned=True))
    trials = request.recordings.trials(request.parent.backbone)

    names = [
        [each.name for each in tree_candidates(one, trials)]
        for one in (request, learned)
    ]

    assert names == [["parent", "trees alone"], ["trees alone"]]


def test_old_data_are_a_candidate_of_the_trees(request_for):
    request = request_for(ROLES)
    old = request.recordings.trials(request.parent.backbone)[:1]

    trials = request.recordings.trials(request.parent.backbone)
    found = tree_candidates(replace(request, old_trials=old), trials)

    assert [(each.name, each.with_old_data) for each in found] == [
        ("parent", False),
        ("trees alone, with old data", True),
        ("trees alone", False),
    ]
    assert best_of(found).value == min(each.value for each in found)


def test_labels_of_held_out_trials_alone_are_refused(request_for):
    with pytest.raises(TrainingError, match="No training trial has labels"):
        retrain_cnn_and_trees(request_for(("held_out",) * 6))
