"""The choice of a retrain as the parameters of its job, and back."""

import pytest

from labeling.domain.labels.sources import MAJORITY, LabelSource
from labeling.domain.training.choice import RetrainingChoice
from labeling.errors import LabelingError
from tests.factories import make_session, make_subset

pytestmark = pytest.mark.django_db


def test_a_choice_survives_the_parameters_of_a_job():
    choice = RetrainingChoice(
        subsets=[make_subset(make_session())],
        source=LabelSource(annotator="ada"),
        weight=3.0,
        trains_cnn=False,
        cnn_steps=30,
        with_shipped_data=False,
        n_trainings=2,
        minutes=1.5,
        seed=4,
        rescore=True,
    )

    assert RetrainingChoice.from_parameters(choice.as_parameters()) == choice


def test_a_job_without_a_source_takes_the_majority():
    parameters = RetrainingChoice(
        subsets=[make_subset(make_session())], source=LabelSource(annotator="ada")
    ).as_parameters()
    del parameters["source"]

    assert RetrainingChoice.from_parameters(parameters).source == MAJORITY


def test_a_job_of_an_early_version_trains_no_cnn():
    parameters = RetrainingChoice(subsets=[make_subset(make_session())]).as_parameters()
    assert parameters.pop("trains_cnn") is True
    del parameters["cnn_steps"]

    assert not RetrainingChoice.from_parameters(parameters).trains_cnn


def test_a_job_whose_subset_is_gone_is_refused():
    parameters = RetrainingChoice(subsets=[]).as_parameters()

    with pytest.raises(LabelingError, match="Some of the chosen subsets no longer"):
        RetrainingChoice.from_parameters({**parameters, "subsets": [7]})
