"""The pages of a session's comparison are those of a subset's."""

import pytest
from django.urls import reverse

from labeling.domain.jobs.attempts import start_job
from labeling.domain.recordings.sessions import SessionDetails, import_session
from labeling.jobs import work_off
from labeling.models import Job
from tests.factories import (
    contents_of,
    labelled_by_two,
    make_session,
    make_subset,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(real_file):
    """Clips of a file; ada labels a touch in each, ben with a later onset."""
    session = import_session(
        user=None, file=real_file, details=SessionDetails(name="monday")
    )
    labelled_by_two(make_subset(session, start=10, stop=40, name="one"), stop=40)
    return session


def urls_of(session):
    """Return every URL of a session's comparison that answers a GET."""
    labels = session.trials.first().clips.first().assignments
    ada, ben = (
        labels.get(annotator__username=name).annotator_id for name in ("ada", "ben")
    )
    cell = f"?contrast=a{ada}-a{ben}&of=deduct"
    trial = session.trials.first().pk
    return [
        reverse("session-comparison", args=[session.pk]),
        reverse("session-comparison-plot", args=[session.pk, "f1", "svg"]),
        reverse("session-comparison-plot", args=[session.pk, "f1", "csv"]),
        reverse("session-comparison-touches", args=[session.pk]) + cell,
        reverse("session-comparison-touch", args=[session.pk]) + cell,
        reverse("session-comparison-frames", args=[session.pk, trial, 10, 20]),
    ]


@pytest.mark.parametrize("role", ["admin", "adjudicator", "viewer"])
def test_users_who_see_all_labels_follow_a_number_to_its_frames(client, session, role):
    client.force_login(make_user("dana", role))

    pages = [client.get(url) for url in urls_of(session)]

    assert [page.status_code for page in pages] == [200] * 6
    detail, _, _, touches, touch, frames = pages
    session_page = reverse("session-detail", args=[session.pk])
    assert f'href="{session_page}"' in detail.content.decode()
    start = reverse("session-comparison", args=[session.pk])
    assert f'href="{start}touches/?' in detail.content.decode()
    assert f'href="{start}touch/?' in touches.content.decode()
    assert f'src="{start}frames/' in touch.content.decode()
    assert frames["Content-Type"] == "image/png"


def test_an_annotator_gets_no_byte_of_a_session_comparison(client, session):
    client.force_login(make_user("cleo"))
    job = reverse("session-comparison-job", args=[session.pk])

    answers = [client.get(url) for url in urls_of(session)] + [client.post(job)]

    assert {answer.status_code for answer in answers} == {404}
    assert b"ada" not in contents_of(*answers)


def test_many_labels_are_compared_by_a_job_that_leads_back(
    client, session, monkeypatch
):
    client.force_login(make_user("dana", "admin"))
    monkeypatch.setattr("labeling.domain.agreement.comparison.QUICK_LABELS_MAX", 10)
    page = reverse("session-comparison", args=[session.pk])
    assert "Compare now" in client.get(page).content.decode()

    answer = client.post(reverse("session-comparison-job", args=[session.pk]))
    job = Job.objects.get()
    poll = client.get(page, headers={"HX-Request": "true"}).content.decode()
    work_off(start_job(job_id=job.pk))

    assert answer.url == f"{page}?consensus=majority"
    assert f'hx-get="{page}?' in poll
    assert client.get(page).context["shown"].is_current
    job_page = client.get(reverse("job-detail", args=[job.pk])).content.decode()
    assert f'href="{page}">Open the comparison' in job_page


def test_a_session_links_to_its_comparison_for_users_who_may_see_it(client):
    session = make_session()
    link = f'href="{reverse("session-comparison", args=[session.pk])}"'
    page = reverse("session-detail", args=[session.pk])
    client.force_login(make_user("vera", "viewer"))

    assert link in client.get(page).content.decode()

    subset = labelled_by_two(make_subset(session))
    ada = subset.clips.first().assignments.get(annotator__username="ada").annotator
    client.force_login(ada)
    assert link not in client.get(page).content.decode()
