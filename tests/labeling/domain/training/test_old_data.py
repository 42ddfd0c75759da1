"""WhACC's training data come in once, and along in a retrain of WhACC's kind."""

import pickle

import numpy as np
import pytest
from django.core.management import call_command

from labeling.domain.training.old_data import has_old_data, old_trials
from labeling.domain.versions.store import feature_set_of, models_root, shipped_version
from labeling.domain.versions.whacc_models import import_whacc_model
from labeling.errors import LabelingError
from models_ml.training.labelled_trials import LabelledTrial
from models_ml.training.plan import TrainingPlan
from models_ml.training.retrain import retrain
from models_ml.trees.parameters import ClassifierParameters
from tests.factories_whacc import write_pickled_booster

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LENGTHS = (60, 40, 100)


@pytest.fixture(autouse=True)
def own_models_root(tmp_path, settings):
    settings.WHACC_MODELS_ROOT = tmp_path / "models"


@pytest.fixture
def whaccs(tmp_path):
    return import_whacc_model(write_pickled_booster(tmp_path / "1_model.pkl")).version


def features_of_whacc():
    rng = np.random.default_rng(1)
    touch = np.repeat(rng.random(20) > 0.5, 10)
    features = rng.normal(size=(200, 2105)).astype(np.float32)
    features[:, 0] += 3 * touch
    return features, touch


@pytest.fixture
def folder(tmp_path):
    features, touch = features_of_whacc()
    for name, array in (
        ("tvt_x", features),
        ("tvt_y", touch.astype(int)),
        ("tvt_fn", np.array(LENGTHS)),
    ):
        pickled = pickle.dumps([array, array[:0], array[:0]], 4)
        (tmp_path / f"{name}.pkl").write_bytes(pickled)
    return tmp_path


def test_whaccs_training_data_come_along_in_retrains_of_whaccs_kind(
    whaccs, folder, capsys
):
    assert not has_old_data(whaccs)

    call_command("import_whacc_training_data", str(folder))

    assert "Stored 200 frames in 3 runs" in capsys.readouterr().out
    assert has_old_data(whaccs)
    trials = old_trials(whaccs, feature_set_of(whaccs))
    features, _ = features_of_whacc()
    assert [len(trial.labels) for trial in trials] == [*LENGTHS]
    assert np.array_equal(np.concatenate([each.features for each in trials]), features)
    new = LabelledTrial(
        features=features[:50], labels=trials[0].labels[:50], role="train"
    )
    plan = TrainingPlan(
        parameters=ClassifierParameters(num_iterations=5, num_threads=1)
    )
    with_old = retrain([new], old_trials=trials, plan=plan)
    assert with_old != retrain([new], plan=plan)


def test_the_shipped_kind_learns_from_the_shipped_data_alone(folder):
    call_command("import_whacc_training_data", str(folder))
    shipped = shipped_version()

    trials = old_trials(shipped, feature_set_of(shipped))

    assert has_old_data(shipped)
    assert trials[0].features.shape[1] == feature_set_of(shipped).n_columns != 2105


def test_data_that_changed_since_are_refused(whaccs, folder):
    call_command("import_whacc_training_data", str(folder))
    path = models_root() / "whacc_training_data" / "labels.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    with pytest.raises(LabelingError, match="are not those that were imported"):
        old_trials(whaccs, feature_set_of(whaccs))
