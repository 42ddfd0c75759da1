"""Publishing: which version a session shows, and the log of publications."""

import pytest
from django.db import IntegrityError, transaction

from labeling.domain.versions.publishing import (
    ConfirmationNeededError,
    is_worse,
    publish,
    sessions_of,
    versions_on,
)
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import Publication
from tests.factories import make_session, make_user, make_version, score_touches

pytestmark = pytest.mark.django_db

WORSE = {
    "held_out_before": {"touch_count_errors_per_touch": 0.1},
    "held_out_after": {"touch_count_errors_per_touch": 0.2},
}


@pytest.fixture
def dana():
    return make_user("dana", "admin")


@pytest.fixture
def session():
    return make_session()


def scored(session, version):
    score_touches(session, version, [[(10, 20)], [(30, 40), (50, 60)]])
    return version


def log_of(session):
    rows = session.publications.order_by("pk")
    return list(rows.values_list("version__number", "published_by__username"))


def test_a_session_shows_the_version_published_last(session, dana):
    one = scored(session, make_version())
    two = scored(session, make_version(number=2, parent=one))

    publish(user=dana, session=session, version=one)
    publish(user=dana, session=session, version=two)
    publish(user=dana, session=session, version=one)

    session.refresh_from_db()
    assert session.published_version == one
    assert log_of(session) == [(1, "dana"), (2, "dana"), (1, "dana")]


def test_publishing_the_published_version_changes_nothing(session, dana):
    version = scored(session, make_version())

    for _ in range(2):
        publish(user=dana, session=session, version=version)

    assert len(log_of(session)) == 1


def test_a_version_that_has_not_scored_every_trial_is_refused(session, dana):
    version = scored(session, make_version())
    session.trials.first().scores.all().delete()

    with pytest.raises(LabelingError, match="scored only 1 of 2 trials of session"):
        publish(user=dana, session=session, version=version)

    session.refresh_from_db()
    assert (session.published_version, log_of(session)) == (None, [])


def test_an_excluded_trial_needs_no_scores_and_its_touches_do_not_count(session, dana):
    version = scored(session, make_version())
    last = session.trials.last()
    last.scores.all().delete()
    last.excluded_because = "the pole never came"
    last.save(update_fields=["excluded_because"])

    publish(user=dana, session=session, version=version)

    session.refresh_from_db()
    (row,) = versions_on(session)
    assert (row.is_published, row.n_scored, row.n_trials, row.n_touches) == (
        True, 1, 1, 1,
    )  # fmt: skip


def test_a_version_worse_on_held_out_trials_needs_confirmation(session, dana):
    one = scored(session, make_version())
    two = scored(session, make_version(number=2, parent=one, metrics=WORSE))

    with pytest.raises(ConfirmationNeededError, match="more touch-count errors"):
        publish(user=dana, session=session, version=two)
    publish(user=dana, session=session, version=two, confirmed=True)
    publish(user=dana, session=session, version=one)
    # A version that the session has shown before needs no confirmation.
    publish(user=dana, session=session, version=two)

    assert [number for number, _ in log_of(session)] == [2, 1, 2]


@pytest.mark.parametrize("metrics", [{}, {"held_out_before": None}])
def test_a_version_without_measurements_is_not_worse(metrics):
    assert not is_worse(make_version(metrics=metrics))


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_only_an_admin_publishes(session, role):
    version = scored(session, make_version())

    with pytest.raises(NotAllowedError):
        publish(user=make_user("bob", role), session=session, version=version)


def test_the_log_of_publications_only_grows(session, dana):
    publish(user=dana, session=session, version=scored(session, make_version()))

    for change in (
        lambda: Publication.objects.update(published_by=None),
        lambda: Publication.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
            change()


def test_candidates_are_listed_beside_the_published_version(session, dana):
    one = scored(session, make_version())
    two = scored(session, make_version(number=2, parent=one))
    publish(user=dana, session=session, version=one)
    session.refresh_from_db()

    candidate, published = versions_on(session)

    assert (candidate.version, candidate.n_touches) == (two, 3)
    assert (candidate.is_complete, candidate.is_published) == (True, False)
    assert (published.version, published.is_published) == (one, True)
    assert [each.session for each in sessions_of(two)] == [session]
