"""Pages of model versions."""

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.models import Job, Session
from labeling.pages.versions.errors import RATE_NAMES
from tests.factories import (
    make_session,
    make_subset,
    make_user,
    make_version,
    score_touches,
)
from tests.page_markup import compact

pytestmark = pytest.mark.django_db

COUNTS = dict.fromkeys(
    ["miss", "join", "split", "append_long", "deduct_long", "append", "deduct"], 0
)


def measured(n_ghosts):
    return {
        "threshold": 0.5,
        "touch_count_errors_per_touch": n_ghosts / 8,
        "edge_errors_per_touch": 0.25,
        "errors": {"ghost": n_ghosts, **COUNTS},
        "auc": 0.987,
        "n_touches": 8,
        "n_trials": 2,
        "n_frames": 400,
    }


SEARCH = [
    {"value": 0.125, "n_rounds": 30, "pruned": False, "seconds": 1.5, "parameters": {}},
    {"value": 0.5, "n_rounds": 9, "pruned": True, "seconds": 0.5, "parameters": {}},
]
IMPORTANCE = [{"family": "rolling_mean", "gain": 1.0, "n_used": 3, "n_columns": 9}]


@pytest.fixture
def version():
    metrics = {
        "held_out_before": measured(2),
        "held_out_after": measured(1),
        "search": SEARCH,
        "importance": IMPORTANCE,
    }
    return make_version(number=2, parent=make_version(), metrics=metrics)


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def pages_of(version, session):
    return [
        reverse("version-list"),
        reverse("version-detail", args=[version.pk]),
        reverse("version-report", args=[version.pk]),
        reverse("version-errors", args=[version.pk, "after"]),
        reverse("session-changes", args=[session.pk, 1, 2]),
        reverse("session-trial-changes", args=[session.pk, 1, 2, 1]),
        reverse("session-frames", args=[session.pk, 1, 0, 5]),
    ]


def test_annotators_get_nothing_of_versions(client, version):
    session = make_session()
    alice = make_user()
    assign_subset(user=None, subset=make_subset(session), annotators=[alice])
    client.force_login(alice)

    statuses = [client.get(page).status_code for page in pages_of(version, session)]
    home = client.get(reverse("session-detail", args=[session.pk]))

    assert statuses == [404] * 7
    assert client.get(reverse("version-new")).status_code == 403
    assert client.get(reverse("version-preview")).status_code == 403
    assert b"Versions" not in home.content
    assert reverse("version-list").encode() not in home.content


def test_a_viewer_sees_all_and_changes_nothing(client, version):
    session = make_session()
    for each in (version.parent, version):
        score_touches(session, each, [[(10, 20)], []])
    client.force_login(make_user("vic", "viewer"))

    statuses = [client.get(page).status_code for page in pages_of(version, session)[:6]]
    publishing = client.post(
        reverse("session-publication", args=[session.pk]), {"version": version.pk}
    )
    scoring = client.post(
        reverse("version-scoring", args=[version.pk]), {"sessions": session.pk}
    )

    assert statuses == [200] * 6
    assert (publishing.status_code, scoring.status_code) == (403, 403)
    assert client.get(reverse("version-new")).status_code == 403
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_leaves": 77, "frame_share": 0.625, "new_data_weight": 2.0},
        {"num_leaves": 77, "bagging_fraction": 0.625, "new_data_weight": 2.0},
    ],
    ids=["earlier names", "LightGBM's names"],
)
def test_a_report_shows_parameters_under_lightgbm_s_names(admin, parameters):
    search = [{**SEARCH[0], "parameters": parameters}]
    version = make_version(parameters=parameters, metrics={"search": search})

    page = admin.get(reverse("version-detail", args=[version.pk]))

    text = page.content.decode()
    assert "<dt>num_leaves</dt><dd>77</dd>" in text
    assert "<dt>bagging_fraction</dt><dd>0.625</dd>" in text
    assert "<dt>New data weight</dt><dd>2</dd>" in text
    assert '<td class="num">77</td>' in text
    assert '<td class="num">0.62</td>' in text or '<td class="num">0.63</td>' in text


def test_a_report_shows_how_its_cnn_was_trained(admin):
    plan = {"n_steps": 24, "batch_images": 256, "learning_rate": 0.001, "seed": 0}
    version = make_version(parameters={"cnn_training": plan})

    page = compact(admin.get(reverse("version-detail", args=[version.pk])))

    assert "<dt>Steps of the CNN</dt><dd>24</dd>" in page
    assert "batch_images" not in page


def test_a_report_shows_errors_by_type_beside_the_parent(admin, version):
    page = compact(admin.get(reverse("version-detail", args=[version.pk])))

    assert '<td class="table-main">ghost</td><td class="num">0.250</td>' in page
    assert '<td class="num">0.125</td><td class="num">2</td>' in page
    assert "training 1: 0.1250 after 30 trees" in page
    assert "training 2: 0.5000 after 9 trees, stopped early" in page
    assert "rolling_mean" in page


def test_the_report_is_a_file_that_needs_nothing_else(admin, version):
    response = admin.get(reverse("version-report", args=[version.pk]))

    text = response.content.decode()
    assert response["Content-Disposition"] == 'attachment; filename="version-2.html"'
    assert "training 1: 0.1250 after 30 trees" in text
    assert "href=" not in text
    assert "src=" not in text


def figure(value, low=None, high=None, why=""):
    return {
        "value": value, "low": low, "high": high, "why": why, "n": 8, "n_trials": 2
    }  # fmt: skip


@pytest.fixture
def judged():
    """A version whose report has its errors, its parent and two annotators."""
    session = make_session("rig", n_frames=[100])
    rates = dict.fromkeys(RATE_NAMES, figure(0.25, 0.1, 0.4))
    people = {
        "consensus": "majority",
        "annotators": [{"name": name, "rates": rates} for name in ("alice", "bob")],
        "ceiling": dict.fromkeys(RATE_NAMES, figure(0.0625)),
        "models": dict.fromkeys(("before", "after"), rates),
    }
    record = {
        "trials": [{"session": session.name, "number": 1}],
        "rates": {"before": rates, "after": rates},
        "errors": {"before": [[0, 10, 12, 0], [0, 40, 41, 6]], "after": []},
        "touches": {"before": [[[10, 12]]], "after": [[]]},
        "people": people,
    }
    metrics = {
        "held_out_before": measured(2),
        "held_out_after": measured(1),
        "held_out": record,
    }
    return make_version(number=2, parent=make_version(), metrics=metrics)


def test_the_report_has_intervals_and_figures_of_people(admin, judged):
    page = compact(admin.get(reverse("version-detail", args=[judged.pk])))

    errors = reverse("version-errors", args=[judged.pk, "before"])
    assert '0.250<span class="muted nowrap">0.100 to 0.400</span>' in page
    assert f'<a href="{errors}?kind=ghost">2</a>' in page
    assert f'<a href="{errors}?kind=miss">' not in page
    assert [page.count(f'nowrap">{name}</td>') for name in ("alice", "bob")] == [1, 1]
    assert '<tr id="ceiling"><td class="table-main nowrap">annotators, mean' in page
    assert "this version, same references" in page


def test_a_count_opens_the_frames_behind_it(admin, judged):
    url = reverse("version-errors", args=[judged.pk, "before"])

    everything = admin.get(url).content.decode()
    ghosts = admin.get(url, {"kind": "ghost"}).content.decode()
    sums = admin.get(url, {"kind": "edge_errors"}).content.decode()

    session = judged.metrics["held_out"]["trials"][0]["session"]
    pk = Session.objects.get(name=session).pk
    frames = reverse("session-frames", args=[pk, 1, 6, 16])
    assert everything.count("<img") == 2
    assert ghosts.count("<img") == sums.count("<img") == 1
    assert frames in ghosts
    # The parent has two touch frames of ten.
    assert ghosts.count('data-label="touch"') == 2
    assert "append, shorter" in sums.lower()
    assert admin.get(url, {"kind": "nonsense"}).status_code == 404
    other = reverse("version-errors", args=[judged.pk, "neither"])
    assert admin.get(other).status_code == 404


def test_users_who_still_label_blind_see_no_frames_of_errors(client, judged):
    dana = make_user("dana", "admin")
    session = Session.objects.get(name="rig")
    assign_subset(user=None, subset=make_subset(session), annotators=[dana])
    client.force_login(dana)

    page = client.get(reverse("version-errors", args=[judged.pk, "before"]))
    report = client.get(reverse("version-report", args=[judged.pk]))

    assert page.status_code == 403
    assert b"Finish them first" in page.content
    assert report.status_code == 200
    assert b"Frames of errors" not in report.content


def test_the_first_version_has_a_report_without_a_comparison(admin):
    version = make_version(metrics={"all training rigs": measured(3)})

    page = compact(admin.get(reverse("version-detail", args=[version.pk])))

    assert "all training rigs" in page
    assert "ROC AUC (frames)" in page
    # The first version has none.
    assert "Precision" not in page
    assert "Errors by type" not in page


def test_more_sessions_are_scored_by_a_job(admin, version):
    session = make_session()

    admin.post(reverse("version-scoring", args=[version.pk]), {"sessions": session.pk})

    job = Job.objects.get()
    assert (job.kind, job.parameters) == (
        "rescore",
        {"version": version.pk, "sessions": [session.pk]},
    )
