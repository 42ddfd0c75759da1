"""An admin selects the clips of a subset, and previews the selection."""

import pytest
from django.urls import reverse

from labeling.models import Clip, Subset
from tests.factories import make_session, make_subset, make_user
from tests.page_markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session(n_frames=[100] * 5)


@pytest.fixture
def admin(client):
    client.force_login(make_user("dana", "admin"))
    return client


def new(way):
    return f"{reverse('subset-new')}?by={way}"


def spans(subset):
    clips = subset.clips.order_by("trial__number", "start")
    return list(clips.values_list("trial__number", "start", "stop"))


def test_whole_trials_by_their_numbers(admin, session):
    fields = {"name": "some", "session": session.pk, "trials": "1-2, 5"}

    response = admin.post(new("trials"), fields)

    subset = Subset.objects.get(name="some")
    assert response.url == reverse("subset-detail", args=[subset.pk])
    assert spans(subset) == [(1, 0, 100), (2, 0, 100), (5, 0, 100)]
    assert (subset.frozen_at, subset.created_by.username) == (None, "dana")


def test_all_trials_that_are_used(admin, session):
    session.trials.filter(number=3).update(excluded_because="the pole is bent")

    admin.post(new("trials"), {"name": "all", "session": session.pk, "trials": ""})

    assert [trial for trial, *_ in spans(Subset.objects.get())] == [1, 2, 4, 5]


def test_a_range_whose_last_frame_belongs_to_it(admin, session):
    fields = {"name": "r", "session": session.pk, "trial": 2, "first": 10, "last": 19}

    admin.post(new("range"), fields)

    assert spans(Subset.objects.get()) == [(2, 10, 20)]


def test_the_subset_has_the_clips_of_its_preview(admin, session):
    fields = {
        "sessions": session.pk,
        "n_clips": 4,
        "clip_frames": 30,
        "random_percent": 50,
        "seed": 7,
    }

    preview = admin.get(reverse("subset-preview"), {"by": "model", **fields})
    admin.post(new("model"), {"name": "chosen", **fields})

    choice = preview.context["choice"]
    previewed = [(clip.trial.number, clip.start, clip.stop) for clip in choice.clips]
    assert (choice.n_frames, choice.n_trials) == (120, len({n for n, *_ in previewed}))
    assert sorted(previewed) == spans(Subset.objects.get())
    assert Subset.objects.get().seed == 7


def test_the_preview_shows_which_frames_were_selected_before(admin, session):
    make_subset(session, start=10, stop=20)
    fields = {"by": "trials", "session": session.pk, "trials": "1"}

    response = admin.get(reverse("subset-preview"), fields)

    assert "1 clip overlaps with an earlier subset." in compact(response)


@pytest.mark.parametrize(
    ("way", "fields", "sentence"),
    [
        ("trials", {"trials": "3-1"}, "&#x27;3-1&#x27; is not a number or a range"),
        ("trials", {"trials": "one"}, "&#x27;one&#x27; is not a number or a range"),
        ("trials", {"trials": "4-9"}, "no included trials 6, 7, 8, 9. Choose"),
        (
            "range",
            {"trial": 1, "first": 90, "last": 100},
            "Frames 90 to 100 are not all in range. Choose frames from 0 to 99",
        ),
        ("range", {"trial": 9, "first": 0, "last": 1}, "no included trials 9. Choose"),
    ],
)
def test_an_impossible_selection_is_refused_and_creates_nothing(
    admin, session, way, fields, sentence
):
    fields = {"name": "s", "session": session.pk, **fields}

    made = admin.post(new(way), fields)
    preview = admin.get(reverse("subset-preview"), {"by": way, **fields})

    assert made.status_code == 422
    assert sentence in made.content.decode()
    assert sentence in preview.content.decode()
    assert not Subset.objects.exists()


def test_clips_are_added_and_removed_until_the_subset_is_frozen(admin, session):
    subset = make_subset(session, start=10, stop=20)
    page = reverse("subset-detail", args=[subset.pk])
    removed = subset.clips.first()

    def remove(clip):
        return admin.post(
            reverse("subset-clip-removal", args=[subset.pk, clip.pk]),
            headers={"Accept": "application/json"},
        )

    def add(first):
        return admin.post(
            f"{reverse('subset-clip-new', args=[subset.pk])}?by=range",
            {"session": session.pk, "trial": 1, "first": first, "last": first + 5},
        )

    assert remove(removed).url == add(30).url == page
    assert b"Add clips" in admin.get(page).content
    admin.post(reverse("subset-freezing", args=[subset.pk]))

    assert spans(subset)[:2] == [(1, 30, 36), (2, 10, 20)]
    assert add(50).status_code == 422
    assert "frozen since" in remove(subset.clips.first()).json()["error"]
    assert b"Add clips" not in admin.get(page).content
    assert Clip.objects.count() == 5


@pytest.mark.parametrize("role", ["annotator", "adjudicator", "viewer"])
def test_only_an_admin_selects_clips(client, session, role):
    subset = make_subset(session)
    client.force_login(make_user("eve", role))

    pages = [
        client.get(reverse("subset-new")),
        client.get(reverse("subset-preview")),
        client.get(reverse("subset-clip-new", args=[subset.pk])),
        client.post(reverse("subset-freezing", args=[subset.pk])),
        client.post(
            reverse("subset-clip-removal", args=[subset.pk, subset.clips.first().pk])
        ),
    ]

    assert {page.status_code for page in pages} <= {403, 404}
    subset.refresh_from_db()
    assert (subset.frozen_at, subset.clips.count()) == (None, 5)
