"""Differences between the touches of two versions on a session."""

import pytest

from labeling.errors import LabelingError, NotAllowedError, NotFoundError
from labeling.models import Assignment, Scores
from labeling.pages.versions.changes import (
    differences_for,
    session_differences,
    windows_of,
)
from tests.factories import (
    label,
    make_session,
    make_subset,
    make_user,
    make_version,
    score_touches,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def versions(session):
    one = make_version()
    two = make_version(number=2, parent=one)
    score_touches(session, one, [[(10, 20), (30, 40)], [(50, 60)]])
    score_touches(session, two, [[(10, 20), (32, 40)], [(70, 80)]])
    return one, two


def test_differences_lead_from_the_session_to_trials_to_frames(session, versions):
    alice = make_user()
    subset = make_subset(session, start=25, stop=45)
    clip = subset.clips.order_by("trial__first_row").first()
    label(Assignment.objects.create(clip=clip, annotator=alice), (25, 45, 0))

    differences = session_differences(session, *versions)

    assert differences.n_same == 1
    assert differences.rows == [("gained", 1, 0), ("lost", 1, 0), ("moved", 1, 1)]
    first, second = differences.changed_trials
    assert first.counts == {"gained": 0, "lost": 0, "moved": 1}
    assert (first.n_same, first.n_labelled, second.n_labelled) == (1, 1, 0)
    (moved,) = differences.of_trial(1).changes
    assert (moved.before, moved.after) == ((30, 40), (32, 40))
    assert (moved.start, moved.stop, moved.labelled) == (30, 40, True)
    assert [(each.kind, each.before, each.after) for each in second.changes] == [
        ("lost", (50, 60), None),
        ("gained", None, (70, 80)),
    ]


def test_an_excluded_trial_has_no_differences(session, versions):
    session.trials.filter(number=2).update(excluded_because="the pole never came")

    differences = session_differences(session, *versions)

    assert differences.rows == [("gained", 0, 0), ("lost", 0, 0), ("moved", 1, 0)]
    assert [each.trial.number for each in differences.trials] == [1]


def test_a_version_has_no_differences_to_itself(session, versions):
    differences = session_differences(session, versions[0], versions[0])

    assert (differences.n_same, differences.changed_trials) == (3, [])


def test_both_versions_must_have_scored_the_session(session, versions):
    Scores.objects.filter(version=versions[1], trial__number=2).delete()

    with pytest.raises(LabelingError, match="has not scored 1 of the 2 trials"):
        session_differences(session, *versions)


def test_annotators_see_no_differences(session, versions):
    with pytest.raises(NotFoundError):
        differences_for(make_user(), session.pk, 1, 2)


def test_a_user_who_labels_blind_sees_no_differences(session, versions):
    dana = make_user("dana", "admin")
    clip = make_subset(session).clips.first()
    assignment = Assignment.objects.create(clip=clip, annotator=dana)

    with pytest.raises(NotAllowedError, match="without seeing scores"):
        differences_for(dana, session.pk, 1, 2)
    label(assignment, (10, 50, 0))

    assert differences_for(dana, session.pk, 1, 2).n_same == 1


def test_an_unknown_trial_is_not_found(session, versions):
    with pytest.raises(NotFoundError, match="no trial 9"):
        session_differences(session, *versions).of_trial(9)


def test_a_change_is_shown_with_the_touches_of_both_versions(session, versions):
    differences = session_differences(session, *versions)

    (window,) = windows_of(differences, 1)

    assert (window.start, window.stop) == (26, 44)
    assert [(name, labels.index("touch")) for name, labels in window.lanes] == [
        ("version 1", 4),
        ("version 2", 6),
    ]
    assert [labels.count("touch") for _, labels in window.lanes] == [10, 8]
