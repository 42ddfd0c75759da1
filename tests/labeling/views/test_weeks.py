"""Pages of progress over time: who gets which pages, pictures and numbers."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.jobs.attempts import start_job
from labeling.jobs import work_off
from labeling.models import Assignment, Job
from tests.factories import (
    contents_of,
    decide,
    label,
    make_session,
    make_subset,
    make_user,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
AGREEMENT = ("others", "settled", "again")


@pytest.fixture
def lab():
    """Two weeks of ada and ben, who is later in the second one; all is decided."""
    people = [make_user(name) for name in ("ada", "ben")]
    dana = make_user("dana", "adjudicator")
    for week in (0, 1):
        session = make_session(f"session {week}")
        subset = make_subset(session, name=f"subset {week}")
        assign_subset(user=None, subset=subset, annotators=people)
        for place, assignment in enumerate(subset_assignments(subset)):
            began = MONDAY + timedelta(weeks=week, minutes=place)
            label(assignment, (10, 50, 0), made_at=began)
            onset = 20 + 2 * week * (assignment.annotator.username == "ben")
            run = (onset, 30, 1)
            label(assignment, run, made_at=began + timedelta(seconds=15))
        decide(dana, subset, 20, [1, 1])
    return people


def subset_assignments(subset):
    return Assignment.objects.filter(clip__subset=subset).order_by("annotator", "pk")


def log_in(client, name, role):
    client.force_login(make_user(name, role))


def table(response):
    content = (
        b"".join(response.streaming_content) if response.streaming else response.content
    )
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def plot(client, name, kind="csv"):
    return client.get(reverse("week-plot", args=[name, kind]))


@pytest.mark.parametrize("role", ["admin", "adjudicator", "viewer"])
def test_users_who_see_all_labels_see_all_annotators(client, lab, role):
    log_in(client, "vera", role)

    page = client.get(reverse("week-list")).context["page"]

    assert [(row.week, row.name, row.frames) for row in page.work] == [
        ("2026-W48", "ben", 80),
        ("2026-W48", "ada", 80),
        ("2026-W47", "ben", 80),
        ("2026-W47", "ada", 80),
    ]
    assert [section.name for section in page.agreement] == ["others", "settled"]
    late = page.agreement[1].rows[0]
    assert (late.name, late.week, late.n, late.n_trials) == ("ben", "2026-W48", 80, 2)
    assert [figure.text for figure in late.figures][4:] == ["+2.0 ms", "0 ms"]
    for name in ("speed", "hours", "others", "settled"):
        assert plot(client, name, "svg").content.startswith(b"<svg xmlns=")


def test_the_numbers_behind_a_plot_are_those_of_the_page(client, lab):
    log_in(client, "vera", "viewer")

    work, others = table(plot(client, "speed")), table(plot(client, "others"))

    assert work[0] == {
        "week": "2026-W47",
        "begins": "2026-11-16",
        "annotator": "ada",
        "active_hours": str(30 / 3600),
        "frames": "80",
        "touches": "2",
        "frames_per_minute": "160.0",
        "touches_per_minute": "4.0",
    }
    onsets = [row for row in others if row["figure"] == "onset"]
    assert [(row["week"], row["annotator"], row["value"]) for row in onsets] == [
        ("2026-W47", "ada", "0.0"),
        ("2026-W47", "ben", "0.0"),
        ("2026-W48", "ada", "-2.0"),
        ("2026-W48", "ben", "2.0"),
    ]
    assert "n" in onsets[0]


def test_annotators_get_their_own_work_and_no_byte_of_others(client, lab):
    client.force_login(lab[0])

    page = client.get(reverse("week-list"))
    answers = [page, plot(client, "speed"), plot(client, "speed", "svg")]
    refused = [
        plot(client, name, kind) for name in AGREEMENT for kind in ("svg", "csv")
    ]

    assert [(row.week, row.name) for row in page.context["page"].work] == [
        ("2026-W48", "ada"),
        ("2026-W47", "ada"),
    ]
    assert page.context["page"].agreement == []
    assert {each.status_code for each in refused} == {404}
    contents = contents_of(*answers, *refused)
    assert not any(name in contents for name in (b"ben", b"dana"))
    assert client.post(reverse("week-job")).status_code == 403


def test_an_adjudicator_who_labels_blind_gets_only_own_work_and_a_notice(client, lab):
    log_in(client, "eve", "adjudicator")
    from labeling.models import User

    eve = User.objects.get(username="eve")
    elsewhere = make_subset(make_session("elsewhere"), name="elsewhere")
    assign_subset(user=None, subset=elsewhere, annotators=[eve])

    page = client.get(reverse("week-list"))
    log = client.get(reverse("operation-list"))

    assert b"You have unfinished clips that you label without seeing" in page.content
    assert not any(
        name in each.content for each in (page, log) for name in (b"ada", b"ben")
    )


def test_many_labels_are_compared_by_a_job(client, lab, monkeypatch):
    monkeypatch.setattr("labeling.domain.agreement.comparison.QUICK_LABELS_MAX", 10)
    log_in(client, "carol", "admin")
    page = reverse("week-list")
    assert b"Compare now" in client.get(page).content

    client.post(reverse("week-job"))
    poll = client.get(page, headers={"HX-Request": "true"})
    assert b"hx-get" in poll.content
    work_off(start_job(job_id=Job.objects.get().pk))

    assert client.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert len(client.get(page).context["page"].work) == 4
    label(Assignment.objects.first(), (40, 41, 2), made_at=MONDAY)
    assert b"Labels have changed since" in client.get(page).content


def test_without_labels_the_page_shows_a_notice(client):
    log_in(client, "vera", "viewer")

    assert b"No labels yet" in client.get(reverse("week-list")).content
    assert plot(client, "speed").status_code == 404
    assert plot(client, "loudest").status_code == 404
