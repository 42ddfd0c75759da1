"""Concurrent writers: each test uses two connections of its own."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from labeling.domain.accounts.administration import change_account, deactivate
from labeling.domain.accounts.invitations import accept_invitation, invite
from labeling.domain.labels.decisions import current_decisions, decision_log
from labeling.domain.labels.operations import (
    label_values,
    record_operations,
    replayed_values,
)
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment, Operation, Subset, Trial, User
from models_ml.arrays import UNLABELLED
from tests.factories import (
    PASSWORD,
    decide,
    make_assignment,
    make_draft,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions):
    """Start all actions together; return what each returns or raises."""
    together = Barrier(len(actions))

    def run(action):
        together.wait()
        try:
            return action()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_two_clients_of_one_assignment_write_one_log_without_gaps():
    assignment = make_assignment(start=0, stop=40)

    def client(frames):
        name = uuid4()

        def label_frames():
            for sequence, frame in enumerate(frames, start=1):
                current = Assignment.objects.get(pk=assignment.pk)
                draft = make_draft(
                    (frame, frame + 1, 1), sequence=sequence, revision=current.revision
                )
                record_operations(assignment=current, client=name, drafts=[draft])

        return label_frames

    ended = at_once(client(range(20)), client(range(20, 40)))

    revisions = Operation.objects.values_list("revision", flat=True)
    assert ended == [None, None]
    assert sorted(revisions) == list(range(1, 41))
    assert (label_values(assignment) != UNLABELLED).all()
    assert label_values(assignment).tolist() == replayed_values(assignment).tolist()


def test_the_same_batch_sent_twice_at_once_is_recorded_once():
    assignment, client = make_assignment(), uuid4()
    draft = make_draft((10, 20, 1))

    def send():
        receipt = record_operations(
            assignment=assignment, client=client, drafts=[draft]
        )
        return receipt.revision

    assert at_once(send, send) == [1, 1]
    assert Operation.objects.count() == 1


def test_two_subsets_of_one_session_at_once_draw_roles_by_their_shares():
    session = make_session(n_frames=[50, 50])
    first, second = session.trials.all()

    def choose(name, trial):
        clip = ClipDraft(trial=trial, start=0, stop=50, reason="random")
        return lambda: create_subset(user=None, name=name, clips=[clip]).name

    ended = at_once(choose("one", first), choose("two", second))

    assert ended == ["one", "two"]
    assert sorted(Trial.objects.values_list("role", flat=True)) == [
        "held_out", "train",
    ]  # fmt: skip


def test_of_two_subsets_with_one_name_at_once_one_is_created():
    session = make_session(n_frames=[50, 50])
    first, second = session.trials.all()

    def choose(trial):
        clip = ClipDraft(trial=trial, start=0, stop=50, reason="random")
        return lambda: create_subset(user=None, name="same", clips=[clip])

    ended = at_once(choose(first), choose(second))

    assert Subset.objects.count() == 1
    assert [type(each) for each in ended if isinstance(each, Exception)] == [
        LabelingError
    ]


def test_of_two_adjudicators_on_one_stretch_the_second_learns_of_the_first():
    subset = make_assignment(start=0, stop=40).clip.subset
    people = [make_user(name, "adjudicator") for name in ("dana", "eve")]

    outcomes = at_once(*(partial(decide, user, subset, 10, [1, 0]) for user in people))

    log = decision_log(subset)
    assert [(each.revision, each.applied) for each in log] == [(1, True), (2, False)]
    first = log[0].adjudicator.username
    assert sorted(each.error for each in outcomes) == [
        "",
        f"{first} decided these frames before your decision arrived. Their decision "
        "holds; yours is in the log. Decide again to change it.",
    ]


def test_of_two_admins_who_deactivate_each_other_one_stays():
    dana, erin = make_user("dana", "admin"), make_user("erin", "admin")

    results = at_once(
        lambda: deactivate(user=dana, account=erin),
        lambda: change_account(user=erin, account=dana, role="viewer"),
    )

    (error,) = [each for each in results if isinstance(each, Exception)]
    assert isinstance(error, LabelingError)
    assert User.objects.filter(role="admin", is_active=True).count() == 1


def test_a_link_that_two_people_use_at_once_creates_one_account():
    link = invite(user=make_user("dana", "admin"), role="viewer")

    def accept(username):
        accept_invitation(token=link.token, username=username, password=PASSWORD)

    results = at_once(partial(accept, "ada"), partial(accept, "ben"))

    (error,) = [each for each in results if each is not None]
    assert isinstance(error, NotFoundError)
    assert User.objects.count() == 2


def test_two_adjudicators_on_one_clip_lose_no_decision():
    subset = make_assignment(start=0, stop=40).clip.subset
    people = [make_user(name, "adjudicator") for name in ("dana", "eve")]

    def answer_everywhere(user, value, places):
        # Each answers as a page does that has seen nothing of the other's.
        client = uuid4()
        return [
            decide(user, subset, start, [value] * 2, client=client) for start in places
        ]

    both = at_once(
        partial(answer_everywhere, people[0], 0, range(0, 30, 3)),
        partial(answer_everywhere, people[1], 1, reversed(range(0, 30, 3))),
    )

    log = list(decision_log(subset))
    assert [each.revision for each in log] == list(range(1, 21))
    assert {(each.adjudicator_id, each.start) for each in log} == {
        (user.pk, start) for user in people for start in range(0, 30, 3)
    }
    current = {each.start: each for each in current_decisions([subset])}
    overtaken = {
        outcome.decision.start: outcome
        for of in both
        for outcome in of
        if outcome.error
    }
    # On every stretch one decision holds; the author of the other one learns whose.
    assert set(current) == set(overtaken) == set(range(0, 30, 3))
    for start, outcome in overtaken.items():
        first = current[start].adjudicator
        assert first != outcome.decision.adjudicator
        assert outcome.error.startswith(f"{first.username} decided these frames before")
