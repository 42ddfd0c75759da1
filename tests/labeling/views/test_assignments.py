"""The labelling page and its requests, as a client sees them."""

import json
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from labeling.domain.assignments.labelling import assignments_for
from labeling.domain.labels.operations import label_values
from labeling.domain.labels.runs import runs_of
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.models import Operation
from tests.factories import label, make_user, make_version

pytestmark = pytest.mark.django_db


def state_on(response):
    return response.context["state"]


def batch(*operations, client=None):
    return {"client": str(client or uuid4()), "operations": list(operations)}


def operation(*runs, sequence=1, revision=0, **fields):
    return {
        "id": str(uuid4()),
        "sequence": sequence,
        "revision": revision,
        "runs": list(runs),
        "undoes": None,
        "suggestion_shown": False,
        "made_at": "2026-11-22T12:00:00.000Z",
        **fields,
    }


def post(client, assignment, body):
    url = reverse("assignment-operations", args=[assignment.pk])
    return client.post(url, body, content_type="application/json")


def test_the_page_names_the_clip_and_where_its_data_come_from(client, assignment):
    response = client.get(reverse("assignment-detail", args=[assignment.pk]))

    state = state_on(response)
    assert response.status_code == 200
    assert state["clip"] == {"start": 10, "stop": 30, "reason": None}
    assert state["block"]["url"].startswith(f"/assignments/{assignment.pk}/frames/")
    assert state["operations_url"] == f"/assignments/{assignment.pk}/operations/"
    assert state["scores"] is None


def test_operations_are_acknowledged_and_recorded(client, assignment):
    sent = operation([10, 20, 0], [20, 22, 1])

    response = post(client, assignment, batch(sent))

    assert response.json() == {
        "revision": 1,
        "acknowledged": [{"id": sent["id"], "revision": 1, "applied": True}],
        "refused": [],
        "labels": None,
        "notes": None,
        "withdrawn": None,
    }
    assert runs_of(label_values(assignment), first=10) == [(10, 20, 0), (20, 22, 1)]


def test_an_overtaken_operation_answers_with_the_labels_as_they_are(client, assignment):
    label(assignment, (10, 20, 1))

    response = post(client, assignment, batch(operation([15, 25, 0])))

    assert response.json()["acknowledged"][0]["applied"] is False
    assert response.json()["labels"] == [[10, 20, 1]]


NO_JSON = "This is not an operation as JSON: "
NO_BATCHES = {
    "no JSON": "not json",
    "a list": "[]",
    "an empty object": "{}",
    "too deep": "[" * 100_000,
    "an operation without an id": json.dumps(batch({"id": "x"})),
}
# Each with the sentence that refuses it.
NO_OPERATIONS = [
    ({"id": str(uuid4())}, f"{NO_JSON}Object missing required field `sequence`."),
    (operation([1.5, 2, 1]), f"{NO_JSON}Expected `int`, got `float` - at `$.runs[0]["),
    (operation([10, 11, True]), f"{NO_JSON}Expected `int | null`, got `bool` - at `$."),
    (operation([10, 11]), f"{NO_JSON}Expected `array` of length 3, got 2 - at `$.ru"),
    (operation(), f"{NO_JSON}an operation has neither runs nor a note."),
    (operation([10, 2**40, 1]), f"{NO_JSON}Expected `int` <= 2147483647 - at `$.runs"),
    (operation([0, 40, 1]), "Frames [0, 40) are not in this clip. Label frames of [10"),
    (operation([10, 11, 7]), "There is no label 7. Use one of [0, 1, 2], or null to"),
    (operation([10, 11, 1], made_at="2026-11-22T12:00:00"),
     f"{NO_JSON}Expected `datetime` with a timezone component - at `$.made_at`."),
    (operation([10, 11, 1], made_at="9999-12-31T23:59:59-14:00"),
     f"{NO_JSON}made_at is in the year 9999."),
    (operation([10, 11, 1], sequence=0), "Operation 0 of this page arrived after oper"),
]  # fmt: skip


def test_the_next_clip_has_the_state_that_its_page_has(client, assignment):
    following = assignments_for(assignment.annotator)[1]

    state = client.get(reverse("assignment-next", args=[assignment.pk])).json()
    itself = client.get(reverse("assignment-state", args=[following.pk])).json()
    page = client.get(reverse("assignment-detail", args=[following.pk]))

    assert state == itself == {"state": json.loads(json.dumps(state_on(page)))}
    assert state["state"]["assignment"] == following.pk


def test_after_the_last_clip_there_is_no_next(client, assignment):
    others = assignments_for(assignment.annotator).exclude(pk=assignment.pk)
    others.delete()

    response = client.get(reverse("assignment-next", args=[assignment.pk]))

    assert response.json() == {"state": None}


@pytest.mark.parametrize(("wrong", "sentence"), NO_OPERATIONS)
def test_an_invalid_operation_gets_a_sentence_and_does_not_affect_others(
    client, assignment, wrong, sentence
):
    good = [operation([10, 11, 1]), operation([11, 12, 0], sequence=3)]

    response = post(client, assignment, batch(good[0], wrong, good[1]))

    (refused,) = response.json()["refused"]
    acknowledged = [each["id"] for each in response.json()["acknowledged"]]
    assert response.status_code == 200
    assert refused["id"] == wrong["id"]
    assert refused["error"].startswith(sentence)
    assert acknowledged == [each["id"] for each in good]
    assert response.json()["labels"] == [[10, 11, 1], [11, 12, 0]]


@pytest.mark.parametrize("body", NO_BATCHES.values(), ids=NO_BATCHES)
def test_an_invalid_batch_gets_one_sentence(client, assignment, body):
    response = post(client, assignment, body)

    assert response.status_code == 400
    assert response.json()["error"].startswith("This is not a client and a list of ")
    assert Operation.objects.count() == 0


def test_labels_are_sent_with_their_revision(client, assignment):
    label(assignment, (10, 20, 1))

    response = client.get(reverse("assignment-labels", args=[assignment.pk]))

    assert response.json() == {"revision": 1, "labels": [[10, 20, 1]], "notes": []}


def test_an_assignment_is_not_found_by_other_users(client, assignment):
    client.force_login(make_user("carol", "admin"))

    page = client.get(reverse("assignment-detail", args=[assignment.pk]))
    labels = client.get(reverse("assignment-labels", args=[assignment.pk]))
    state = client.get(reverse("assignment-state", args=[assignment.pk]))
    following = client.get(reverse("assignment-next", args=[assignment.pk]))
    saved = post(client, assignment, batch(operation([10, 11, 1])))

    answers = (page, labels, state, following, saved)
    assert [each.status_code for each in answers] == [404] * 5
    assert Operation.objects.count() == 0


def test_users_who_are_not_logged_in_are_sent_to_log_in(client, assignment):
    client.logout()

    response = post(client, assignment, batch(operation([10, 11, 1])))

    assert response.status_code == 302
    assert response.url.startswith("/login/")


def test_a_write_without_its_csrf_token_is_refused(assignment):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(assignment.annotator)

    response = post(strict, assignment, batch(operation([10, 11, 1])))

    assert response.status_code == 403
    assert Operation.objects.count() == 0


def test_scores_are_found_only_where_the_policy_shows_them(client, assignment):
    trial, version = assignment.clip.trial, make_version()
    scores = np.linspace(0, 1, trial.n_frames, dtype=np.float32)
    save_scores(trial=trial, version=version, scores=scores)
    publish_version(session=trial.session, version=version)
    url = reverse("assignment-scores", args=[assignment.pk])

    blind = client.get(url)
    type(assignment).objects.update(sees_scores=True)
    assisted = client.get(url)

    assert blind.status_code == 404
    assert assisted.content == scores[0:40].tobytes()


def test_notes_arrive_with_operations_and_the_history_has_them(client, assignment):
    sent = operation([10, 20, 0]) | {"note": {"frame": 12, "text": "a <i>hair</i>"}}
    only_note = operation() | {"sequence": 2, "note": {"frame": 13, "text": "x"}}
    post(client, assignment, batch(sent, only_note))

    labels = client.get(reverse("assignment-labels", args=[assignment.pk])).json()
    history = client.get(reverse("assignment-history", args=[assignment.pk])).json()

    assert labels["notes"] == [[12, "a <i>hair</i>"], [13, "x"]]
    assert [row["note"] for row in history["operations"]] == [
        sent["note"], only_note["note"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("note", "sentence"), [
        ("text", "Expected `object | null`, got `str` - at `$.note`."),
        ({"frame": 12}, "Object missing required field `text` - at `$.note`."),
        ({"frame": 12, "text": "\0"}, r"'\x00' contains a zero character - at `$."),
        ({"frame": 12, "text": "\ud800"}, "'utf-8' codec can't encode character"),
        ({"frame": "12", "text": "x"}, "Expected `int`, got `str` - at `$.note.frame`"),
    ],
)  # fmt: skip
def test_an_invalid_note_does_not_affect_others(client, assignment, note, sentence):
    bad = operation() | {"note": note}
    good = operation([10, 20, 0]) | {"sequence": 2}

    answer = post(client, assignment, batch(bad, good)).json()

    (refused,) = answer["refused"]
    assert refused["id"] == bad["id"]
    assert refused["error"].startswith(f"{NO_JSON}{sentence}")
    assert [each["id"] for each in answer["acknowledged"]] == [good["id"]]
