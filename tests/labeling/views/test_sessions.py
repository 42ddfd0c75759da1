"""Pages of sessions."""

import h5py
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


@pytest.fixture
def early_file(data_root):
    """A file in the layout of an early release: two trials with a touch each."""
    labels = np.zeros(20)
    labels[[4, 5, 15]] = 1
    with h5py.File(data_root / "early.h5", "w") as file:
        file["images"] = np.arange(20 * 9, dtype=np.uint8).reshape(20, 3, 3)
        file["labels"] = labels
        file["trial_nums_and_frame_nums"] = [[176, 189], [10, 10]]
    return "early.h5"


def test_an_admin_takes_the_labels_of_an_imported_file_after_a_preview(
    client, early_file
):
    client.force_login(make_user("dana", "admin"))
    hires = make_user("hires")
    imported = client.post(
        reverse("session-new"), {"file": early_file, "rate_hz": "1000"}, follow=True
    )
    session = Session.objects.get()
    typed = {"annotator": hires.pk, "trials": "189"}

    page = client.get(reverse("session-labels-new", args=[session.pk]))
    preview = client.get(reverse("session-labels-preview", args=[session.pk]), typed)
    taken = client.post(
        reverse("session-labels-new", args=[session.pk]), typed, follow=True
    )

    assert b"The file has labels." in imported.content
    assert b"hires" in page.content
    text = " ".join(preview.content.decode().split())
    assert "early.h5: 10 labelled frames, 1 touch in 1 trial." in text
    assert taken.redirect_chain[-1][0].startswith("/subsets/")
    assert b"10 labels of hires recorded." in taken.content


def test_labels_that_cannot_be_taken_are_refused_with_a_sentence(client, early_file):
    client.force_login(make_user("dana", "admin"))
    hires = make_user("hires")
    client.post(reverse("session-new"), {"file": early_file, "rate_hz": "1000"})
    session = Session.objects.get()
    url = reverse("session-labels-new", args=[session.pk])

    no_number = client.post(url, {"annotator": hires.pk, "trials": "one"})
    no_trial = client.post(url, {"annotator": hires.pk, "trials": "7"})
    no_file = client.post(url, {"annotator": hires.pk, "file": "../etc/passwd"})

    assert {no_number.status_code, no_trial.status_code, no_file.status_code} == {422}
    assert b"is no number of a trial" in no_number.content
    assert b"has no trial 7" in no_trial.content
    assert not session.trials.filter(clips__isnull=False).exists()


def test_an_annotator_may_not_take_labels(client):
    session = make_session()
    client.force_login(make_user("alice"))

    for name in ("session-labels-new", "session-labels-preview"):
        assert client.get(reverse(name, args=[session.pk])).status_code == 403
