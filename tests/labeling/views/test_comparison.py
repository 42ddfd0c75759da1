"""Pages that compare annotators: who may open them, and what they lead to."""

import csv
import io

import pytest
from django.urls import reverse
from PIL import Image

from labeling.domain.assignments import assign_subset
from labeling.domain.comparison import choice_of, compare
from labeling.domain.job_attempts import start_job
from labeling.domain.sessions import import_session
from labeling.jobs import work_off
from labeling.models import Comparison, Job
from tests.factories import (
    label,
    labelled_by_two,
    make_session,
    make_subset,
    make_user,
    make_version,
    score_touches,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def subset():
    """Two clips of 40 frames; ada sees one touch in each, ben begins it later."""
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
def test_who_sees_everything_sees_comparisons(client, subset, role):
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
    assert not any(b"ben" in answer.content for answer in answers)
    page = client.get(reverse("subset-detail", args=[subset.pk]))
    assert b"comparison" not in page.content


def test_an_admin_who_still_labels_blind_gets_none_either(client, subset, admin):
    compare(choice_of(subset))
    assign_subset(user=None, subset=subset, annotators=[admin])

    answers = [client.get(url) for url in urls_of(subset)]

    assert {answer.status_code for answer in answers} == {403}
    assert not any(b"ben" in answer.content for answer in answers)


def test_few_labels_are_compared_when_the_page_is_opened(client, subset, admin):
    response = client.get(reverse("subset-comparison", args=[subset.pk]))

    result = Comparison.objects.get().result
    assert result["contrasts"][contrast(subset)]["counts"]["deduct"] == 2
    assert response.context["tables"].result == result
    assert Job.objects.count() == 0


def test_many_labels_are_compared_by_a_job(client, subset, admin, monkeypatch):
    monkeypatch.setattr("labeling.domain.comparison.AT_ONCE_LABELS_MAX", 10)
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


def test_a_label_that_changed_since_is_said(client, subset, admin, monkeypatch):
    page = reverse("subset-comparison", args=[subset.pk])
    client.get(page)
    monkeypatch.setattr("labeling.domain.comparison.AT_ONCE_LABELS_MAX", 10)

    label(subset.clips.first().assignments.first(), (20, 21, 0))
    response = client.get(page)

    assert "Labels have changed since" in response.content.decode()
    assert response.context["tables"] is not None


def test_a_viewer_starts_no_job(client, subset):
    client.force_login(make_user("vera", "viewer"))

    answer = client.post(reverse("subset-comparison-job", args=[subset.pk]))

    assert (answer.status_code, Job.objects.count()) == (403, 0)


def test_the_numbers_behind_a_plot_are_those_of_the_page(client, subset, admin):
    client.get(reverse("subset-comparison", args=[subset.pk]))

    response = client.get(
        reverse("subset-comparison-plot", args=[subset.pk, "shifts", "csv"])
    )

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert rows[0] == {
        "edge": "onset",
        "judged": "ben",
        "reference": "ada",
        "later_ms": "2.0",
        "touches": "2",
    }
    disposition = f'attachment; filename="shifts-{subset.pk}.csv"'
    assert response["Content-Disposition"] == disposition


def table_as_csv(client, subset, name):
    url = reverse("subset-comparison-plot", args=[subset.pk, name, "csv"])
    assert url in client.get(reverse("subset-comparison", args=[subset.pk])).text
    return list(csv.DictReader(io.StringIO(client.get(url).content.decode())))


def test_each_table_has_the_csv_behind_it(client, subset, admin):
    score_touches(
        subset.clips.first().trial.session, make_version(), [[(20, 30)], [(20, 30)]]
    )
    client.get(reverse("subset-comparison", args=[subset.pk]))
    result = Comparison.objects.get().result

    found = {
        name: table_as_csv(client, subset, name)
        for name in ("agreement", "pairs", "frames", "ceiling", "rates", "medians")
    }

    alpha = result["group"]["alpha"]
    assert [row["measure"] for row in found["agreement"]] == [
        "Percent agreement", "Fleiss' kappa", "Krippendorff's alpha", "Gwet's AC1",
    ]  # fmt: skip
    row = found["agreement"][2]
    assert float(row["value"]) == alpha["value"]
    assert (row["frames"], row["trials"]) == ("80", "2")
    assert found["pairs"][0]["judged"] == "ben"
    assert found["frames"][0] == {
        "annotator": "ada", "counted": "80", "not_labelled": "0", "unsure": "0",
        "out_of_reach": "0", "asked": "80",
    }  # fmt: skip
    assert [row["rate"] for row in found["ceiling"]][4] == "touch_count"
    deduct = next(row for row in found["rates"] if row["rate"] == "deduct")
    assert (deduct["per_touch"], deduct["errors"]) == ("1.0", "2")
    assert found["medians"][0]["median_ms"] == "2.0"


def test_why_there_is_no_figure_stands_in_the_csv_too(client, admin):
    subset = make_subset(make_session())
    assign_subset(user=None, subset=subset, annotators=[make_user("ada")])
    label(subset.clips.first().assignments.get(), (10, 50, 0))

    (percent, *_) = table_as_csv(client, subset, "agreement")

    assert percent["value"] == ""
    assert percent["why_none"] == "Agreement needs two raters; there is one."


def test_a_picture_for_paper_needs_no_stylesheet(client, subset, admin):
    client.get(reverse("subset-comparison", args=[subset.pk]))

    response = client.get(
        reverse("subset-comparison-plot", args=[subset.pk, "f1", "svg"])
    )

    picture = response.content.decode()
    assert response["Content-Type"] == "image/svg+xml"
    assert picture.count("<polyline") == 2
    assert "style" not in picture
    assert 'stroke="#0072b2"' in picture


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
def test_what_there_is_not_is_not_found(client, subset, admin, query):
    answer = client.get(reverse("subset-comparison", args=[subset.pk]) + query)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?contrast=a1-a2",
        "?contrast=nobody&of=ghost",
        "?contrast={contrast}&of=onset:soon",
        "?contrast={contrast}&of=f1:99",
        "?contrast={contrast}&of=ghost&at=0",
        "?contrast={contrast}&of=deduct&at=2",
    ],
)
def test_a_cell_that_there_is_not_is_not_found(client, subset, admin, query):
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
