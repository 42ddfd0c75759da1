"""What a blind annotator's browser receives depends on no score and on nobody's labels.

Two worlds that differ only in what is to be hidden must answer every path with the same
bytes, headers included: then no order, key, reason or cached answer gives them away.
"""

import json
import re

import numpy as np
import pytest
from django.db import connection
from django.urls import get_resolver

from labeling.domain.assignments import assign_subset, assignments_for
from labeling.domain.frames import block_digest
from labeling.domain.giving import Giving, give_clips
from labeling.domain.scores import save_scores
from labeling.domain.sessions import import_session
from labeling.domain.versions import publish_version
from labeling.models import (
    Assignment,
    Clip,
    Job,
    Label,
    ModelVersion,
    Scores,
    Session,
    Subset,
    User,
)
from tests.factories import label, make_subset, make_user, make_version

pytestmark = pytest.mark.django_db

# Random in each answer, or about the moment alone.
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")
MOMENTARY = {"Set-Cookie", "Expires"}


@pytest.fixture
def alice(real_file):
    """A blind annotator of every clip of a session that is scored, beside bob."""
    session = import_session(user=None, file=real_file)
    version = make_version()
    for trial in session.trials.all():
        zeros = np.zeros(trial.n_frames, dtype=np.float32)
        save_scores(trial=trial, version=version, scores=zeros)
    publish_version(session=session, version=version)
    subset = make_subset(session, start=5, stop=35)
    people = [make_user(), make_user("bob")]
    assign_subset(user=None, subset=subset, annotators=people)
    boss = make_user("carol", "admin")
    Job.objects.create(kind="score", title="Score", parameters={}, requested_by=boss)
    return people[0]


def other_world():
    """Change all that is hidden: every score, every reason, what others say."""
    for number, scores in enumerate(Scores.objects.order_by("pk")):
        values = np.random.default_rng(number).random(scores.n_frames, np.float32)
        Scores.objects.filter(pk=scores.pk).update(
            values=values.tobytes(), n_touches=number + 7
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE labeling_clip DISABLE TRIGGER USER")
        cursor.execute("UPDATE labeling_clip SET reason = 'uncertain ' || id")
        cursor.execute("ALTER TABLE labeling_clip ENABLE TRIGGER USER")
    for assignment in Assignment.objects.filter(annotator__username="bob"):
        label(assignment, (5, 20, 1), (20, 35, 2))
    Job.objects.update(log="trial 3: 812 touches", stage="scoring")


def paths(alice):
    """Every path of the product, for every object that there is."""
    digests = {a.pk: block_digest(a.clip) for a in Assignment.objects.all()}
    # Each object's own number, and one that nothing has.
    models = (Assignment, Clip, Job, ModelVersion, Session, Subset, User)
    pks = {pk for model in models for pk in model.objects.values_list("pk", flat=True)}
    pks |= {max(pks) + 1}
    for name in sorted(filter(None, known_names())):
        yield from filter(None, [reverse_or_none(name, [])])
        for pk in sorted(pks):
            for arguments in ([pk], [pk, digests.get(pk, "0" * 32)], [pk, alice.pk]):
                path = reverse_or_none(name, arguments)
                if path:
                    yield path


def known_names():
    return {key for key in get_resolver().reverse_dict if isinstance(key, str)} | {
        "admin:index",
        "admin:labeling_user_changelist",
    }


def reverse_or_none(name, arguments):
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return None


def answers(client, alice):
    return {path: answer_to(client, path) for path in paths(alice) if "out" not in path}


def answer_to(client, path):
    response = client.get(path, headers={"Accept-Encoding": "identity"})
    content = b"".join(response) if response.streaming else response.content
    headers = {k: v for k, v in response.items() if k not in MOMENTARY}
    return response.status_code, headers, TOKEN.sub(b"token", content)


def test_every_path_answers_a_blind_annotator_alike_whatever_is_hidden(client, alice):
    client.force_login(alice)
    label(assignments_for(alice).first(), (5, 10, 1), (10, 12, 0))
    here = answers(client, alice)
    other_world()

    there = answers(client, alice)

    found = {path for path, (status, *_) in here.items() if status == 200}
    own = assignments_for(alice).first()
    assert {f"/assignments/{own.pk}/", f"/assignments/{own.pk}/labels/"} <= found
    assert len(here) > 60
    assert [path for path in here if here[path] != there[path]] == []


def test_an_operation_is_answered_alike_whatever_is_hidden(client, alice):
    client.force_login(alice)
    own = assignments_for(alice).first()
    body = {
        "client": "0c9f1a52-7f0e-4a63-9a53-0d7c0c1f3a11",
        "operations": [
            {
                "id": "0c9f1a52-7f0e-4a63-9a53-0d7c0c1f3a12",
                "sequence": 1,
                "revision": 0,
                "runs": [[5, 9, 1]],
                "undoes": None,
                "suggestion_shown": True,
                "made_at": "2026-11-22T12:00:00Z",
            }
        ],
    }

    def send():
        path = f"/assignments/{own.pk}/operations/"
        return client.post(path, json.dumps(body), content_type="application/json")

    here = send()
    other_world()
    there = send()

    assert here.json()["acknowledged"][0]["applied"] is True
    assert here.content == there.content
    assert dict(here.items()) | {"Expires": ""} == dict(there.items()) | {"Expires": ""}
    assert set(
        Label.objects.filter(assignment=own).values_list("suggestion_shown")
    ) == {(False,)}


def test_the_two_worlds_do_differ_for_who_may_see(client, alice):
    Assignment.objects.update(sees_scores=True)
    client.force_login(alice)
    here = answers(client, alice)
    other_world()

    there = answers(client, alice)

    own = assignments_for(alice).first().pk
    differing = {path for path in here if here[path] != there[path]}
    assert {f"/assignments/{own}/", f"/assignments/{own}/scores/"} <= differing
    assert Clip.objects.filter(reason__startswith="uncertain").exists()


@pytest.fixture
def mixed(alice):
    """Alice's queue of two gold clips and second passes of her own."""
    settled = make_subset(Session.objects.get(), start=0, stop=3, name="settled")
    for name in ("dan", "eve"):
        user = make_user(name)
        assign_subset(user=None, subset=settled, annotators=[user])
        for each in assignments_for(user):
            label(each, (0, 3, 0))
    subset = make_subset(Session.objects.get(), start=36, stop=39, name="mixed")
    giving = Giving(annotators=[alice], gold_share=0.5, again_share=0.5, seed=1)
    give_clips(user=None, subset=subset, giving=giving)
    return subset


def without_tests(alice, mixed):
    """Say of every clip of the queue that it is an ordinary one of that subset.

    Clips of another subset become this one's, in which nobody labelled but her.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE labeling_clip DISABLE TRIGGER USER")
        gold = list(Assignment.objects.filter(mixed_into=mixed).values_list("clip"))
        for (clip,) in gold:
            cursor.execute(
                "UPDATE labeling_clip SET subset_id = %s WHERE id = %s",
                [mixed.pk, clip],
            )
        cursor.execute("ALTER TABLE labeling_clip ENABLE TRIGGER USER")
    Assignment.objects.filter(mixed_into=mixed).update(mixed_into=None)
    # First passes become second ones and the other way round.
    Assignment.objects.filter(annotator=alice, pass_number=1).update(pass_number=3)
    Assignment.objects.filter(annotator=alice, pass_number=2).update(pass_number=1)
    Assignment.objects.filter(annotator=alice, pass_number=3).update(pass_number=2)


def test_nothing_tells_an_annotator_of_gold_and_second_passes(client, alice, mixed):
    kinds = Assignment.objects.filter(annotator=alice)
    assert kinds.filter(mixed_into=mixed).exists()
    assert kinds.filter(pass_number=2).exists()
    client.force_login(alice)
    here = answers(client, alice)
    without_tests(alice, mixed)

    there = answers(client, alice)

    assert len([path for path, (status, *_) in here.items() if status == 200]) > 40
    assert [path for path in here if here[path] != there[path]] == []
    assert b"settled" not in b"".join(content for *_, content in here.values())
