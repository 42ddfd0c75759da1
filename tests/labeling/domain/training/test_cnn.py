"""A retrain of the CNN and the trees: a new backbone with its lineage."""

import pytest

from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.retraining import retrain_subsets
from labeling.domain.versions.scoring import score_session
from labeling.domain.versions.store import models_root, network_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def retrain(subset, **changes):
    return retrain_subsets(
        user=None,
        choice=RetrainingChoice(
            **{
                "subsets": [subset],
                "with_shipped_data": False,
                "n_trainings": 1,
                "cnn_steps": 8,
                **changes,
            }
        ),
    ).version


def test_a_retrain_records_a_cnn_with_its_parent_and_origin(rig_session, labelled_rig):
    parent = score_session(session=rig_session).version

    version = retrain(labelled_rig, seed=3)

    steps = version.metrics["steps"]
    assert [step["name"] for step in steps] == [
        "parent",
        "trees alone",
        "CNN and trees, frames t-2, t-1 and t",
        "CNN and trees, frame t alone",
    ]
    (chosen,) = [step for step in steps if step["chosen"]]
    assert version.parameters["cnn_training"]["n_steps"] == 8
    if chosen["name"].startswith("CNN"):
        backbone = version.backbone
        assert backbone.parent == parent.backbone
        assert str(version.snapshot) in backbone.origin
        assert (models_root() / backbone.weights).is_file()
        assert network_of(backbone).sha256 == backbone.sha256
    else:
        assert version.backbone == parent.backbone
