"""The adjudication page and its requests: who has access, and what is refused."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.recordings.frames import frames_digest
from labeling.domain.recordings.sessions import import_session
from labeling.models import Settlement
from tests.factories import (
    contents_of,
    decide,
    labelled_by_two,
    make_session,
    make_subset,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def subset():
    """Two clips [10, 50); ada and ben differ on the frames 20 and 21 of both."""
    return labelled_by_two(make_subset(make_session()))


@pytest.fixture
def dana(client):
    dana = make_user("dana", "adjudicator")
    client.force_login(dana)
    return dana


def pages_of(subset):
    """Return each URL of an adjudication that answers a GET, except that of frames."""
    trial = subset.clips.first().trial_id
    return [
        reverse("subset-adjudication", args=[subset.pk]),
        reverse("subset-adjudication-stretch", args=[subset.pk, trial, 20, 22]),
        reverse("subset-adjudication-log", args=[subset.pk]),
    ]


def frames_url(subset, start=0, stop=40, digest="0" * 32):
    trial = subset.clips.first().trial_id
    return reverse(
        "subset-adjudication-frames", args=[subset.pk, trial, start, stop, digest]
    )


def answer(subset, **changes):
    return {
        "id": str(uuid4()),
        "sequence": 1,
        "revision": 0,
        "trial": subset.clips.first().trial_id,
        "start": 20,
        "stop": 22,
        "values": [1, 1],
        "reasons": ["onset late"],
        "made_at": "2026-11-22T12:00:00.000Z",
        **changes,
    }


def post(client, subset, *answers):
    return client.post(
        reverse("subset-adjudication-settlements", args=[subset.pk]),
        json.dumps({"client": str(uuid4()), "operations": answers}),
        content_type="application/json",
    )


@pytest.mark.parametrize("role", ["adjudicator", "admin"])
def test_adjudicators_and_admins_see_stretches_and_decide(client, subset, role):
    client.force_login(make_user("dana", role))

    pages = [client.get(url) for url in pages_of(subset)]

    assert [page.status_code for page in pages] == [200] * 3
    assert [
        (each["start"], each["stop"], each["settled"])
        for each in pages[0].context["state"]["stretches"]
    ] == [(20, 22, False)] * 2
    assert post(client, subset, answer(subset)).json()["acknowledged"][0]["applied"]
    subset_page = client.get(reverse("subset-detail", args=[subset.pk]))
    assert b"Adjudicate disagreements" in subset_page.content


@pytest.mark.parametrize("role", ["annotator", "viewer"])
def test_other_users_get_no_byte_and_decide_nothing(client, subset, role):
    decide(make_user("dana", "adjudicator"), subset, 20, [1, 1])
    client.force_login(make_user("vera", role))

    answers = [client.get(url) for url in [*pages_of(subset), frames_url(subset)]]
    answers.append(post(client, subset, answer(subset)))

    assert {each.status_code for each in answers} == {404}
    assert not any(name in contents_of(*answers) for name in (b"ada", b"ben", b"dana"))
    assert Settlement.objects.count() == 1


def test_an_adjudicator_who_still_labels_blind_is_refused(client, subset, dana):
    assign_subset(user=None, subset=subset, annotators=[dana])

    answers = [client.get(url) for url in [*pages_of(subset), frames_url(subset)]]
    answers.append(post(client, subset, answer(subset)))

    assert {each.status_code for each in answers} == {403}
    assert b"ben" not in contents_of(*answers)
    assert Settlement.objects.count() == 0


def test_an_answer_that_is_sent_twice_is_acknowledged_twice(client, subset, dana):
    sent = answer(subset)

    first, again = (post(client, subset, sent).json() for _ in range(2))

    assert first == again
    assert first == {
        "revision": 1,
        "acknowledged": [
            {"id": sent["id"], "revision": 1, "applied": True, "error": ""}
        ],
        "refused": [],
    }
    stored = Settlement.objects.get()
    assert (stored.adjudicator, stored.values, stored.reasons) == (
        dana,
        [1, 1],
        ["onset late"],
    )


NO_JSON = "This is not a decision as JSON: "
INVALID_ANSWERS = [
    ({"values": [1]}, f"{NO_JSON}1 labels for 2 frames."),
    ({"values": "10"}, f"{NO_JSON}Expected `array | null`, got `str` - at `$.values`"),
    ({"values": [1, 7]}, "This decision needs one of the labels [0, 1, 2] for each of"),
    ({"values": [True, False]}, f"{NO_JSON}Expected `int`, got `bool` - at `$.values["),
    ({"start": -1}, f"{NO_JSON}Expected `int` >= 0 - at `$.start`."),
    ({"trial": 2**40}, f"{NO_JSON}Expected `int` <= 2147483647 - at `$.trial`."),
    ({"trial": 2**31 - 1}, "Frames 20 to 21 of trial 2147483647 are not all in clips"),
    ({"reasons": ["because"]}, "There is no reason 'because'. Choose from ['onset la"),
    ({"reasons": [1]}, f"{NO_JSON}Expected `str`, got `int` - at `$.reasons[0]`."),
    ({"reasons": None}, f"{NO_JSON}Expected `array`, got `null` - at `$.reasons`."),
    ({"made_at": "noon"}, f"{NO_JSON}Invalid RFC3339 encoded datetime - at `$.made_at"),
    ({"revision": 5}, "This decision was made on revision 5, but the log ends at re"),
]


def test_an_invalid_answer_does_not_affect_the_others(client, subset, dana):
    good = answer(subset)
    bad = [answer(subset, **changes) for changes, _ in INVALID_ANSWERS]
    sentences = {
        sent["id"]: sentence
        for sent, (_, sentence) in zip(bad, INVALID_ANSWERS, strict=True)
    }

    receipt = post(client, subset, *bad, good).json()

    errors = {each["id"]: each["error"] for each in receipt["refused"]}
    assert {
        pk: error[: len(sentences[pk])] for pk, error in errors.items()
    } == sentences
    assert [each["id"] for each in receipt["acknowledged"]] == [good["id"]]
    assert Settlement.objects.count() == 1


@pytest.mark.parametrize("body", [b"[]", b'{"client": 1}', b"\xff"])
def test_an_invalid_batch_is_refused(client, subset, dana, body):
    response = client.post(
        reverse("subset-adjudication-settlements", args=[subset.pk]),
        body,
        content_type="application/json",
    )

    assert response.status_code == 400
    assert response.json()["error"].startswith(
        "This is not a client and a list of operations as JSON: "
    )


def test_the_log_lists_who_decided_what_when_and_why(client, subset, dana):
    decide(dana, subset, 20, [1, 0], reasons=["onset late", "glance"])
    decide(dana, subset, 20, None, stop=22, revision=1)

    rows = client.get(pages_of(subset)[2]).content.decode().splitlines()

    assert rows[0] == (
        "revision,session,trial,start,stop,labels,reasons,adjudicator,made_at,"
        "recorded_at,applied"
    )
    assert rows[1].startswith(
        "1,session,1,20,22,10,onset late; glance,dana,2026-11-22T12:00:00+00:00,"
    )
    assert rows[2].startswith("2,session,1,20,22,reopened,,dana,")


def test_a_subset_on_which_all_agree_needs_no_decision(client, dana):
    page = client.get(
        reverse("subset-adjudication", args=[make_subset(make_session()).pk])
    )

    assert b"No disagreements to adjudicate" in page.content


def test_frames_come_under_the_name_of_their_content_alone(client, real_file, dana):
    subset = make_subset(import_session(user=None, file=real_file), start=0, stop=40)
    trial = subset.clips.select_related("trial__session").first().trial
    digest = frames_digest(trial, 0, 40)

    response = client.get(frames_url(subset, digest=digest))
    others = [
        client.get(frames_url(subset)),
        client.get(frames_url(subset, 5, 5, digest)),
        client.get(frames_url(subset, 0, trial.n_frames + 1, digest)),
    ]

    session = trial.session
    n_bytes = 40 * session.height_px * session.width_px
    assert len(b"".join(response.streaming_content)) == n_bytes
    assert "immutable" in response["Cache-Control"]
    assert [each.status_code for each in others] == [404] * 3
