import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models_ml.cnn.backbone import load_backbone
from models_ml.features.feature_set import FeatureSet
from models_ml.features.temporal import temporal_features
from models_ml.making import build
from models_ml.shipped import (
    FOLDER,
    ShippedModelError,
    shipped_model,
    shipped_training_units,
)
from models_ml.simulator.rigs import TRAINING_RIGS, UNSEEN_RIGS, rig_named
from models_ml.simulator.trial import simulate_trial
from models_ml.touches.evaluation import evaluate
from models_ml.training.shipped_trials import shipped_trials
from models_ml.trees.classifier import load


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "shipped"))


def test_shipped_files_are_the_published_ones_and_small() -> None:
    model = shipped_model()

    assert sorted(model.sha256) == sorted(
        path.name for path in FOLDER.iterdir() if path.name != "model.json"
    )
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 5_000_000


def test_the_origin_names_the_script_that_makes_the_files() -> None:
    assert shipped_model().origin.startswith(f"python -m {build.__name__}: ")


def test_changed_file_is_refused(copied: Path) -> None:
    path = copied / "classifier.txt"
    path.write_text(path.read_text().replace("tree", "treE", 1))

    with pytest.raises(ShippedModelError, match=r"classifier\.txt .* fingerprint"):
        shipped_model(copied)


def test_missing_file_is_refused(copied: Path) -> None:
    (copied / "training_units.npz").unlink()

    with pytest.raises(ShippedModelError, match=r"training_units\.npz cannot be read"):
        shipped_training_units(copied)


def test_damaged_description_is_refused(copied: Path) -> None:
    description = json.loads((copied / "model.json").read_text())
    del description["threshold"]
    (copied / "model.json").write_text(json.dumps(description))

    with pytest.raises(ShippedModelError, match=r"damaged file \(KeyError"):
        shipped_model(copied)


def test_training_units_are_in_the_order_of_trials() -> None:
    old = shipped_training_units()

    assert old.units.dtype == np.float32
    assert old.units.shape == (len(old.touch), 32)
    assert old.trial_lengths.sum() == len(old.touch)
    assert 0.03 < old.touch.mean() < 0.25


def test_shipped_trials_have_the_features_of_the_shipped_set() -> None:
    model = shipped_model()
    feature_set = FeatureSet.from_json(model.feature_set_path.read_text())
    classifier = load(model.classifier_path)

    trials = shipped_trials(feature_set, weight=0.5)

    assert len(trials) == len(shipped_training_units().trial_lengths)
    assert {trial.weight for trial in trials} == {0.5}
    assert trials[0].features.shape[1] == classifier.n_columns


def test_shipped_model_finds_touches_on_new_trials_of_a_training_rig() -> None:
    model = shipped_model()
    backbone = load_backbone(model.backbone_kind, model.weights_path)
    feature_set = FeatureSet.from_json(model.feature_set_path.read_text())
    classifier = load(model.classifier_path)
    trials = [
        simulate_trial(rig_named("bright_sharp"), seed=seed, n_frames=800)
        for seed in (901, 902, 903)
    ]

    scores = [
        classifier.scores(
            temporal_features(backbone.units(trial.frames), [800], feature_set)
        )
        for trial in trials
    ]
    metrics = evaluate(
        [trial.touch.astype(np.int8) for trial in trials], scores, model.threshold
    )

    assert metrics.n_touches >= 5
    assert metrics.auc is not None
    assert metrics.auc > 0.95
    assert metrics.touch_count_errors_per_touch is not None
    assert metrics.touch_count_errors_per_touch < 0.5


def test_unseen_rigs_are_not_among_the_training_rigs() -> None:
    names = {rig.name for rig in TRAINING_RIGS}

    assert {rig.name for rig in UNSEEN_RIGS} & names == set()
    assert set(shipped_model().metrics) == names | {"all training rigs"}
