"""WhACC's classifier and CNN are imported, in either order, and score."""

import pickle

import numpy as np
import pytest

from labeling.domain.recordings.sessions import import_session
from labeling.domain.versions.catalog import latest_version
from labeling.domain.versions.scores import trial_scores
from labeling.domain.versions.scoring import score_session
from labeling.domain.versions.store import (
    classifier_of,
    feature_set_of,
    models_root,
)
from labeling.domain.versions.whacc_models import (
    import_whacc_backbone,
    import_whacc_model,
)
from labeling.errors import LabelingError
from labeling.models import Backbone, ModelVersion
from models_ml.features.temporal import whacc_feature_set
from tests.factories_whacc import (
    random_network,
    write_pickled_booster,
    write_saved_model,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    # Keras hands its weights to numpy in a way that numpy 2 calls outdated.
    pytest.mark.filterwarnings("ignore:__array__ impl:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def pickled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pickle")
    return write_pickled_booster(folder / "012_model.pkl")


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory):
    return write_saved_model(
        tmp_path_factory.mktemp("whacc") / "full", random_network()
    )


@pytest.fixture(autouse=True)
def own_models_root(tmp_path, settings):
    settings.WHACC_MODELS_ROOT = tmp_path / "models"


def test_a_model_without_its_cnn_explains_what_to_import(pickled, real_file):
    imported = import_whacc_model(pickled)

    version = imported.version
    assert (imported.is_new, imported.can_score) == (True, False)
    assert version.threshold == 0.5
    assert version.origin.startswith("WhACC, a lab's own: 012_model.pkl, sha256 ")
    assert feature_set_of(version) == whacc_feature_set()
    assert classifier_of(version).n_trees == 3
    session = import_session(user=None, file=real_file)
    with pytest.raises(LabelingError) as caught:
        score_session(session=session, version=version)
    message = str(caught.value)
    assert message.startswith("This version needs the weights of WhACC's ResNet50V2")
    assert "manage.py import_whacc_backbone final_resnet50V2_full_model" in message
    assert session.published_version is None


def test_a_model_without_its_cnn_is_not_used_for_scoring(pickled):
    waiting = import_whacc_model(pickled).version

    assert latest_version() != waiting
    assert latest_version().backbone.kind == "compact"


def test_importing_again_records_nothing_new(pickled, saved_model):
    for _ in range(2):
        model = import_whacc_model(pickled)
        backbone = import_whacc_backbone(saved_model)

    assert (model.is_new, backbone.is_new, backbone.versions) == (False, False, [])
    # The version without a CNN, and the one with it.
    assert ModelVersion.objects.count() == 2
    assert Backbone.objects.count() == 2
    files = [path for path in models_root().rglob("*") if path.is_file()]
    assert len(files) == len(["the weights", "the head", "the classifier"])


def test_the_cnn_lets_the_model_score(pickled, saved_model, real_file):
    waiting = import_whacc_model(pickled).version

    imported = import_whacc_backbone(saved_model)

    (version,) = imported.versions
    assert (version.parent, version.backbone) == (waiting, imported.backbone)
    assert version.origin == waiting.origin
    assert latest_version() == version
    session = import_session(user=None, file=real_file)
    score_session(session=session)
    for trial in session.trials.all():
        scores = trial_scores(trial, version)
        assert scores.shape == (trial.n_frames,)
        assert np.isfinite(scores).all()


def test_a_cnn_is_stored_with_its_head_and_later_models_score(pickled, saved_model):
    backbone = import_whacc_backbone(saved_model).backbone

    imported = import_whacc_model(pickled)

    assert imported.can_score
    assert imported.version.backbone == backbone
    head = np.frombuffer((models_root() / backbone.head["path"]).read_bytes(), "<f4")
    arrays = random_network()
    assert head[:-1].tolist() == arrays["dense_4/kernel"][:, 0].tolist()
    assert head[-1:].tolist() == arrays["dense_4/bias"].tolist()


def test_a_file_that_is_no_model_records_nothing(tmp_path):
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps({"a": 1}))

    with pytest.raises(LabelingError, match="contains an object that is not a Booster"):
        import_whacc_model(path)
    with pytest.raises(LabelingError, match="is not a TensorFlow SavedModel"):
        import_whacc_backbone(tmp_path)
    assert ModelVersion.objects.count() == Backbone.objects.count() == 0
