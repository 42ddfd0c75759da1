"""The labelling page and its hot path, as a client sees them."""

import gzip
import json
from uuid import uuid4

import h5py
import numpy as np
import pytest
import zstandard
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.labels.operations import label_values
from labeling.domain.labels.runs import runs_of
from labeling.domain.recordings.sessions import import_session
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.models import Operation
from tests.factories import label, make_subset, make_user, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(real_file, client):
    """Alice's clip [10, 30) of a real session; alice is logged in."""
    alice = make_user()
    subset = make_subset(import_session(user=None, file=real_file), start=10, stop=30)
    assign_subset(user=None, subset=subset, annotators=[alice])
    client.force_login(alice)
    return assignments_for(alice).first()


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


def unpacked_zstd(stream):
    return zstandard.ZstdDecompressor().decompressobj().decompress(stream)


@pytest.mark.parametrize(
    ("accepts", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "zstd", unpacked_zstd),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("zstd;q=0, gzip;q=0.5", "gzip", gzip.decompress),
    ],
)
def test_frames_arrive_whole_as_what_changes_from_one_to_the_next(
    client, assignment, data_root, accepts, encoding, decode
):
    page = client.get(reverse("assignment-detail", args=[assignment.pk]))

    response = client.get(
        state_on(page)["block"]["url"], headers={"Accept-Encoding": accepts}
    )

    body = np.frombuffer(decode(response.getvalue()), np.uint8)
    with h5py.File(data_root / "real.h5") as file:
        expected = file["images"][0:40, :, :, 2]
    differences = body.reshape(expected.shape)
    assert response.headers.get("Content-Encoding") == encoding
    assert (np.cumsum(differences, axis=0, dtype=np.uint8) == expected).all()
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_frames_under_another_digest_are_not_found(client, assignment):
    url = reverse("assignment-frames", args=[assignment.pk, "0" * 32])

    assert client.get(url).status_code == 404


def test_operations_are_acknowledged_and_kept(client, assignment):
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


NO_BATCHES = {
    "no JSON": "not json",
    "a list": "[]",
    "an empty object": "{}",
    "too deep": "[" * 100_000,
    "an operation without an id": json.dumps(batch({"id": "x"})),
}
NO_OPERATIONS = {
    "an operation of one key": {"id": str(uuid4())},
    "half a frame": operation([1.5, 2, 1]),
    "a bool": operation([10, 11, True]),
    "half a run": operation([10, 11]),
    "no runs": operation(),
    "a huge frame": operation([10, 2**40, 1]),
    "frames outside the clip": operation([0, 40, 1]),
    "no label": operation([10, 11, 7]),
    "no time zone": operation([10, 11, 1], made_at="2026-11-22T12:00:00"),
    "the year 10000": operation([10, 11, 1], made_at="9999-12-31T23:59:59-14:00"),
    "sequence zero": operation([10, 11, 1], sequence=0),
}


def test_the_next_clip_is_told_as_the_page_would_tell_it(client, assignment):
    following = assignments_for(assignment.annotator)[1]

    told = client.get(reverse("assignment-next", args=[assignment.pk])).json()
    itself = client.get(reverse("assignment-state", args=[following.pk])).json()
    page = client.get(reverse("assignment-detail", args=[following.pk]))

    assert told == itself == {"state": json.loads(json.dumps(state_on(page)))}
    assert told["state"]["assignment"] == following.pk


def test_after_the_last_clip_there_is_no_next(client, assignment):
    others = assignments_for(assignment.annotator).exclude(pk=assignment.pk)
    others.delete()

    response = client.get(reverse("assignment-next", args=[assignment.pk]))

    assert response.json() == {"state": None}


@pytest.mark.parametrize("wrong", NO_OPERATIONS.values(), ids=NO_OPERATIONS)
def test_what_is_no_operation_gets_one_sentence_and_holds_up_no_other(
    client, assignment, wrong
):
    good = [operation([10, 11, 1]), operation([11, 12, 0], sequence=3)]

    response = post(client, assignment, batch(good[0], wrong, good[1]))

    (refused,) = response.json()["refused"]
    acknowledged = [each["id"] for each in response.json()["acknowledged"]]
    assert response.status_code == 200
    assert refused["id"] == wrong["id"]
    assert refused["error"].startswith(("This is not an ", "Frames ", "There ", "Oper"))
    assert acknowledged == [each["id"] for each in good]
    assert response.json()["labels"] == [[10, 11, 1], [11, 12, 0]]


@pytest.mark.parametrize("body", NO_BATCHES.values(), ids=NO_BATCHES)
def test_what_is_no_batch_gets_one_sentence(client, assignment, body):
    response = post(client, assignment, body)

    assert response.status_code == 400
    assert response.json()["error"].startswith("This is not a client and a list")
    assert Operation.objects.count() == 0


def test_labels_are_sent_with_their_revision(client, assignment):
    label(assignment, (10, 20, 1))

    response = client.get(reverse("assignment-labels", args=[assignment.pk]))

    assert response.json() == {"revision": 1, "labels": [[10, 20, 1]], "notes": []}


def test_nobody_reaches_anothers_assignment(client, assignment):
    client.force_login(make_user("carol", "admin"))

    page = client.get(reverse("assignment-detail", args=[assignment.pk]))
    labels = client.get(reverse("assignment-labels", args=[assignment.pk]))
    state = client.get(reverse("assignment-state", args=[assignment.pk]))
    following = client.get(reverse("assignment-next", args=[assignment.pk]))
    saved = post(client, assignment, batch(operation([10, 11, 1])))

    answers = (page, labels, state, following, saved)
    assert [each.status_code for each in answers] == [404] * 5
    assert Operation.objects.count() == 0


def test_who_is_not_logged_in_is_sent_to_log_in(client, assignment):
    client.logout()

    response = post(client, assignment, batch(operation([10, 11, 1])))

    assert response.status_code == 302
    assert response.url.startswith("/login/")


def test_a_write_without_its_csrf_token_is_refused(assignment):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(assignment.annotator)

    response = post(strict, assignment, batch(operation([10, 11, 1])))

    assert response.status_code == 403
    assert Operation.objects.count() == 0


def test_scores_reach_only_those_whose_policy_shows_them(client, assignment):
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


def test_frames_whose_file_is_gone_are_refused_in_a_sentence(
    client, assignment, data_root
):
    page = client.get(reverse("assignment-detail", args=[assignment.pk]))
    (data_root / "real.h5").unlink()

    response = client.get(
        state_on(page)["block"]["url"],
        headers={"Accept": "application/octet-stream, application/json"},
    )

    assert response.status_code == 400
    assert response.json()["error"].startswith("There is no session file 'real.h5'")


def test_notes_come_in_with_operations_and_the_history_tells_them(client, assignment):
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
    "note", ["text", {"frame": 12}, {"frame": 12, "text": "\0"},
             {"frame": 12, "text": "\ud800"}, {"frame": "12", "text": "x"}],
)  # fmt: skip
def test_what_is_no_note_is_refused_and_holds_up_no_other(client, assignment, note):
    bad = operation() | {"note": note}
    good = operation([10, 20, 0]) | {"sequence": 2}

    answer = post(client, assignment, batch(bad, good)).json()

    assert [each["id"] for each in answer["refused"]] == [bad["id"]]
    assert [each["id"] for each in answer["acknowledged"]] == [good["id"]]
