"""The frames around a touch of a comparison, with a lane for each rater."""

import pytest

from labeling.domain.agreement.comparison import choice_of
from labeling.domain.agreement.contrasts import ContrastKey
from labeling.models import User
from labeling.pages.comparison.touches import TouchRow, windows_around
from tests.factories import labelled_by_two, make_session, make_subset

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("consensus", "name"),
    [
        ("majority", "majority labels"),
        ("unanimity", "unanimous labels"),
        ("settled", "adjudicated labels"),
    ],
)
def test_the_lane_of_a_consensus_is_named_in_words(consensus, name):
    subset = labelled_by_two(make_subset(make_session()))
    ada, trial = User.objects.get(username="ada"), subset.clips.first().trial
    touch = TouchRow(trial=trial.pk, onset=20, offset=22, kind="deduct")

    (window,) = windows_around(
        choice_of(subset, consensus=consensus),
        ContrastKey.of_others(ada.pk),
        touch,
        trial,
    )

    assert [(lane.name, lane.is_compared) for lane in window.lanes] == [
        ("ada", True),
        ("ben", False),
        (name, True),
    ]
