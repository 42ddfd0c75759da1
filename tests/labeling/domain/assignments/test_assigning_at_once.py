"""Admins and annotators at the same time: each test uses two connections of its own."""

from functools import partial
from uuid import uuid4

import pytest

from labeling.domain.assignments.assigning import (
    AssignmentRequest,
    assign_clips,
    assignment_sentence,
)
from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.assignments.returns import answer_return, return_clip
from labeling.domain.assignments.withdrawal import withdraw
from labeling.domain.labels.operations import (
    label_values,
    record_operations,
    replayed_values,
)
from labeling.domain.subsets.curation import ClipDraft, add_clips
from labeling.errors import LabelingError
from labeling.models import Assignment, ClipReturn, Label, Operation
from models_ml.arrays import UNLABELLED
from tests.factories import label, make_draft, make_session, make_subset, make_user
from tests.labeling.domain.labels.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)
N_CLIPS = 12


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cleo")]


@pytest.fixture
def subset():
    return make_subset(make_session(n_frames=[100] * N_CLIPS))


def test_two_admins_who_assign_the_same_clips_assign_each_once(subset, people):
    def assign(seed):
        request = AssignmentRequest(annotators=people, each_to=2, seed=seed)
        return assignment_sentence(
            assign_clips(user=None, subset=subset, request=request)
        )

    sentences = at_once(partial(assign, 1), partial(assign, 2))

    assert all(clip.assignments.count() == 2 for clip in subset.clips.all())
    nothing = [each for each in sentences if each.startswith("No clips assigned: ")]
    assert (len(sentences), len(nothing)) == (2, 1)


def agreed_subset(session, name, *, start):
    """Make a subset of clips on which two annotators agree."""
    subset = make_subset(session, start=start, stop=start + 10, name=name)
    annotators = [make_user(f"{person} {name}") for person in ("dan", "eve")]
    assign_subset(user=None, subset=subset, annotators=annotators)
    for each in Assignment.objects.filter(clip__subset=subset):
        label(each, (start, start + 10, 0))
    return subset


def test_two_admins_who_mix_in_the_same_gold_both_assign(people):
    """One pool of gold, two subsets: no annotator gets a gold clip twice."""
    session = make_session(n_frames=[100] * 8)
    agreed_subset(session, "settled", start=80)
    queues = [
        make_subset(session, start=start, stop=start + 10, name=f"from {start}")
        for start in (10, 30)
    ]

    def assign(subset, seed):
        request = AssignmentRequest(annotators=people, gold_share=0.5, seed=seed)
        return assign_clips(user=None, subset=subset, request=request)

    for _ in range(3):
        ended = at_once(partial(assign, queues[0], 1), partial(assign, queues[1], 1))
        assert [each for each in ended if isinstance(each, Exception)] == []

    tests = Assignment.objects.exclude(mixed_into=None)
    pairs = list(tests.values_list("clip", "annotator"))
    assert len(pairs) == len(set(pairs)) == 2 * 4 * len(people)


def test_gold_that_is_assigned_in_the_meantime_is_assigned_once(people):
    session = make_session(n_frames=[100] * 8)
    source = agreed_subset(session, "settled", start=80)
    queue = make_subset(session, start=10, stop=20, name="queue")
    mixed = AssignmentRequest(annotators=people, gold_share=0.5)

    ended = at_once(
        lambda: assign_clips(user=None, subset=queue, request=mixed),
        lambda: assign_subset(user=None, subset=source, annotators=people),
    )

    assert [each for each in ended if isinstance(each, Exception)] == []
    own = Assignment.objects.filter(annotator__in=people, mixed_into=None)
    assert own.filter(clip__subset=source).count() == 8 * len(people)


def test_a_clip_added_while_a_subset_is_assigned_is_in_it_or_refused(subset, people):
    trial = subset.clips.first().trial
    clips = [ClipDraft(trial=trial, start=60, stop=70, reason="by hand")]

    ended = at_once(
        lambda: add_clips(user=None, subset=subset, clips=clips),
        lambda: assign_subset(user=None, subset=subset, annotators=people[:1]),
    )

    n_clips = subset.clips.count()
    assert Assignment.objects.count() == n_clips
    assert isinstance(ended[0], LabelingError) == (n_clips == N_CLIPS)


def test_clips_withdrawn_while_their_annotator_labels_lose_nothing(subset, people):
    """Ada finishes clip after clip while her unfinished clips are reassigned to ben."""
    ada, ben, _ = people
    assign_subset(user=None, subset=subset, annotators=[ada])
    own = list(assignments_for(ada))

    def finish():
        for assignment in own:
            for frame in range(10, 50, 10):
                current = Assignment.objects.get(pk=assignment.pk)
                draft = make_draft((frame, frame + 10, 1), revision=current.revision)
                receipt = record_operations(
                    assignment=current, client=uuid4(), drafts=[draft]
                )
                if receipt.withdrawn:
                    break

    def take():
        while Label.objects.count() < 3 * 40:
            pass
        return withdraw(user=None, subset=subset, annotator=ada, takers=[ben])

    _, done = at_once(finish, take)

    withdrawn = Assignment.objects.filter(annotator=ada, withdrawn_at__isnull=False)
    active = Assignment.objects.active().filter(annotator=ada)
    assert done.n_withdrawn == withdrawn.count() > 0
    assert all((label_values(each) != UNLABELLED).all() for each in active)
    ben_has = set(assignments_for(ben).values_list("clip", flat=True))
    assert ben_has == set(withdrawn.values_list("clip", flat=True))
    for each in own:
        assert label_values(each).tolist() == replayed_values(each).tolist()
    assert Operation.objects.count() * 10 == Label.objects.count()


def test_two_admins_who_withdraw_from_one_annotator_reassign_once(subset, people):
    ada, ben, cleo = people
    assign_subset(user=None, subset=subset, annotators=[ada])

    def take(taker):
        return withdraw(user=None, subset=subset, annotator=ada, takers=[taker])

    done = at_once(partial(take, ben), partial(take, cleo))

    assert sorted(each.n_withdrawn for each in done) == [0, N_CLIPS]
    assert Assignment.objects.active().count() == N_CLIPS


def test_of_two_admins_who_answer_a_return_one_is_refused(subset, people):
    ada, ben, cleo = people
    assign_subset(user=None, subset=subset, annotators=[ada])
    returned = return_clip(assignment=assignments_for(ada)[0], note="blurred")

    def answer(taker):
        return answer_return(
            user=None,
            subset=subset,
            pk=returned.pk,
            answer=ClipReturn.Answer.REASSIGNED,
            taker=taker,
        )

    ended = at_once(partial(answer, ben), partial(answer, cleo))

    assert sum(isinstance(each, LabelingError) for each in ended) == 1
    assert assignments_for(ben).count() + assignments_for(cleo).count() == 1
