"""The middle step of a retrain runs without the database."""

import pytest
from django.db import connection

from labeling.domain.jobs.progress import silent_progress
from labeling.domain.training.choice import RetrainingChoice
from labeling.domain.training.gather import gather
from labeling.domain.training.train import train

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class QueryError(Exception):
    """A query where none is allowed."""


def refuse(_execute, sql, _params, _many, _context):
    raise QueryError(sql)


def test_training_sends_no_query(labelled_rig):
    material = gather(
        RetrainingChoice(
            trains_cnn=False,
            subsets=[labelled_rig],
            n_trainings=1,
            with_shipped_data=False,
        )
    )

    with connection.execute_wrapper(refuse):
        trained = train(material, progress=silent_progress, search_store=None)

    assert trained.result.n_train_trials == sum(
        each.trial.role == "train" for each in material.consensus
    )
