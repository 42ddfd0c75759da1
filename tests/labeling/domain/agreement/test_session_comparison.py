"""The comparison of a session: all its subsets together."""

import pytest

from labeling.domain.agreement.access import (
    comparable_session_for,
    comparable_subset_for,
)
from labeling.domain.agreement.comparison import (
    choice_of,
    compare,
    comparison_key,
    request_comparison,
    stored_comparison,
)
from labeling.domain.agreement.contrasts import ContrastKey
from labeling.domain.agreement.scope import Scope
from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.jobs.attempts import start_job
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.errors import NotAllowedError, NotFoundError
from labeling.jobs import work_off
from labeling.models import Assignment, Comparison, Job
from labeling.pages.comparison.cells import Cell, CellMeasure
from labeling.pages.comparison.touches import touches_behind, windows_around
from tests.factories import decide, label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return make_session("monday")


def subset_of(session, name, start, stop, n_trials=2):
    clips = [
        ClipDraft(trial=trial, start=start, stop=stop, reason="r")
        for trial in session.trials.all()[:n_trials]
    ]
    return create_subset(user=None, name=name, clips=clips)


def label_subset(subset, annotator, *touches):
    """Label every clip of a subset as an annotator."""
    for clip in subset.clips.all():
        assignment = Assignment.objects.create(clip=clip, annotator=annotator)
        label(assignment, (clip.start, clip.stop, 0))
        for run in touches:
            label(assignment, (*run, 1))


@pytest.fixture
def people(session):
    """Ada and ben, who differ by 3 frames in one subset and by a touch in the other."""
    ada, ben = make_user("ada"), make_user("ben")
    early, late = (
        subset_of(session, "early", 0, 50),
        subset_of(session, "late", 80, 120),
    )
    label_subset(early, ada, (10, 20))
    label_subset(early, ben, (13, 20))
    label_subset(late, ada, (90, 100))
    label_subset(late, ben)
    return ada, ben


def test_all_subsets_of_a_session_are_compared_together(session, people):
    ada, ben = people
    elsewhere = make_subset(make_session("tuesday"), name="elsewhere")
    label_subset(elsewhere, ada, (20, 30))
    label_subset(elsewhere, ben)

    result = compare(choice_of(session)).result

    errors = result["contrasts"][f"a{ada.pk}-a{ben.pk}"]
    assert (result["n_frames"], result["n_trials"]) == (180, 2)
    assert (errors["counts"]["deduct"], errors["counts"]["miss"]) == (2, 2)
    assert errors["n_touches"] == 4
    early, late = (
        compare(choice_of(subset)).result["contrasts"][f"a{ada.pk}-a{ben.pk}"]
        for subset in Scope(session).subsets[::-1]
    )
    assert errors["n_touches"] == early["n_touches"] + late["n_touches"]


def test_a_session_without_subsets_has_reasons_instead_of_figures(session):
    result = compare(choice_of(session)).result

    assert result["annotators"] == []
    assert result["group"]["alpha"]["why"] == (
        "Agreement needs two raters; there is none."
    )


def test_the_later_assignment_counts_for_a_frame_in_two_subsets(session):
    ada, ben = make_user("ada"), make_user("ben")
    for name, touch in (("first", (10, 20)), ("again", (12, 20))):
        subset = subset_of(session, name, 0, 30, n_trials=1)
        label_subset(subset, ada, touch)
        label_subset(subset, ben, (10, 20))
    stored = compare(choice_of(session))

    contrast, trial = ContrastKey.of_pair(ben.pk, ada.pk), session.trials.first()

    (row,) = touches_behind(stored, Cell(contrast, CellMeasure("deduct")))
    (window,) = windows_around(choice_of(session), contrast, row, trial)

    assert (row.onset, row.offset, stored.result["n_frames"]) == (10, 12, 30)
    lane = next(lane for lane in window.lanes if lane.name == "ada")
    assert [
        frame
        for frame, label in zip(window.frames, lane.labels, strict=True)
        if label == "touch"
    ] == list(range(12, 20))


def test_it_is_stored_beside_those_of_subsets_until_a_label_changes(session, people):
    choice, subset = choice_of(session), Scope(session).subsets[0]
    compare(choice_of(subset))
    first, again = compare(choice), compare(choice)
    assert (again.pk, again.made_at) == (first.pk, first.made_at)

    label(Assignment.objects.filter(clip__subset=subset).first(), (90, 91, 0))

    assert stored_comparison(choice).key != comparison_key(choice)
    assert compare(choice).pk == first.pk
    assert Comparison.objects.count() == 2


def test_adjudicated_labels_come_from_the_decisions_in_all_subsets(session, people):
    dana = make_user("dana", "adjudicator")
    late, early = Scope(session).subsets
    choice = choice_of(session, consensus="settled")
    before = comparison_key(choice)
    for subset, start, values in ((early, 10, [1] * 3), (late, 90, [0] * 10)):
        decide(dana, subset, start, values)

    result = compare(choice).result

    ada, ben = people
    assert comparison_key(choice) != before
    of_ada, of_ben = (result["contrasts"][f"o{p.pk}-a{p.pk}"] for p in (ada, ben))
    # Decided in the first trial only: ada has a ghost, ben a late onset.
    assert (of_ada["counts"]["ghost"], of_ben["counts"]["deduct"]) == (2, 2)
    assert of_ada["counts"]["append"] == 1


def test_a_comparison_of_many_labels_is_a_job(session, people):
    dana, choice = make_user("dana", "admin"), choice_of(session)
    first, second = (request_comparison(user=dana, choice=choice) for _ in range(2))
    of_subset = request_comparison(
        user=dana, choice=choice_of(Scope(session).subsets[0])
    )
    assert first == second != of_subset

    work_off(start_job(job_id=first.pk))

    assert Job.objects.get(pk=first.pk).result == {"session": session.pk}
    assert stored_comparison(choice).key == comparison_key(choice)


def test_only_users_who_see_everything_see_it(session, people):
    ada, _ = people
    with pytest.raises(NotFoundError):
        comparable_session_for(ada, session.pk)
    assert comparable_session_for(make_user("vera", "viewer"), session.pk) == session


def test_a_user_who_labels_blind_sees_no_comparison_of_the_same_frames(session, people):
    dana = make_user("dana", "adjudicator")
    late, early = Scope(session).subsets
    third = subset_of(session, "third", 45, 60)

    assign_subset(user=None, subset=third, annotators=[dana])

    for getter, of in (
        (comparable_session_for, session),
        (comparable_subset_for, third),
        (comparable_subset_for, early),
    ):
        with pytest.raises(NotAllowedError):
            getter(dana, of.pk)
    assert comparable_subset_for(dana, late.pk) == late
    for assignment in dana.assignments.all():
        label(assignment, (45, 60, 0))
    assert comparable_session_for(dana, session.pk) == session
