"""Publishing from the session's page, and what it changes."""

import pytest
from django.urls import reverse

from labeling.domain.recordings.sessions import import_session
from tests.factories import make_session, make_user, make_version, score_touches
from tests.page_markup import compact

pytestmark = pytest.mark.django_db

WORSE = {
    "held_out_before": {"touch_count_errors_per_touch": 0.1},
    "held_out_after": {"touch_count_errors_per_touch": 0.2},
}


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def publish(client, session, version, **fields):
    url = reverse("session-publication", args=[session.pk])
    return client.post(url, {"version": version.pk, **fields})


def page_of(client, session):
    return compact(client.get(reverse("session-detail", args=[session.pk])))


def test_a_candidate_is_published_and_rolled_back_from_the_session(admin):
    session = make_session()
    one = make_version()
    two = make_version(number=2, parent=one)
    score_touches(session, one, [[(10, 20)], []])
    score_touches(session, two, [[(10, 20), (30, 40), (50, 60)], []])

    publish(admin, session, one)
    before = page_of(admin, session)
    publish(admin, session, two)
    after = page_of(admin, session)

    assert '<dd id="published-version">version 1 ' in before
    assert "Publish</button>" in before
    assert '<dd id="published-version">version 2 ' in after
    assert "Roll back</button>" in after
    assert reverse("session-changes", args=[session.pk, 2, 1]) in after


def test_publishing_a_worse_version_needs_a_confirmation(admin):
    session = make_session()
    version = make_version(number=2, parent=make_version(), metrics=WORSE)
    score_touches(session, version, [[], []])

    asked = publish(admin, session, version)
    done = publish(admin, session, version, confirmed="on")

    session.refresh_from_db()
    assert asked.status_code == 409
    assert b"makes more touch-count errors than its parent" in asked.content
    assert done.status_code == 302
    assert session.published_version == version


def test_an_unknown_version_is_not_found(admin):
    session = make_session()

    response = admin.post(
        reverse("session-publication", args=[session.pk]), {"version": 99}
    )

    assert response.status_code == 404


def test_a_change_leads_to_its_frames(admin, real_file):
    session = import_session(user=None, file=real_file)
    one, two = make_version(), make_version(number=2)
    score_touches(session, one, [[(10, 20)], [], []])
    score_touches(session, two, [[(12, 20)], [], [(5, 9)]])

    page = admin.get(reverse("session-changes", args=[session.pk, 1, 2]))
    number = session.trials.first().number
    trial = admin.get(reverse("session-trial-changes", args=[session.pk, 1, 2, number]))
    frames = reverse("session-frames", args=[session.pk, number, 6, 24])

    assert page.content.count(b"/changes/1-2/") == 2
    assert "Version 1: frames 10 to 19. Version 2: frames 12 to 19." in compact(trial)
    assert frames in trial.content.decode()
    assert admin.get(frames)["Content-Type"] == "image/png"
