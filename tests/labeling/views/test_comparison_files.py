"""The files of a comparison: the CSV behind each plot and table, pictures for paper."""

import csv
import io

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.models import Comparison
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
    """Two clips of 40 frames; ada labels one touch in each, ben with a later onset."""
    return labelled_by_two(make_subset(make_session(), name="two of them"))


@pytest.fixture
def admin(client):
    dana = make_user("dana", "admin")
    client.force_login(dana)
    return dana


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


def test_the_csv_has_the_reason_for_a_missing_figure(client, admin):
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


def test_the_touches_behind_a_cell_come_as_csv(client, subset, admin):
    client.get(reverse("subset-comparison", args=[subset.pk]))
    contrast = Comparison.objects.get().result["order"][0]
    url = reverse("subset-comparison-touches-file", args=[subset.pk])

    response = client.get(url, {"contrast": contrast, "of": "deduct"})
    none = client.get(url, {"contrast": "a1-a2", "of": "deduct"})

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["trial"], row["onset"], row["offset"]) for row in rows] == [
        ("1", "20", "22"), ("2", "20", "22"),
    ]  # fmt: skip
    assert {(row["session"], row["kind"]) for row in rows} == {("session", "deduct")}
    assert response["Content-Disposition"].endswith(f'touches-{subset.pk}.csv"')
    assert none.status_code == 404
