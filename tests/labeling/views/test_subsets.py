"""Pages of subsets."""

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from tests.factories import contents_of, label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def subset():
    """A subset of two clips of 40 frames that alice and bob label."""
    subset = make_subset(make_session(), name="first look")
    assign_subset(
        user=None, subset=subset, annotators=[make_user("alice"), make_user("bob")]
    )
    return subset


def progress_on(response):
    return [
        (row.annotator.username, row.progress.labelled, row.progress.total)
        for row in response.context["annotators"]
    ]


def test_an_admin_sees_the_progress_of_all_annotators(client, subset):
    first = subset.clips.first().assignments.get(annotator__username="alice")
    label(first, (10, 40, 0))
    client.force_login(make_user("dana", "admin"))

    response = client.get(reverse("subset-detail", args=[subset.pk]))

    assert progress_on(response) == [("alice", 30, 80), ("bob", 0, 80)]


def test_annotators_see_only_their_own_clips_and_progress(client, subset):
    alice = subset.clips.first().assignments.get(annotator__username="alice").annotator
    client.force_login(alice)

    response = client.get(reverse("subset-detail", args=[subset.pk]))

    assert progress_on(response) == [("alice", 0, 80)]
    assert {each.annotator for each in response.context["assignments"]} == {alice}
    assert b"bob" not in contents_of(response)


def test_an_outsider_finds_no_subset(client, subset):
    client.force_login(make_user("carol"))

    assert client.get(reverse("subset-detail", args=[subset.pk])).status_code == 404
    assert subset.name.encode() not in client.get(reverse("subset-list")).content


@pytest.mark.parametrize("n_subsets", [1, 3])
def test_the_list_makes_as_many_queries_for_three_rows_as_for_one(
    client, django_assert_num_queries, n_subsets
):
    session = make_session()
    for number in range(n_subsets):
        make_subset(session, name=f"subset {number}")
    client.force_login(make_user("dana", "admin"))

    with django_assert_num_queries(5):
        response = client.get(reverse("subset-list"))

    assert len(response.context["subsets"]) == n_subsets


def test_the_start_page_of_annotators_is_their_queue(client, subset):
    alice = subset.clips.first().assignments.get(annotator__username="alice")
    label(alice, (10, 50, 0))
    client.force_login(alice.annotator)

    response = client.get("/")

    (row,) = response.context["queues"]
    assert (row.subset, row.n_left, row.progress.labelled) == (subset, 1, 40)
    assert row.resume.clip == subset.clips.last()
    assert b"Continue labelling" in response.content
    assert b"bob" not in contents_of(response)


def test_the_start_page_of_users_without_clips_lists_the_sessions(client, subset):
    client.force_login(make_user("dana", "admin"))

    assert client.get("/").url == reverse("session-list")
