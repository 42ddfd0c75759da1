"""Annotators over time, as an admin looks through them."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from PIL import Image

from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.models import Assignment
from tests.browser.labelling_page import log_in
from tests.factories import decide, label, make_session, make_user

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2026, 10, 12, 9, tzinfo=UTC)
N_WEEKS = 5


@pytest.fixture
def weeks(page, live_server):
    """Five weeks of three annotators, of whom ben sees onsets later every week."""
    people = [make_user(name) for name in ("ada", "ben", "cleo")]
    dana = make_user("dana", "admin")
    session = make_session("autumn", n_frames=[80] * 2 * N_WEEKS)
    trials = list(session.trials.all())
    for week in range(N_WEEKS):
        clips = [
            ClipDraft(trial=trial, start=10, stop=60, reason="r")
            for trial in trials[2 * week : 2 * week + 2]
        ]
        subset = create_subset(user=None, name=f"week {week}", clips=clips)
        for annotator in people:
            says(subset, annotator, late=week * (annotator.username == "ben"))
        decide(dana, subset, 20, [1] * 4)
        again = people[1:2] if week == N_WEEKS - 1 else []
        for annotator in again:
            says(subset, annotator, late=2, pass_number=2)
    log_in(page, live_server, "dana")
    page.get_by_role("link", name="Progress over time").click()
    page.locator("#work").wait_for()
    return page


def says(subset, annotator, *, late, pass_number=1):
    week = int(subset.name.split()[1])
    for place, clip in enumerate(subset.clips.all()):
        assignment = Assignment.objects.create(
            clip=clip, annotator=annotator, pass_number=pass_number
        )
        began = MONDAY + timedelta(weeks=week, minutes=2 * place, hours=pass_number)
        label(assignment, (10, 60, 0), made_at=began)
        for number, onset in enumerate((20, 40)):
            seconds = 12 + 9 * number + late
            at = began + timedelta(seconds=seconds)
            label(assignment, (onset + late, onset + 10, 1), made_at=at)


def test_drift_is_seen_and_leads_to_what_was_labelled(weeks, tmp_path):
    rows = weeks.locator("#others tbody tr").all_inner_texts()
    late = [row.split("\t") for row in rows if "\tben\t" in row]
    assert [(cells[0], cells[6].split("\n")[0]) for cells in late] == [
        ("2026-W46", "+4.0 ms"),
        ("2026-W45", "+3.0 ms"),
        ("2026-W44", "+2.0 ms"),
        ("2026-W43", "+1.0 ms"),
        ("2026-W42", "0 ms"),
    ]
    again = weeks.locator("#again tbody tr").all_inner_texts()
    assert len(again) == 1
    assert "-2.0 ms" in again[0]

    saved = {}
    for name in ("SVG", "PNG", "CSV"):
        with weeks.expect_download() as download:
            weeks.locator("#plot-others").get_by_text(name, exact=True).click()
        saved[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[name])
    assert saved["SVG"].read_text().startswith("<svg xmlns=")
    with Image.open(saved["PNG"]) as picture:
        assert (picture.format, picture.width) == ("PNG", 3 * 760)
    onsets = [
        (row["week"], row["value"])
        for row in csv.DictReader(io.StringIO(saved["CSV"].read_text()))
        if (row["annotator"], row["figure"]) == ("ben", "onset")
    ]
    assert onsets[-1] == ("2026-W46", "4.0")

    week = weeks.locator("#work tbody tr", has_text="2026-W42").filter(has_text="ben")
    week.get_by_role("link", name="Operations").click()
    listed = weeks.locator("tbody tr").all_inner_texts()
    assert len(listed) == 6
    assert all("ben" in row and "2026-10-12" in row for row in listed)
    with weeks.expect_download() as download:
        weeks.get_by_role("link", name="Download all as CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert {row["annotator"] for row in rows} == {"ben"}
    assert len(rows) == 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["week-list", "operation-list"])
def test_nothing_on_the_pages_is_wider_than_a_laptop(weeks, live_server, name, scheme):
    weeks.emulate_media(color_scheme=scheme)
    weeks.set_viewport_size({"width": 1280, "height": 720})
    weeks.goto(f"{live_server.url}{reverse(name)}")

    wide = weeks.evaluate(
        """() => [...document.querySelectorAll(".table-scroll, main, .page-header")]
          .filter((each) => each.scrollWidth > each.clientWidth + 1)
          .map((each) => [each.parentElement.id, each.scrollWidth])"""
    )

    assert wide == []
