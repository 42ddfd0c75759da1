"""An admin assigns and withdraws clips; annotators return some."""

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.models import Assignment, ClipReturn
from tests.factories import label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cleo")]


@pytest.fixture
def subset(people):
    return make_subset(make_session(n_frames=[100] * 6), name="six")


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def assigning_fields(people, **more):
    fields = {"annotators": [user.pk for user in people], "seed": 3}
    return {**fields, "gold_percent": 0, "again_percent": 0, **more}


def assign(admin, subset, people, **more):
    url = reverse("subset-assigning", args=[subset.pk])
    return admin.post(url, assigning_fields(people, **more), follow=True)


def test_clips_are_assigned_as_previewed(admin, subset, people):
    fields = assigning_fields(people, each_to=2, again_percent=25)

    preview = admin.get(reverse("subset-assigning-preview", args=[subset.pk]), fields)
    page = assign(admin, subset, people, each_to=2, again_percent=25, sees_scores="on")

    assert [len(queue.order) for queue in preview.context["queues"]] == [5, 5, 5]
    assert "Clips assigned: 5 to ada, 5 to ben, 5 to cleo." in page.content.decode()
    assert Assignment.objects.filter(sees_scores=True, sees_others=False).count() == 15
    subset.refresh_from_db()
    assert subset.frozen_at is not None


def test_the_former_address_leads_to_the_page(admin, subset):
    answer = admin.get(f"/subsets/{subset.pk}/giving/")

    assert answer.url == reverse("subset-assigning", args=[subset.pk])


def test_assigning_twice_reports_that_no_clips_were_assigned(admin, subset, people):
    assign(admin, subset, people)

    page = assign(admin, subset, people)

    assert (
        "No clips assigned: the chosen annotators already have them"
        in page.content.decode()
    )
    assert Assignment.objects.count() == 18


def test_an_impossible_assignment_is_refused_on_the_page(admin, subset, people):
    page = assign(admin, subset, people, each_to=4)

    assert page.status_code == 422
    assert "Choose a number from 1 to 3, or more annotators." in page.content.decode()


def test_the_policy_of_one_annotator_is_changed(admin, subset, people):
    assign(admin, subset, people)
    url = reverse("subset-annotator", args=[subset.pk, people[0].pk])

    admin.post(url, {"sees_scores": "on"})

    seeing = Assignment.objects.filter(sees_scores=True)
    assert set(seeing.values_list("annotator__username", flat=True)) == {"ada"}
    assert admin.get(url).context["form"].initial == {
        "sees_scores": True,
        "sees_others": False,
    }


def test_unfinished_clips_of_one_annotator_go_to_the_others(admin, subset, people):
    ada, ben, cleo = people
    assign(admin, subset, people, each_to=1)
    label(assignments_for(ada).first(), (10, 50, 0))
    url = reverse("subset-annotator", args=[subset.pk, ada.pk])
    assert admin.get(url).context["withdrawal"].initial == {"takers": [ben, cleo]}

    page = admin.post(
        reverse("subset-withdrawal", args=[subset.pk, ada.pk]),
        {"takers": [ben.pk, cleo.pk]},
        follow=True,
    )

    assert "1 withdrawn from ada; reassigned 1 to" in page.content.decode()
    counts = [assignments_for(user).count() for user in people]
    assert (counts[0], sorted(counts[1:])) == (1, [2, 3])


def test_a_returned_clip_is_shown_with_its_note_and_reassigned(client, subset, people):
    ada, ben, _ = people
    assign_subset(user=None, subset=subset, annotators=[ada])
    clip = assignments_for(ada)[1]
    client.force_login(ada)
    sent = client.post(
        reverse("assignment-return", args=[clip.pk]), {"note": "blurred"}, follow=True
    )
    assert "blurred" in sent.content.decode()
    client.force_login(make_user("dana", "admin"))
    page = client.get(reverse("subset-detail", args=[subset.pk]))
    (returned,) = page.context["returns"]
    assert (returned.note, returned.assignment) == ("blurred", clip)

    client.post(
        reverse("subset-return", args=[subset.pk, returned.pk]),
        {"answer": "given_on", "taker": ben.pk},
    )

    assert [each.clip for each in assignments_for(ben)] == [clip.clip]
    assert ClipReturn.objects.get().answered_by.username == "dana"


def test_an_empty_note_returns_nothing(client, subset, people):
    assign_subset(user=None, subset=subset, annotators=people[:1])
    clip = assignments_for(people[0])[0]
    client.force_login(people[0])

    page = client.post(reverse("assignment-return", args=[clip.pk]), {"note": " "})

    assert (page.status_code, ClipReturn.objects.count()) == (422, 0)


def test_a_withdrawn_clip_shows_its_notice_when_it_is_opened(
    client, admin, subset, people
):
    assign(admin, subset, people)
    clip = assignments_for(people[0])[0]
    admin.post(reverse("subset-withdrawal", args=[subset.pk, people[0].pk]))
    client.force_login(people[0])

    page = client.get(reverse("assignment-detail", args=[clip.pk]))

    assert page.status_code == 403
    assert (
        "An admin withdrew this clip. Your labels in it are saved"
        in page.content.decode()
    )
    assert client.get("/").context["queues"] == []


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_only_an_admin_assigns_and_withdraws(client, subset, people, role):
    assign_subset(user=None, subset=subset, annotators=people)
    eve, (ada, *_) = make_user("eve", role), people
    client.force_login(eve)

    answers = [
        client.get(reverse("subset-assigning", args=[subset.pk])),
        client.post(
            reverse("subset-assigning", args=[subset.pk]), assigning_fields([eve])
        ),
        client.get(reverse("subset-assigning-preview", args=[subset.pk])),
        client.get(reverse("subset-annotator", args=[subset.pk, ada.pk])),
        client.post(reverse("subset-withdrawal", args=[subset.pk, ada.pk])),
        client.post(
            reverse("subset-return", args=[subset.pk, 1]), {"answer": "given_back"}
        ),
    ]

    assert {answer.status_code for answer in answers} <= {403, 404}
    assert Assignment.objects.active().count() == 18
