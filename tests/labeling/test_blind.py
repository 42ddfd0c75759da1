"""Responses to a blind annotator depend on no score and on no other user's labels.

Tested in two ways. No response holds a sentinel: all hidden data contain sentinels, and
every URL, object and method is requested. No response differs: two worlds that differ
only in hidden data respond with the same bytes, headers included, so that no order and
no count reveals them.
"""

import json
from http.cookies import SimpleCookie

import numpy as np
import pytest
from django.db import connection, transaction
from django.test import Client

from labeling.domain.accounts.administration import change_account
from labeling.domain.assignments.assigning import AssignmentRequest, assign_clips
from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.versions.store import publish_version
from labeling.models import Assignment, Clip, Job, Label, ModelVersion, Scores, Trial
from tests.every_url import every_route, paths_of
from tests.factories import TOKEN, decide, label, make_subset, make_user
from tests.factories_world import HIDDEN, HIDDEN_NUMBER, HIDDEN_SCORES, make_world

pytestmark = pytest.mark.django_db

# These headers depend on the time of the request.
MOMENTARY = {"Set-Cookie", "Expires"}
METHODS = ("GET", "HEAD", "OPTIONS", "POST")
SENTINELS = [
    HIDDEN.lower().encode(),
    str(HIDDEN_NUMBER).encode(),
    f"{HIDDEN_NUMBER:,}".encode(),
    *(np.full(3, score, np.float32).tobytes() for score in HIDDEN_SCORES),
    *(f"{score:.3f}".encode() for score in HIDDEN_SCORES),
]


@pytest.fixture
def world(data_root):
    return make_world(data_root)


@pytest.fixture
def browser(world):
    """A browser with alice logged in; each of its requests is rolled back."""
    client = Client()
    client.force_login(world.people["alice"])
    cookies = client.cookies.output(header="").strip()

    def ask(method, path, **options):
        client.cookies = SimpleCookie(cookies)
        headers = {"Accept-Encoding": "identity"}
        with transaction.atomic():
            response = client.generic(method, path, headers=headers, **options)
            stream = response.streaming
            response.body = b"".join(response) if stream else response.content
            transaction.set_rollback(True)
        return response

    return ask


def paths(world):
    """Yield every path of the product, for every object in the database."""
    for name, route in every_route():
        # An invitation's form shows only what its owner types.
        if name not in {"logout", "invitation"}:
            for path in paths_of(name, route, world.known):
                yield path + world.queries.get(name, "")


def contents_of(response):
    """Return all bytes of a response that a browser could read."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    cookies = response.cookies.output()
    return response.body + f"\n{headers}\n{cookies}".encode()


def test_no_response_holds_a_byte_of_hidden_data(world, browser):
    found, let_in = [], set()
    for path in paths(world):
        for method in METHODS:
            response = browser(method, path)
            contents = contents_of(response).replace(path.encode(), b"")
            contents += contents.lower()
            found += [(method, path, each) for each in SENTINELS if each in contents]
            assert "event-stream" not in response.headers.get("Content-Type", "")
            if response.status_code == 200:
                let_in.add(path)

    assert found == []
    own = f"/assignments/{world.assignment.pk}/"
    assert {own, f"{own}labels/", f"{own}state/", "/sessions/"} <= let_in


def test_users_who_may_see_them_receive_the_sentinels(world, client):
    client.force_login(world.people["admin"])
    subset, session = world.known["subset.pk"][0], world.known["session.pk"][0]
    pages = ["/accounts/", "/versions/", "/jobs/", f"/sessions/{session}/",
             f"/subsets/{subset}/", f"/subsets/{subset}/comparison/"]  # fmt: skip

    for page in pages:
        contents = client.get(page).content.lower()
        assert any(each in contents for each in SENTINELS), page

    Assignment.objects.update(sees_scores=True, sees_others=True)
    client.force_login(world.people["alice"])
    own = f"/assignments/{world.assignment.pk}/"
    lanes = client.get(f"{own}others/").json()["lanes"]
    assert [lane["name"] for lane in lanes] == [f"{HIDDEN}carl"]
    assert str(HIDDEN_NUMBER) in client.get(own).content.decode()
    assert f"{HIDDEN} reason" in client.get(own).content.decode()
    assert SENTINELS[3] in client.get(f"{own}scores/").content


def other_world(world):
    """Change all hidden data: scores, reasons, versions, other users, their labels."""
    trials = Trial.objects.filter(session=world.known["session.pk"][0])
    for number, scores in enumerate(Scores.objects.order_by("pk")):
        values = np.random.default_rng(number).random(scores.n_frames, np.float32)
        Scores.objects.filter(pk=scores.pk).update(
            values=values.tobytes(), n_touches=number + 7
        )
    publish_version(
        session=trials.first().session,
        version=ModelVersion.objects.get(number=HIDDEN_NUMBER + 1),
    )
    trials.exclude(excluded_because="").update(excluded_because="another reason")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE labeling_clip DISABLE TRIGGER USER")
        cursor.execute("UPDATE labeling_clip SET reason = 'uncertain ' || id")
        cursor.execute("ALTER TABLE labeling_clip ENABLE TRIGGER USER")
    people = world.people
    for assignment in Assignment.objects.filter(annotator=people["carl"]):
        label(assignment, (10, 20, 1), (20, 30, 2))
    Assignment.objects.exclude(annotator=people["alice"]).update(
        sees_scores=True, sees_others=True
    )
    subset = world.assignment.clip.subset
    trial = world.assignment.clip.trial_id
    decide(people["adjudicator"], subset, 24, [0, 0], trial=trial)
    for other in ("carl", "bob"):
        change_account(
            user=people["admin"], account=people[other], role="adjudicator", name="Else"
        )
    Job.objects.update(log="trial 3: 812 touches", stage="scoring")


def answers(world, browser, methods=("GET", "POST")):
    return {
        (method, path): answer_to(browser(method, path))
        for path in paths(world)
        for method in methods
    }


def answer_to(response):
    headers = {k: v for k, v in response.items() if k not in MOMENTARY}
    return response.status_code, headers, TOKEN.sub(b"token", response.body)


def test_every_response_to_a_blind_annotator_is_independent_of_hidden_data(
    world, browser
):
    here = answers(world, browser)
    other_world(world)

    there = answers(world, browser)

    assert len(here) > 200
    assert [asked for asked in here if here[asked] != there[asked]] == []


def test_the_response_to_an_operation_is_independent_of_hidden_data(world, browser):
    own = world.assignment
    body = {
        "client": "0c9f1a52-7f0e-4a63-9a53-0d7c0c1f3a11",
        "operations": [
            {
                "id": "0c9f1a52-7f0e-4a63-9a53-0d7c0c1f3a12",
                "sequence": 1,
                "revision": 2,
                "runs": [[15, 19, 1]],
                "undoes": None,
                "suggestion_shown": True,
                "made_at": "2026-11-22T12:00:00Z",
            }
        ],
    }

    def send():
        path = f"/assignments/{own.pk}/operations/"
        data = json.dumps(body)
        return browser("POST", path, data=data, content_type="application/json")

    here = send()
    other_world(world)
    there = send()

    assert json.loads(here.body)["acknowledged"][0]["applied"] is True
    assert answer_to(here) == answer_to(there)
    own_labels = Label.objects.filter(assignment=own)
    assert set(own_labels.values_list("suggestion_shown")) == {(False,)}


def test_the_two_worlds_differ_for_users_who_may_see(world, browser):
    Assignment.objects.update(sees_scores=True, sees_others=True)
    here = answers(world, browser, methods=("GET",))
    other_world(world)

    there = answers(world, browser, methods=("GET",))

    own = f"/assignments/{world.assignment.pk}/"
    differing = {path for _, path in here if here["GET", path] != there["GET", path]}
    assert {own, f"{own}scores/", f"{own}others/"} <= differing


@pytest.fixture
def mixed(world):
    """A subset of alice's whose queue has gold clips and repeat clips."""
    session = world.assignment.clip.trial.session
    session.trials.update(excluded_because="")
    source = make_subset(session, start=0, stop=3, name=f"{HIDDEN} gold")
    for name in ("dan", "eve"):
        user = make_user(name)
        assign_subset(user=None, subset=source, annotators=[user])
        for each in assignments_for(user):
            label(each, (0, 3, 0))
    alice = world.people["alice"]
    subset = make_subset(session, start=36, stop=39, name="mixed")
    request = AssignmentRequest(
        annotators=[alice], gold_share=0.5, again_share=0.5, seed=1
    )
    assign_clips(user=None, subset=subset, request=request)
    own = assignments_for(alice).exclude(pk__in=world.known["assignment.pk"])
    world.known["assignment.pk"] += own.values_list("pk", flat=True)
    world.known["subset.pk"] += [source.pk, subset.pk]
    return subset


def without_tests(alice, mixed):
    """Make every clip of the queue an ordinary clip of that subset.

    Clips of another subset become clips of this one, which only alice labels.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE labeling_clip DISABLE TRIGGER USER")
        gold = Assignment.objects.filter(mixed_into=mixed).values("clip")
        Clip.objects.filter(pk__in=gold).update(subset=mixed)
        cursor.execute("ALTER TABLE labeling_clip ENABLE TRIGGER USER")
    Assignment.objects.filter(mixed_into=mixed).update(mixed_into=None)
    # First passes become second ones and the other way round.
    for old, new in ((1, 3), (2, 1), (3, 2)):
        own = Assignment.objects.filter(annotator=alice, pass_number=old)
        own.update(pass_number=new)


def test_nothing_reveals_gold_and_repeat_clips_to_an_annotator(world, browser, mixed):
    alice = world.people["alice"]
    assert alice.assignments.filter(mixed_into=mixed).exists()
    assert alice.assignments.filter(pass_number=2).exists()
    here = answers(world, browser)
    without_tests(alice, mixed)

    there = answers(world, browser)

    assert [asked for asked in here if here[asked] != there[asked]] == []
    sent = b"".join(body for *_, body in here.values()).lower()
    words = (b"gold", b"quality-check", b"repeat clip")
    assert [word for word in words if word in sent] == []
