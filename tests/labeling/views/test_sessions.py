"""Pages of sessions."""

import numpy as np
import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.models import Job, Session
from tests.factories import make_session, make_subset, make_user, make_version

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("n_sessions", [1, 3])
def test_the_list_makes_as_many_queries_for_three_rows_as_for_one(
    client, django_assert_num_queries, n_sessions
):
    client.force_login(make_user("dana", "admin"))
    for number in range(n_sessions):
        make_session(f"session {number}")

    with django_assert_num_queries(3):
        response = client.get(reverse("session-list"))

    assert response.content.count(b">none</span>") == n_sessions


def test_an_annotator_sees_own_sessions_and_no_other(client):
    alice = make_user()
    assign_subset(
        user=None, subset=make_subset(make_session("monday")), annotators=[alice]
    )
    other = make_session("tuesday")
    client.force_login(alice)

    listed = client.get(reverse("session-list"))
    outside = client.get(reverse("session-detail", args=[other.pk]))

    assert b"monday" in listed.content
    assert b"tuesday" not in listed.content
    assert outside.status_code == 404


def test_an_admin_imports_a_session_from_the_page(client, real_file):
    client.force_login(make_user("dana", "admin"))

    response = client.post(
        reverse("session-new"), {"file": real_file, "rate_hz": "500", "rig": "r"}
    )

    session = Session.objects.get()
    assert response.url == reverse("session-detail", args=[session.pk])
    assert (session.name, session.rate_hz, session.rig) == ("real", 500.0, "r")


def test_a_file_that_is_not_offered_is_refused(client, data_root):
    client.force_login(make_user("dana", "admin"))

    response = client.post(
        reverse("session-new"), {"file": "../secret.h5", "rate_hz": "1000"}
    )

    assert response.status_code == 422
    assert Session.objects.count() == 0


def test_a_damaged_file_is_refused_on_the_page(client, real_file, data_root):
    (data_root / real_file).write_text("no HDF5 at all")
    client.force_login(make_user("dana", "admin"))

    response = client.post(
        reverse("session-new"), {"file": real_file, "rate_hz": "1000"}
    )

    assert response.status_code == 422
    assert b"field-error" in response.content
    assert Session.objects.count() == 0


def test_only_an_admin_opens_the_import_page(client):
    client.force_login(make_user())

    assert client.get(reverse("session-new")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_scoring_queues_a_job_for_an_admin_alone(client):
    session = make_session()
    url = reverse("session-scoring", args=[session.pk])
    client.force_login(make_user("vera", "viewer"))
    refused = client.post(url)
    client.force_login(make_user("dana", "admin"))

    response = client.post(url)

    job = Job.objects.get()
    assert refused.status_code == 403
    assert response.url == reverse("job-detail", args=[job.pk])
    assert (job.kind, job.state, job.parameters) == (
        "score",
        "queued",
        {"session": session.pk},
    )


def touches_on(response):
    return [row.n_touches for row in response.context["rows"]]


def test_the_models_touches_are_shown_to_admins_but_to_no_annotator(client):
    session, alice = make_session(n_frames=[20]), make_user()
    assign_subset(
        user=None, subset=make_subset(session, start=0, stop=9), annotators=[alice]
    )
    version = make_version()
    scores = np.repeat(np.float32([0, 1, 0]), [5, 5, 10])
    save_scores(trial=session.trials.get(), version=version, scores=scores)
    publish_version(session=session, version=version)
    url = reverse("session-detail", args=[session.pk])

    client.force_login(alice)
    hidden = client.get(url)
    client.force_login(make_user("dana", "admin"))
    shown = client.get(url)

    assert touches_on(hidden) == [None]
    assert b"by the model" not in hidden.content
    assert touches_on(shown) == [1]
