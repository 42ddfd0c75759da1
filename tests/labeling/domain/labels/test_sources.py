"""The consensus of several annotators."""

import pytest

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.labels.sources import (
    ADJUDICATED,
    MAJORITY,
    ConsensusRule,
    LabelSource,
    source_labels,
)
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.errors import LabelingError
from labeling.models import Assignment
from tests.factories import decide, label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip():
    """A clip [0, 6) of a trial of 8 frames that three annotators label."""
    subset = make_subset(make_session(n_frames=[8]), start=0, stop=6)
    people = [make_user(name) for name in ("alice", "bob", "cleo")]
    assign_subset(user=None, subset=subset, annotators=people)
    return subset.clips.get()


def add_labels(clip, username, drawn, *, pass_number=1):
    """Label frames as drawn: 1 touch, 0 not touch, 2 unsure, . unlabelled."""
    annotator = clip.assignments.get(annotator__username=username, pass_number=1)
    assignment, _ = Assignment.objects.get_or_create(
        clip=clip, annotator=annotator.annotator, pass_number=pass_number
    )
    runs = [(i, i + 1, int(c)) for i, c in enumerate(drawn) if c != "."]
    label(assignment, *runs)


def drawn_labels(clip, source="majority"):
    (consensus,) = source_labels(LabelSource.parse(source), [clip.subset])
    return "".join("." if v < 0 else str(v) for v in consensus.values)


def test_the_majority_decides_and_a_tie_stays_open(clip):
    add_labels(clip, "alice", "110010")
    add_labels(clip, "bob", "101010")
    add_labels(clip, "cleo", "1...02")

    # frame 0: 3 to 0, 1: tie, 2: tie, 3: 0 to 2, 4: 2 to 1, 5: 0 to 2, 6, 7: no clip
    assert drawn_labels(clip) == "1..010.."


def test_unsure_does_not_count(clip):
    add_labels(clip, "alice", "1202..")
    add_labels(clip, "bob", "2210..")

    assert drawn_labels(clip) == "1..0...."


def test_the_latest_pass_of_an_annotator_counts(clip):
    add_labels(clip, "alice", "111111")
    add_labels(clip, "alice", "000...", pass_number=2)

    assert drawn_labels(clip) == "000111.."


def test_the_latest_assignment_of_the_same_pass_counts(clip):
    add_labels(clip, "alice", "111111")
    trial, alice = clip.trial, clip.assignments.get(annotator__username="alice")
    second = create_subset(
        user=None,
        name="second",
        clips=[ClipDraft(trial=trial, start=0, stop=6, reason="random")],
    )
    assign_subset(user=None, subset=second, annotators=[alice.annotator])
    add_labels(second.clips.get(), "alice", "00....")

    (consensus,) = source_labels(MAJORITY, [clip.subset, second])

    assert consensus.values[:6].tolist() == [0, 0, 1, 1, 1, 1]


def test_who_labelled_is_named(clip):
    add_labels(clip, "alice", "1.....")
    add_labels(clip, "cleo", "1.....")

    (consensus,) = source_labels(MAJORITY, [clip.subset])

    assert consensus.annotators == {"alice", "cleo"}


def test_no_labels_make_no_consensus(clip):
    assert source_labels(MAJORITY, [clip.subset]) == []


def test_each_source_yields_its_labels(clip):
    add_labels(clip, "alice", "11001.")
    add_labels(clip, "bob", "10101.")
    add_labels(clip, "cleo", "11.01.")

    assert drawn_labels(clip, "majority") == "11.01..."
    assert drawn_labels(clip, "unanimity") == "1..01..."
    assert drawn_labels(clip, "annotator:bob") == "10101..."


def test_adjudicated_labels_are_decisions_and_unanimous_labels(clip):
    add_labels(clip, "alice", "110011")
    add_labels(clip, "bob", "101012")
    dana = make_user("dana", "adjudicator")

    assert drawn_labels(clip, "settled") == "1..01..."
    decide(dana, clip.subset, 1, [0, 0])
    decide(dana, clip.subset, 5, [2])

    assert drawn_labels(clip, "settled") == "10001..."
    (consensus,) = source_labels(ADJUDICATED, [clip.subset])
    assert consensus.annotators == {"alice", "bob", "dana"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("loudest", "no label source 'loudest'. Choose one of majority, unanimity, se"),
        ("annotator:dave", "'dave' has no labels in these subsets. .* who have: alice"),
    ],
)
def test_an_unknown_source_is_refused(clip, source, message):
    add_labels(clip, "alice", "1.....")

    with pytest.raises(LabelingError, match=message):
        source_labels(LabelSource.parse(source), [clip.subset])


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("majority", LabelSource(ConsensusRule.MAJORITY)),
        ("unanimity", LabelSource(ConsensusRule.UNANIMITY)),
        ("settled", LabelSource(ConsensusRule.ADJUDICATED)),
        ("annotator:eve:x", LabelSource(annotator="eve:x")),
    ],
)
def test_a_source_survives_the_way_through_its_text(text, source):
    assert LabelSource.parse(text) == source
    assert str(source) == text


def test_an_excluded_trial_has_no_labels():
    session = make_session(n_frames=[200, 200])
    subset, alice = make_subset(session), make_user()
    assign_subset(user=None, subset=subset, annotators=[alice])
    for assignment in assignments_for(alice):
        label(assignment, (10, 20, 1))
    session.trials.filter(number=1).update(excluded_because="the mouse slept")

    assert [each.trial.number for each in source_labels(MAJORITY, [subset])] == [2]
