"""Pages that compare annotators: who may open them, and what they lead to."""

import io
import re

import pytest
from django.urls import reverse
from PIL import Image

from labeling.domain.agreement.comparison import choice_of, compare
from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.jobs.attempts import start_job
from labeling.domain.recordings.sessions import import_session
from labeling.jobs import work_off
from labeling.models import Comparison, Job
from tests.factories import (
    contents_of,
    label,
    labelled_by_two,
    make_session,
    make_subset,
    make_user,
)
from tests.page_markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def subset():
    """Two clips of 40 frames; ada labels one touch in each, ben with a later onset."""
    return labelled_by_two(make_subset(make_session(), name="two of them"))


@pytest.fixture
def admin(client):
    dana = make_user("dana", "admin")
    client.force_login(dana)
    return dana


def contrast(subset):
    assignments = subset.clips.first().assignments
    ada, ben = (
        assignments.get(annotator__username=name).annotator_id
        for name in ("ada", "ben")
    )
    return f"a{ada}-a{ben}"


def urls_of(subset):
    """Return every URL of a comparison that answers a GET."""
    cell = f"?contrast={contrast(subset)}&of=deduct"
    trial = subset.clips.first().trial_id
    return [
        reverse("subset-comparison", args=[subset.pk]),
        reverse("subset-comparison-plot", args=[subset.pk, "f1", "svg"]),
        reverse("subset-comparison-plot", args=[subset.pk, "f1", "csv"]),
        reverse("subset-comparison-touches", args=[subset.pk]) + cell,
        reverse("subset-comparison-touch", args=[subset.pk]) + cell,
        reverse("subset-comparison-frames", args=[subset.pk, trial, 10, 20]),
    ]


@pytest.mark.parametrize("role", ["admin", "adjudicator", "viewer"])
def test_users_who_see_all_labels_see_comparisons(client, subset, role):
    client.force_login(make_user("dana", role))

    pages = [client.get(url) for url in urls_of(subset)[:5]]

    assert [page.status_code for page in pages] == [200] * 5
    assert "ada" in pages[0].content.decode()


def test_an_annotator_gets_no_byte_of_a_comparison(client, subset):
    compare(choice_of(subset))
    ada = subset.clips.first().assignments.get(annotator__username="ada").annotator
    client.force_login(ada)
    job = reverse("subset-comparison-job", args=[subset.pk])

    answers = [client.get(url) for url in urls_of(subset)] + [client.post(job)]

    assert {answer.status_code for answer in answers} == {404}
    assert b"ben" not in contents_of(*answers)
    page = client.get(reverse("subset-detail", args=[subset.pk]))
    assert b"comparison" not in page.content


def test_an_admin_who_still_labels_blind_gets_no_comparison(client, subset, admin):
    compare(choice_of(subset))
    assign_subset(user=None, subset=subset, annotators=[admin])

    answers = [client.get(url) for url in urls_of(subset)]

    assert {answer.status_code for answer in answers} == {403}
    assert b"ben" not in contents_of(*answers)


def test_few_labels_are_compared_when_the_page_is_opened(client, subset, admin):
    response = client.get(reverse("subset-comparison", args=[subset.pk]))

    result = Comparison.objects.get().result
    assert result["contrasts"][contrast(subset)]["counts"]["deduct"] == 2
    assert response.context["tables"].result == result
    assert Job.objects.count() == 0


def test_many_labels_are_compared_by_a_job(client, subset, admin, monkeypatch):
    monkeypatch.setattr("labeling.domain.agreement.comparison.QUICK_LABELS_MAX", 10)
    page = reverse("subset-comparison", args=[subset.pk])
    assert "Compare now" in client.get(page).content.decode()

    answer = client.post(reverse("subset-comparison-job", args=[subset.pk]))
    assert answer.url == f"{page}?consensus=majority"
    poll = client.get(page, headers={"HX-Request": "true"})
    assert "hx-get" in poll.content.decode()
    assert "HX-Refresh" not in poll.headers

    work_off(start_job(job_id=Job.objects.get().pk))

    assert client.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert Job.objects.get().result == {"subset": subset.pk}
    assert client.get(page).context["shown"].is_current


def test_the_page_reports_labels_changed_since_the_comparison(
    client, subset, admin, monkeypatch
):
    page = reverse("subset-comparison", args=[subset.pk])
    client.get(page)
    monkeypatch.setattr("labeling.domain.agreement.comparison.QUICK_LABELS_MAX", 10)

    label(subset.clips.first().assignments.first(), (20, 21, 0))
    response = client.get(page)

    assert "Labels have changed since" in response.content.decode()
    assert response.context["tables"] is not None


def test_a_viewer_starts_no_job(client, subset):
    client.force_login(make_user("vera", "viewer"))

    answer = client.post(reverse("subset-comparison-job", args=[subset.pk]))

    assert (answer.status_code, Job.objects.count()) == (403, 0)


def test_why_there_is_no_interval_is_a_sentence_on_the_page(client, admin):
    subset = labelled_by_two(make_subset(make_session(n_frames=[200])))

    page = compact(client.get(reverse("subset-comparison", args=[subset.pk])))

    why = "No interval: only one trial."
    shown = re.findall(r"<p class=\"card-foot\" data-why>(.*?)</p>", page)
    assert len(shown) == 4
    assert all(f"Missing values and intervals: {why}" in each for each in shown)


@pytest.mark.parametrize(
    "query",
    [
        "?consensus=loudest",
        "?version=99",
        "?version=-1",
        "?version=one",
        "?consensus=unanimity&version=1",
    ],
)
def test_unknown_objects_are_not_found(client, subset, admin, query):
    answer = client.get(reverse("subset-comparison", args=[subset.pk]) + query)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?contrast=a1-a2",
        "?contrast=unknown&of=ghost",
        "?contrast={contrast}&of=onset:soon",
        "?contrast={contrast}&of=f1:99",
        "?contrast={contrast}&of=ghost&at=0",
        "?contrast={contrast}&of=deduct&at=2",
    ],
)
def test_an_unknown_cell_is_not_found(client, subset, admin, query):
    client.get(reverse("subset-comparison", args=[subset.pk]))

    answer = client.get(
        reverse("subset-comparison-touch", args=[subset.pk])
        + query.format(contrast=contrast(subset))
    )

    assert answer.status_code == 404


def test_frames_side_by_side_are_those_of_the_file(client, real_file, admin):
    subset = make_subset(import_session(user=None, file=real_file), start=0, stop=40)
    trial = subset.clips.first().trial

    def strip(trial, start, stop):
        return client.get(
            reverse("subset-comparison-frames", args=[subset.pk, trial, start, stop])
        )

    response = strip(trial.pk, 5, 12)

    assert response["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(response.content)) as picture:
        height, width = trial.session.height_px, trial.session.width_px
        assert (picture.size, picture.mode) == ((7 * width, height), "L")
    outside = make_session("another").trials.first()
    assert [
        strip(*each).status_code
        for each in ((trial.pk, 5, 5), (trial.pk, 30, 41), (outside.pk, 0, 5))
    ] == [404, 404, 404]


def test_a_name_that_looks_like_markup_stays_a_name(client, admin):
    subset = labelled_by_two(make_subset(make_session()))
    ada = subset.clips.first().assignments.get(annotator__username="ada").annotator
    ada.username = "<b>ada</b>"
    ada.save()

    response = client.get(reverse("subset-comparison", args=[subset.pk]))

    assert b"<b>ada" not in response.content
    assert b"&lt;b&gt;ada" in response.content
