"""The log of operations: filtered, as page and CSV, and hidden from other users."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from labeling.domain.labels.operations import record_operations
from labeling.models import Assignment, Operation, Subset
from tests.factories import (
    label,
    make_draft,
    make_session,
    make_subset,
    make_user,
)

pytestmark = pytest.mark.django_db

SUNDAY = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


@pytest.fixture
def people():
    """Ada on Sunday, ben on Monday, in a subset each."""
    people = [make_user(name) for name in ("ada", "ben")]
    for place, annotator in enumerate(people):
        session = make_session(f"session {place}", n_frames=[200])
        subset = make_subset(session, name=f"subset {place}")
        assignment = Assignment.objects.create(
            clip=subset.clips.get(), annotator=annotator, pass_number=1 + place
        )
        began = SUNDAY + timedelta(minutes=2 * place)
        label(assignment, (10, 30, 0), (30, 35, 1), made_at=began)
        label(
            assignment,
            (12, 14, None),
            (20, 21, 2),
            made_at=began + timedelta(seconds=9),
        )
    return people


def listed(client, **query):
    page = client.get(reverse("operation-list"), query)
    log = client.get(reverse("operation-log"), query)
    content = b"".join(log.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row.operation.made_at.isoformat() for row in page.context["rows"]] == [
        row["made_at"] for row in rows
    ]
    return rows


@pytest.mark.parametrize("role", ["admin", "adjudicator", "viewer"])
def test_the_log_lists_who_labelled_what_when(client, people, role):
    client.force_login(make_user("vera", role))

    rows = listed(client)

    assert [row["annotator"] for row in rows] == ["ben", "ben", "ada", "ada"]
    recorded = Operation.objects.get(
        assignment__annotator__username="ada", revision=1
    ).recorded_at
    assert rows[3] == {
        "made_at": "2026-11-22T23:59:00+00:00",
        "recorded_at": recorded.isoformat(),
        "annotator": "ada",
        "pass": "1",
        "subset": "subset 0",
        "test_of": "",
        "session": "session 0",
        "trial": "1",
        "start": "10",
        "stop": "35",
        "touch_frames": "5",
        "not_touch_frames": "20",
        "unsure_frames": "0",
        "cleared_frames": "0",
        "note": "",
        "undoes": "False",
        "applied": "True",
        "saw_others": "False",
    }
    assert (rows[2]["cleared_frames"], rows[2]["unsure_frames"]) == ("2", "1")
    page = client.get(reverse("operation-list")).content.decode()
    assert "5 touch, 20 not touch" in page
    assert "1 unsure, 2 cleared" in page


def test_the_log_is_filtered_by_annotator_subset_and_time(client, people):
    client.force_login(make_user("vera", "viewer"))
    subset = Subset.objects.get(name="subset 1")
    session = subset.clips.get().trial.session

    def names(**query):
        return {row["annotator"] for row in listed(client, **query)}

    assert names(annotator="ada") == {"ada"}
    assert names(subset=subset.pk) == names(session=session.pk) == {"ben"}
    assert names(last="2026-11-22") == names(week="2026-W47") == {"ada"}
    assert names(first="2026-11-23") == names(week="2026-W48") == {"ben"}
    assert names(first="2026-11-22", last="2026-11-23") == {"ada", "ben"}
    assert names(annotator="ada", subset=subset.pk) == set()


def test_the_log_is_filtered_in_the_same_way_with_very_many_clips(
    client, people, monkeypatch
):
    monkeypatch.setattr("labeling.domain.agreement.operation_log.NAMED_MAX", 0)
    client.force_login(make_user("vera", "viewer"))

    rows = listed(client, annotator="ada")

    assert [row["annotator"] for row in rows] == ["ada", "ada"]
    assert listed(client, annotator="unknown") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"subset": "one"}, "is not a valid filter by subset."),
        ({"session": "-1"}, "is not a valid filter by session."),
        ({"first": "yesterday"}, "is not a valid filter by first."),
        ({"first": "0001-01-01"}, "0001-01-01 is outside the years 1900 to 9000."),
        ({"week": "2026-W54"}, "There is no week 2026-W54."),
        ({"week": "last"}, "is not a valid filter by week."),
        ({"annotator": "a" * 151}, "is not a valid filter by annotator."),
    ],
)
def test_an_invalid_filter_is_refused_in_a_sentence(client, people, query, sentence):
    client.force_login(make_user("vera", "viewer"))

    for name in ("operation-list", "operation-log"):
        answer = client.get(reverse(name), query)

        assert answer.status_code == 400
        assert sentence in answer.content.decode()


def test_annotators_see_their_own_operations_without_pass_numbers(client, people):
    ada, ben = people
    client.force_login(ben)

    rows = listed(client)
    page = client.get(reverse("operation-list")).content

    assert [row["subset"] for row in rows] == ["subset 1", "subset 1"]
    assert {"annotator", "pass"} & set(rows[0]) == set()
    assert listed(client, annotator=ada.username) == []
    assert not any(
        word in page for word in (b"ada", b"subset 0", b"session 0", b"repeat")
    )


def test_notes_undone_and_overtaken_operations_are_marked(client, people):
    ada, _ = people
    (assignment,) = ada.assignments.all()
    first = assignment.operations.get(revision=1)
    from uuid import uuid4

    record_operations(
        assignment=assignment,
        client=uuid4(),
        drafts=[make_draft((10, 12, 1), note=(11, "=glance"))],
    )
    record_operations(
        assignment=assignment,
        client=first.client,
        drafts=[make_draft((10, 35, None), sequence=2, revision=2, undoes=first)],
    )
    client.force_login(make_user("vera", "viewer"))

    rows = {row["note"] or row["undoes"]: row for row in listed(client)}

    # A text that begins like a formula is marked as text.
    assert rows["'=glance"]["applied"] == "False"
    assert rows["True"]["cleared_frames"] == "25"
    page = client.get(reverse("operation-list")).content.decode()
    assert ("undo</span>" in page, ">not applied</span>" in page) == (True, True)
    assert "2 touch, note" in page


def pages_of(client, url, **query):
    """Return the rows of each page, following the link to earlier operations."""
    pages = []
    while url:
        page = client.get(url, query)
        query = {}
        pages.append([row.operation.pk for row in page.context["rows"]])
        earlier = page.context["earlier"]
        url = f"{reverse('operation-list')}?{earlier}" if earlier else ""
        assert ('rel="next">Next</a>' in page.content.decode()) == bool(earlier)
    return pages


def test_long_logs_come_page_by_page(client, people, monkeypatch):
    monkeypatch.setattr("labeling.views.operations.LISTED_MAX", 3)
    client.force_login(make_user("vera", "viewer"))

    pages = pages_of(client, reverse("operation-list"), week="")

    assert [len(page) for page in pages] == [3, 1]
    ends = {"after": "2999-01-01T00:00:00+00:00~1~1"}
    whole = client.get(reverse("operation-list"), ends)
    assert (len(whole.context["rows"]), whole.context["page"].n_operations) == (3, 4)


def test_no_operation_is_lost_between_pages_when_many_are_of_one_moment(
    client, people, monkeypatch
):
    for assignment in Assignment.objects.all():
        for frame in range(10, 14):
            label(assignment, (frame, frame + 1, 0), made_at=SUNDAY)
    client.force_login(make_user("vera", "viewer"))
    (whole,) = pages_of(client, reverse("operation-list"))
    monkeypatch.setattr("labeling.views.operations.LISTED_MAX", 1)

    pages = pages_of(client, reverse("operation-list"))

    assert [pk for page in pages for pk in page] == whole
    assert len(whole) == Operation.objects.count() == 12


@pytest.mark.parametrize(
    "after", ["1", "now~1~1", "2026-11-22T12:00:00~1~1", "2026-11-22T12:00:00Z~a~1"]
)
def test_an_invalid_position_is_refused_in_a_sentence(client, people, after):
    client.force_login(make_user("vera", "viewer"))

    answer = client.get(reverse("operation-list"), {"after": after})

    assert answer.status_code == 400
    assert "is not a position in the log" in answer.content.decode()


def test_a_quality_check_is_unmarked_for_its_annotator_and_named_for_admins(
    client, people
):
    _, ben = people
    source, queue = (Subset.objects.get(name=f"subset {i}") for i in (0, 1))
    test = Assignment.objects.create(
        clip=source.clips.get(), annotator=ben, mixed_into=queue
    )
    label(test, (10, 50, 0), made_at=SUNDAY)

    client.force_login(ben)
    own = listed(client)
    page = client.get(reverse("operation-list")).content
    filtered = listed(client, subset=source.pk)
    client.force_login(make_user("vera", "viewer"))
    seen = listed(client, annotator="ben")

    assert {row["subset"] for row in own} == {"subset 1"}
    assert ("test_of" in own[0], b"subset 0" in page, filtered) == (False, False, [])
    assert [row["test_of"] for row in seen] == ["", "", "subset 0"]
    assert {row["subset"] for row in seen} == {"subset 1"}
