"""Other annotators' labels: shown if the policy allows it, and first views recorded."""

from uuid import uuid4

import pytest

from labeling.domain.agreement.comparison import choice_of, compare, comparison_key
from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.assignments.others_labels import lanes_of_others, n_lanes
from labeling.domain.assignments.withdrawal import set_policy, withdraw
from labeling.domain.labels.operations import record_operations
from labeling.errors import LabelingError, NotFoundError
from labeling.models import Assignment
from tests.factories import label, make_draft, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def subset():
    return make_subset(make_session(n_frames=[100]))


@pytest.fixture
def own(subset):
    """Alice's clip of frames [10, 50), which ben and carl have labelled."""
    for name, runs in (("ben", [(10, 20, 0), (20, 25, 1)]), ("carl", [(12, 14, 2)])):
        assign_subset(user=None, subset=subset, annotators=[make_user(name)])
        label(Assignment.objects.get(annotator__username=name), *runs)
    alice = make_user("alice")
    assign_subset(user=None, subset=subset, annotators=[alice], sees_others=True)
    return assignments_for(alice).get()


def test_an_annotator_who_sees_others_gets_a_named_lane_for_each(own):
    lanes = lanes_of_others(own)

    assert [(lane.name, lane.labels) for lane in lanes] == [
        ("ben", [(10, 20, 0), (20, 25, 1)]),
        ("carl", [(12, 14, 2)]),
    ]
    assert n_lanes(own) == 2


def test_annotators_without_labels_and_oneself_have_no_lane(own, subset):
    assign_subset(user=None, subset=subset, annotators=[make_user("dan")])
    label(own, (10, 50, 0))

    assert [lane.name for lane in lanes_of_others(own)] == ["ben", "carl"]


def test_withdrawn_labels_and_the_later_of_two_passes_are_shown(own, subset):
    ben = Assignment.objects.get(annotator__username="ben")
    again = Assignment.objects.create(
        clip=ben.clip, annotator=ben.annotator, pass_number=2
    )
    label(again, (20, 22, 0))
    withdraw(user=None, subset=subset, annotator=ben.annotator)

    lane, _ = lanes_of_others(own)

    assert lane.labels == [(10, 22, 0), (22, 25, 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"sees_others": False},
        {"pass_number": 2},
        {"mixed_into": "another"},
    ],
)
def test_blind_clips_repeat_clips_and_gold_show_no_others(own, change):
    if "mixed_into" in change:
        other = make_session("other", n_frames=[100])
        change = {"mixed_into": make_subset(other, name="other")}
    Assignment.objects.filter(pk=own.pk).update(**change)
    own.refresh_from_db()

    assert n_lanes(own) is None
    with pytest.raises(NotFoundError):
        lanes_of_others(own)
    own.refresh_from_db()
    assert own.saw_others_at is None


def test_frames_labelled_blind_elsewhere_stay_blind_until_finished(own, subset):
    trial = own.clip.trial
    blind = make_subset(trial.session, start=45, stop=60, name="blind")
    assign_subset(user=None, subset=blind, annotators=[own.annotator])

    assert n_lanes(own) is None

    elsewhere = assignments_for(own.annotator).get(clip__subset=blind)
    label(elsewhere, (45, 60, 0))
    assert n_lanes(own) == 2


def test_the_first_view_of_others_labels_is_recorded(own):
    n_lanes(own)
    own.refresh_from_db()
    assert own.saw_others_at is None

    lanes_of_others(own)
    own.refresh_from_db()
    first = own.saw_others_at
    lanes_of_others(own)
    own.refresh_from_db()

    assert own.saw_others_at == first is not None


# In one transaction all operations are recorded at the same moment.
@pytest.mark.django_db(transaction=True)
def test_a_comparison_names_annotators_who_saw_others_labels(own, subset):
    choice = choice_of(subset)
    label(own, (10, 20, 0))
    before, key = notes(choice), comparison_key(choice)
    lanes_of_others(own)

    # Seen, but all labels were made before.
    assert comparison_key(choice) != key
    assert notes(choice) == before

    own.refresh_from_db()
    draft = make_draft((20, 50, 0), revision=own.revision)
    record_operations(assignment=own, client=uuid4(), drafts=[draft])
    assert notes(choice)[-1] == (
        "alice saw other annotators' labels while labelling 1 clip. Agreement on these "
        "clips is not independent."
    )


def notes(choice):
    return compare(choice).result["notes"]


def test_gold_and_repeat_clips_stay_blind(own, subset):
    alice = own.annotator
    set_policy(
        user=None, subset=subset, annotator=alice, sees_scores=False, sees_others=False
    )
    Assignment.objects.create(clip=own.clip, annotator=alice, pass_number=2)

    with pytest.raises(
        LabelingError, match="quality-check or repeat clips, which must be blind"
    ):
        set_policy(
            user=None,
            subset=subset,
            annotator=alice,
            sees_scores=False,
            sees_others=True,
        )
