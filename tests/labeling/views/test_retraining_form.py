"""The form of a retrain, and its preview."""

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.labels.sources import MAJORITY, LabelSource
from labeling.forms.retraining import RetrainingForm
from labeling.models import Job
from tests.factories import label, make_session, make_subset, make_user, make_version
from tests.page_markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def test_the_preview_lists_what_prevents_a_retrain(admin, real_file):
    subset = make_subset(make_session())

    page = compact(
        admin.get(
            reverse("version-preview"),
            {"subsets": subset.pk, "weight": 2, "n_trainings": 1, "seed": 0},
        )
    )

    assert "There are no labels in subset" in page
    assert "Ready to train" not in page


def test_the_form_refuses_such_a_retrain_and_still_shows_its_fields(admin):
    subset = make_subset(make_session())

    response = admin.post(
        reverse("version-new"),
        {"subsets": subset.pk, "weight": 7.5, "n_trainings": 1, "seed": 0},
    )

    assert response.status_code == 422
    assert b"There are no labels in subset" in response.content
    assert b'value="7.5"' in response.content
    assert Job.objects.count() == 0


def test_the_form_offers_each_annotator_and_trains_on_the_selected_one(admin):
    subset = make_subset(make_session())
    ada = make_user("ada")
    make_user("ben")
    assign_subset(user=None, subset=subset, annotators=[ada])
    typed = {"subsets": [subset.pk], "weight": 2, "n_trainings": 1, "seed": 0}

    page = admin.get(reverse("version-new")).content.decode()
    form = RetrainingForm({**typed, "source": "annotator:ada"})
    others = [RetrainingForm({**typed, "source": source}) for source in ("ben", "")]

    assert '<option value="annotator:ada">labels of ada</option>' in page
    assert "labels of ben" not in page
    assert (form.is_valid(), form.choice.source) == (True, LabelSource(annotator="ada"))
    assert [each.is_valid() for each in others] == [False, True]
    assert others[1].choice.source == MAJORITY


def test_the_admin_site_leads_from_subsets_to_the_form(admin):
    one, two = (make_subset(make_session(name), name=name) for name in "ab")

    response = admin.post(
        reverse("admin:labeling_subset_changelist"),
        {"action": "retrain", "_selected_action": [one.pk, two.pk]},
    )
    page = admin.get(response.url).content.decode()

    assert page.count("checked") == 5
    assert f'value="{one.pk}" id="id_subsets_1" checked' in page


def test_the_admin_site_changes_no_subset(admin):
    subset = make_subset(make_session())
    change = reverse("admin:labeling_subset_change", args=[subset.pk])

    assert admin.get(reverse("admin:labeling_subset_add")).status_code == 403
    assert admin.post(change, {"name": "other"}).status_code == 403
    assert (
        admin.post(
            reverse("admin:labeling_subset_delete", args=[subset.pk])
        ).status_code
        == 403
    )


def test_the_preview_names_the_annotators_and_the_snapshot(admin):
    subset = make_subset(make_session(n_frames=[100, 100, 100]))
    assign_subset(user=None, subset=subset, annotators=[make_user("alice")])
    for clip in subset.clips.all():
        label(clip.assignments.get(), (10, 20, 1), (20, 50, 0))

    page = compact(
        admin.get(
            reverse("version-preview"),
            {"subsets": subset.pk, "weight": 2, "n_trainings": 1, "seed": 0},
        )
    )

    assert "<dt>Annotators</dt><dd>alice</dd>" in page
    assert "<dt>Labelled frames</dt><dd>120</dd>" in page


def test_the_preview_shows_how_long_the_last_retrain_took(admin):
    make_version(
        number=2,
        parent=make_version(),
        metrics={"search_minutes": 4.25, "search": [{}] * 5},
    )
    subset = make_subset(make_session())

    page = compact(
        admin.get(
            reverse("version-preview"),
            {"subsets": subset.pk, "weight": 2, "n_trainings": 1, "seed": 0},
        )
    )

    assert "Version 2 took 4.3 min for 5 trainings" in page


def test_the_preview_says_what_a_short_training_of_the_cnn_costs(admin):
    make_version()
    subset = make_subset(make_session())

    page = compact(
        admin.get(
            reverse("version-preview"),
            {
                "subsets": subset.pk,
                "weight": 2,
                "n_trainings": 1,
                "seed": 0,
                "trains_cnn": "on",
                "cnn_steps": 24,
            },
        )
    )

    assert "less than 1 min on two cores" in page
