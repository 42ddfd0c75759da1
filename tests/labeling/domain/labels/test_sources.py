"""What several annotators together say."""

import pytest

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.labels.sources import labels_by, majority_labels
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.errors import LabelingError
from labeling.models import Assignment
from tests.factories import label, make_session, make_subset, make_user, settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip():
    """A clip [0, 6) of a trial of 8 frames that three annotators label."""
    subset = make_subset(make_session(n_frames=[8]), start=0, stop=6)
    people = [make_user(name) for name in ("alice", "bob", "cleo")]
    assign_subset(user=None, subset=subset, annotators=people)
    return subset.clips.get()


def says(clip, username, drawn, *, pass_number=1):
    """Label frames as drawn: 1 touch, 0 not touch, 2 unsure, . nothing."""
    annotator = clip.assignments.get(annotator__username=username, pass_number=1)
    assignment, _ = Assignment.objects.get_or_create(
        clip=clip, annotator=annotator.annotator, pass_number=pass_number
    )
    runs = [(i, i + 1, int(c)) for i, c in enumerate(drawn) if c != "."]
    label(assignment, *runs)


def consensus_of(clip, source="majority"):
    (consensus,) = labels_by(source, [clip.subset])
    return "".join("." if v < 0 else str(v) for v in consensus.values)


def test_the_majority_decides_and_a_tie_stays_open(clip):
    says(clip, "alice", "110010")
    says(clip, "bob", "101010")
    says(clip, "cleo", "1...02")

    # frame 0: 3 to 0, 1: tie, 2: tie, 3: 0 to 2, 4: 2 to 1, 5: 0 to 2, 6, 7: no clip
    assert consensus_of(clip) == "1..010.."


def test_unsure_has_no_vote(clip):
    says(clip, "alice", "1202..")
    says(clip, "bob", "2210..")

    assert consensus_of(clip) == "1..0...."


def test_the_latest_pass_of_an_annotator_counts(clip):
    says(clip, "alice", "111111")
    says(clip, "alice", "000...", pass_number=2)

    assert consensus_of(clip) == "000111.."


def test_the_latest_assignment_of_the_same_pass_counts(clip):
    says(clip, "alice", "111111")
    trial, alice = clip.trial, clip.assignments.get(annotator__username="alice")
    second = create_subset(
        user=None,
        name="second",
        clips=[ClipDraft(trial=trial, start=0, stop=6, reason="random")],
    )
    assign_subset(user=None, subset=second, annotators=[alice.annotator])
    says(second.clips.get(), "alice", "00....")

    (consensus,) = majority_labels([clip.subset, second])

    assert consensus.values[:6].tolist() == [0, 0, 1, 1, 1, 1]


def test_who_labelled_is_named(clip):
    says(clip, "alice", "1.....")
    says(clip, "cleo", "1.....")

    (consensus,) = majority_labels([clip.subset])

    assert consensus.annotators == {"alice", "cleo"}


def test_no_labels_make_no_consensus(clip):
    assert majority_labels([clip.subset]) == []


def test_a_label_source_is_named(clip):
    says(clip, "alice", "11001.")
    says(clip, "bob", "10101.")
    says(clip, "cleo", "11.01.")

    assert consensus_of(clip, "majority") == "11.01..."
    assert consensus_of(clip, "unanimity") == "1..01..."
    assert consensus_of(clip, "annotator:bob") == "10101..."


def test_what_is_settled_holds_and_what_all_agree_on(clip):
    says(clip, "alice", "110011")
    says(clip, "bob", "101012")
    dana = make_user("dana", "adjudicator")

    assert consensus_of(clip, "settled") == "1..01..."
    settle(dana, clip.subset, 1, [0, 0])
    settle(dana, clip.subset, 5, [2])

    assert consensus_of(clip, "settled") == "10001..."
    (consensus,) = labels_by("settled", [clip.subset])
    assert consensus.annotators == {"alice", "bob", "dana"}


@pytest.mark.parametrize(
    ("source", "says_so"),
    [
        ("loudest", "Expected a label source of majority, unanimity, settled or"),
        ("annotator:dave", "Expected an annotator who labelled there, alice, found"),
    ],
)
def test_a_source_that_there_is_not_is_refused(clip, source, says_so):
    says(clip, "alice", "1.....")

    with pytest.raises(LabelingError, match=says_so):
        labels_by(source, [clip.subset])


def test_an_excluded_trial_teaches_nothing():
    session = make_session(n_frames=[200, 200])
    subset, alice = make_subset(session), make_user()
    assign_subset(user=None, subset=subset, annotators=[alice])
    for assignment in assignments_for(alice):
        label(assignment, (10, 20, 1))
    session.trials.filter(number=1).update(excluded_because="the mouse slept")

    assert [each.trial.number for each in majority_labels([subset])] == [2]
