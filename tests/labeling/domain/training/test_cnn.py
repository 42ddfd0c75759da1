"""A retrain of the CNN and the trees: a new backbone, or the parent that was kept."""

from pathlib import Path

import pytest
from django.conf import settings

from labeling.domain.jobs.progress import JobProgress
from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.jobs import retrain_in_job
from labeling.domain.training.retraining import rescore_subsets, retrain_subsets
from labeling.domain.versions.scores import trial_scores
from labeling.domain.versions.scoring import score_session
from labeling.domain.versions.store import network_of
from models_ml.cnn_training import cnn_and_trees
from models_ml.cnn_training.candidates import best_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STEPS = 8
STILL = "CNN and trees, frame t alone"


class KilledError(Exception):
    """The process of the retrain ends."""


class RecordedProgress(JobProgress):
    """Notes the steps of the CNN's training, and ends at one of them."""

    def __init__(self, *, killed_at=None):
        self.killed_at, self.steps = killed_at, []

    def __call__(self, stage, done, total):
        if stage == "training the CNN":
            self.steps.append(done)
            if done == self.killed_at:
                raise KilledError


def choice_of(subset, **changes):
    return RetrainingChoice(
        **{
            "subsets": [subset],
            "with_shipped_data": False,
            "n_trainings": 1,
            "cnn_steps": STEPS,
            "seed": 3,
            **changes,
        }
    )


def keep(monkeypatch, name):
    """Keep the candidate of this name, however good the others are."""

    def chosen(candidates):
        named = [each for each in candidates if each.name == name]
        return best_of(named or candidates)

    monkeypatch.setattr(cnn_and_trees, "best_of", chosen)


def test_a_killed_job_continues_and_records_a_cnn_that_scores(
    rig_session, labelled_rig, monkeypatch
):
    keep(monkeypatch, STILL)
    parent = score_session(session=rig_session).version
    before = [trial_scores(trial, parent) for trial in rig_session.trials.all()]
    parameters = choice_of(labelled_rig).as_parameters()
    killed, continued = RecordedProgress(killed_at=5), RecordedProgress()

    with pytest.raises(KilledError):
        retrain_in_job(parameters, killed)
    n_unfinished = len(list(unfinished()))
    version, _ = retrain_in_job(parameters, continued)
    rescore_subsets(version=version, subsets=[labelled_rig])

    assert (killed.steps[0], n_unfinished, continued.steps[0]) == (0, 1, 5)
    assert list(unfinished()) == []
    backbone, steps = version.backbone, version.metrics["steps"]
    assert [step["name"] for step in steps if step["chosen"]] == [STILL]
    assert backbone.parent == parent.backbone
    assert str(version.snapshot) in backbone.origin
    assert backbone.preprocessing.startswith("frame t three times")
    assert version.parameters["cnn_training"]["n_steps"] == STEPS
    assert version.parameters["num_leaves"] == 7
    assert network_of(backbone).sha256 == backbone.sha256 != parent.backbone.sha256
    after = [trial_scores(trial, version) for trial in rig_session.trials.all()]
    assert all((a != b).any() for a, b in zip(after, before, strict=True))


def test_a_kept_parent_is_recorded_as_such(rig_session, labelled_rig, monkeypatch):
    keep(monkeypatch, "parent")
    monkeypatch.setattr(cnn_and_trees, "cnn_candidates", lambda _request, _trials: [])
    parent = score_session(session=rig_session).version

    version = retrain_subsets(user=None, choice=choice_of(labelled_rig)).version

    assert version.files == parent.files
    assert version.backbone == parent.backbone
    assert version.origin.endswith("and was kept")
    # Parameters of trees that were not trained here would be a wrong record.
    assert "num_leaves" not in version.parameters


def unfinished():
    return (Path(settings.WHACC_CACHE_ROOT) / "searches").glob("*/cnn.npz")
