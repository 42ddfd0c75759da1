"""Annotators week by week: the comparison finds the drift that the labels have."""

from datetime import UTC, datetime, timedelta

import pytest

from labeling.domain.agreement.access import sees_all_annotators
from labeling.domain.agreement.weekly_comparison import (
    compare_weeks,
    request_weeks,
    shown_weeks,
    stored_weeks,
    weeks_key,
)
from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.jobs.attempts import start_job
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.errors import NotAllowedError
from labeling.jobs import work_off
from labeling.models import Assignment, Job
from tests.factories import decide, label, make_session, make_subset, make_user

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOUCH = (20, 30)


@pytest.fixture
def lab():
    """Two subsets of two trials each, to label in two weeks."""
    session = make_session("monday", n_frames=[60] * 4)
    trials = list(session.trials.all())
    return [
        create_subset(
            user=None,
            name=name,
            clips=[ClipDraft(trial=t, start=10, stop=50, reason="r") for t in of],
        )
        for name, of in (("early", trials[:2]), ("late", trials[2:]))
    ]


def label_subset(subset, annotator, *touches, week, pass_number=1):
    """Label every clip in a week as an annotator, an operation every 10 s."""
    for minute, clip in enumerate(subset.clips.all()):
        assignment = Assignment.objects.create(
            clip=clip, annotator=annotator, pass_number=pass_number
        )
        began = MONDAY + timedelta(weeks=week, minutes=minute)
        label(assignment, (10, 50, 0), made_at=began)
        for run in touches:
            label(assignment, (*run, 1), made_at=began + timedelta(seconds=10))


@pytest.fixture
def people(lab):
    """Three annotators; only in the second week, ben labels onsets 3 ms late."""
    ada, ben, cleo = (make_user(name) for name in ("ada", "ben", "cleo"))
    for week, subset in enumerate(lab):
        label_subset(subset, ada, TOUCH, week=week)
        label_subset(subset, ben, (20 + 3 * week, 30), week=week)
        label_subset(subset, cleo, TOUCH, week=week)
    return ada, ben, cleo


def rows_of(result, annotator):
    return [row for row in result["rows"] if row["annotator"] == annotator.pk]


def values(rows, against, figure):
    return [row[against] and row[against][figure]["value"] for row in rows]


def test_an_annotator_who_drifts_is_found_week_by_week(lab, people):
    ada, ben, _ = people

    result = compare_weeks().result

    assert [each["name"] for each in result["annotators"]] == ["ada", "ben", "cleo"]
    late = rows_of(result, ben)
    assert [row["week"] for row in late] == [202645, 202646]
    assert values(late, "others", "onset") == [0, 3]
    assert values(late, "others", "f1") == [1, 2 * 7 / (7 + 10)]
    assert values(late, "others", "edge") == [0, 1]
    # Ada is compared with ben and cleo: frames on which they differ do not count.
    assert values(rows_of(result, ada), "others", "f1") == [1, 1]
    assert late[1]["others"]["f1"]["n"] == 80
    assert late[1]["others"]["f1"]["n_trials"] == 2


def test_a_row_has_the_work_besides_the_agreement(lab, people):
    ada, *_ = people

    first, second = rows_of(compare_weeks().result, ada)

    assert (first["active_seconds"], first["frames"], first["touches"]) == (20, 80, 2)
    assert second["active_seconds"] == 20


def test_there_are_no_adjudicated_labels_without_decisions(lab, people):
    _, ben, _ = people
    assert values(rows_of(compare_weeks().result, ben), "settled", "f1") == [None] * 2
    dana = make_user("dana", "adjudicator")
    for revision, clip in enumerate(lab[1].clips.all()):
        decide(dana, lab[1], 20, [1] * 3, trial=clip.trial_id, revision=revision)

    rows = rows_of(compare_weeks().result, ben)

    # Dana adjudicated only clips of the second week.
    assert values(rows, "settled", "onset") == [None, 3]
    assert values(rows, "settled", "f1") == [None, 2 * 7 / (7 + 10)]


def test_adjudicated_labels_do_not_include_the_annotators_own_vote(lab, people):
    ada, ben, _ = people
    dana = make_user("dana", "adjudicator")
    clip = lab[1].clips.first()
    decide(dana, lab[1], 20, [0] * 3, trial=clip.trial_id)

    result = compare_weeks().result

    # In the trial without a decision, ada and cleo agree against ben. For ada, ben and
    # cleo differ, so their frames stay open.
    ben_row, ada_row = (rows_of(result, who)[1]["settled"] for who in (ben, ada))
    assert ben_row["edge"]["value"] == 1 / 2
    assert ada_row["edge"]["value"] == 1 / 2
    assert (ben_row["f1"]["n"], ada_row["f1"]["n"]) == (80, 77)


def test_a_second_pass_is_compared_with_the_first_in_its_own_week(lab, people):
    _, ben, _ = people
    label_subset(lab[0], ben, (22, 30), week=2, pass_number=2)

    result = compare_weeks().result

    rows = rows_of(result, ben)
    assert [row["week"] for row in rows] == [202645, 202646, 202647]
    assert values(rows, "again", "onset") == [None, None, 2]
    assert values(rows, "others", "onset") == [0, 3, None]
    assert rows[2]["frames"] == 80


def test_an_adjudicated_clip_counts_in_the_week_of_the_later_pass(lab, people):
    _, ben, _ = people
    dana = make_user("dana", "adjudicator")
    decide(dana, lab[0], 40, [0], trial=lab[0].clips.first().trial_id)
    label_subset(lab[0], ben, (21, 30), week=2, pass_number=2)

    rows = rows_of(compare_weeks().result, ben)

    assert values(rows, "settled", "onset") == [None, None, 1]


def test_a_quality_check_is_compared_with_adjudicated_labels(lab, people):
    ada, *_ = people
    zoe = make_user("zoe")
    label_subset(lab[1], zoe, TOUCH, week=3)
    key = weeks_key()
    for clip in lab[0].clips.all():
        test = Assignment.objects.create(clip=clip, annotator=zoe, mixed_into=lab[1])
        label(test, (10, 50, 0), made_at=MONDAY + timedelta(weeks=4))
        label(test, (24, 30, 1), made_at=MONDAY + timedelta(weeks=4, seconds=9))

    result = compare_weeks().result

    # All others agree in these clips: they need no decision.
    assert weeks_key() != key
    own, tested = rows_of(result, zoe)
    assert (own["settled"], tested["others"]) == (None, None)
    assert tested["settled"]["onset"]["value"] == 4
    assert tested["frames"] == 80
    assert values(rows_of(result, ada), "others", "f1") == [1, 1]


def test_the_weeks_are_current_until_a_label_or_a_decision_changes(lab, people):
    first, again = compare_weeks(), compare_weeks()
    assert (again.pk, again.made_at) == (first.pk, first.made_at)

    label(Assignment.objects.first(), (10, 11, 1), made_at=MONDAY)
    assert stored_weeks().key != weeks_key()
    renewed = compare_weeks()
    assert (renewed.pk, renewed.key) == (1, weeks_key())

    decide(make_user("dana", "adjudicator"), lab[0], 20, [1])
    assert stored_weeks().key != weeks_key()


def test_many_labels_are_compared_by_a_job(lab, people, monkeypatch):
    monkeypatch.setattr("labeling.domain.agreement.comparison.QUICK_LABELS_MAX", 10)
    dana = make_user("dana", "admin")
    assert shown_weeks(dana).result is None

    job = request_weeks(dana)
    assert (request_weeks(dana), shown_weeks(dana).job) == (job, job)
    work_off(start_job(job_id=job.pk))

    shown = shown_weeks(dana)
    assert (Job.objects.get().state, shown.is_current, shown.job) == (
        "done",
        True,
        None,
    )
    assert len(shown.result["rows"]) == 6
    with pytest.raises(NotAllowedError):
        request_weeks(make_user("vera", "viewer"))


def test_an_annotator_sees_the_own_work_without_agreement(lab, people):
    ada, *_ = people
    decide(make_user("dana", "adjudicator"), lab[0], 20, [1])
    compare_weeks()

    shown = shown_weeks(ada)

    assert not shown.all_annotators
    assert shown.result["annotators"] == [{"pk": ada.pk, "name": "ada"}]
    assert {row["annotator"] for row in shown.result["rows"]} == {ada.pk}
    assert [
        row[against]
        for row in shown.result["rows"]
        for against in ("others", "settled", "again")
    ] == [None] * 6


@pytest.mark.parametrize("role", ["admin", "adjudicator"])
def test_a_user_who_labels_blind_sees_only_the_own_work(lab, people, role):
    dana = make_user("dana", role)
    assert sees_all_annotators(dana)
    elsewhere = make_subset(make_session("tuesday"), name="elsewhere")

    assign_subset(user=None, subset=elsewhere, annotators=[dana])

    assert not shown_weeks(dana).all_annotators
    assert shown_weeks(dana).result["rows"] == []
    for assignment in dana.assignments.all():
        label(assignment, (10, 50, 0))
    assert shown_weeks(dana).all_annotators


def test_a_lab_without_labels_has_no_weeks():
    shown = shown_weeks(make_user("vera", "viewer"))

    assert (shown.result["rows"], shown.result["annotators"]) == ([], [])
