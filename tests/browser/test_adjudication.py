"""An adjudicator decides disagreements by keys alone, and changes a decision."""

import csv
import io

import numpy as np
import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.labels.decisions import decision_log
from labeling.domain.labels.sources import ADJUDICATED, source_labels
from labeling.domain.recordings.sessions import import_session
from labeling.domain.subsets.curation import ClipDraft, create_subset
from models_ml.simulator.rigs import UNSEEN_RIGS
from models_ml.simulator.session import write_simulated_session
from tests.browser.labelling_page import log_in, press
from tests.factories import label, make_user

pytestmark = pytest.mark.django_db(transaction=True)

START, STOP = 40, 120
TRUE = [(50, 62), (70, 78), (86, 100)]
LABELLED = {
    # Ada misses a touch in the second trial.
    "ada": [TRUE, [(50, 62), (86, 100)]],
    # Ben labels the first onset 3 frames late in both trials.
    "ben": [[(53, 62), *TRUE[1:]], [(53, 62), *TRUE[1:]]],
    # So does cleo in the second trial: the majority is wrong. She has a join, too.
    "cleo": [[TRUE[0], (70, 100)], [(53, 62), *TRUE[1:]]],
}


@pytest.fixture
def subset(tmp_path, settings):
    settings.WHACC_DATA_ROOT = tmp_path
    write_simulated_session(
        tmp_path / "rig.h5", UNSEEN_RIGS[0], seed=5, n_trials=2, n_frames=160
    )
    trials = list(import_session(user=None, file="rig.h5").trials.all())
    clips = [ClipDraft(trial=t, start=START, stop=STOP, reason="r") for t in trials]
    subset = create_subset(user=None, name="planted", clips=clips)
    people = [make_user(name) for name in LABELLED]
    assign_subset(user=None, subset=subset, annotators=people)
    for position, clip in enumerate(subset.clips.order_by("trial__first_row")):
        for assignment in clip.assignments.select_related("annotator"):
            label(assignment, (START, STOP, 0))
            for run in LABELLED[assignment.annotator.username][position]:
                label(assignment, (*run, 1))
    return subset


@pytest.fixture
def desk(page, live_server, subset):
    """The adjudication page, opened by dana."""
    make_user("dana", "adjudicator")
    log_in(page, live_server, "dana")
    page.goto(f"{live_server.url}{reverse('subset-detail', args=[subset.pk])}")
    page.get_by_role("link", name="Adjudicate disagreements").click()
    at(page, 1)
    return page


def at(page, stretch, *, is_settled=False):
    """Wait until a stretch, counted from 1, is shown."""
    mark = "[data-is-adjudicated]" if is_settled else ":not([data-is-adjudicated])"
    attributes = f"[data-state=ready][data-stretch='{stretch}']{mark}"
    page.locator(f"adjudication-page{attributes}").wait_for()


def counts(page):
    desk = page.locator("adjudication-page")
    return desk.get_attribute("data-open"), desk.get_attribute("data-adjudicated")


def all_saved(page):
    page.locator("adjudication-page[data-unsaved='0']").wait_for()


def true_labels(n_frames):
    labels = np.full(n_frames, -1, np.int8)
    labels[START:STOP] = 0
    for onset, offset in TRUE:
        labels[onset:offset] = 1
    return labels.tolist()


def settled_labels(subset):
    return [each.values.tolist() for each in source_labels(ADJUDICATED, [subset])]


def settle_everything(page):
    # Ben is late: take lane A, with a reason.
    press(page, "a", "t", "1", "t", "Enter")
    at(page, 2)
    # Cleo joins two touches: take the majority.
    press(page, "m", "Enter")
    at(page, 3)
    # Two of three are late: paint what is true.
    press(page, "Shift+ArrowUp", "Shift+ArrowUp", "ArrowUp", "Enter")
    at(page, 4)
    # Ada misses a touch: take lane B.
    press(page, "b", "Enter")
    page.locator("adjudication-page[data-open='0']").wait_for()
    all_saved(page)


def test_an_adjudicator_decides_everything_by_keys_alone(desk, subset):
    assert counts(desk) == ("4", "0")
    assert settled_labels(subset) != [true_labels(160)] * 2

    settle_everything(desk)

    assert settled_labels(subset) == [true_labels(160)] * 2
    log = [
        (each.start, each.stop, each.values, each.reasons)
        for each in decision_log(subset)
    ]
    assert log == [
        (50, 53, [1] * 3, ["onset late"]),
        (78, 86, [0] * 8, []),
        (50, 53, [1] * 3, []),
        (70, 78, [1] * 8, []),
    ]


def test_a_decision_is_reopened_and_changed_and_the_log_has_all_of_them(desk, subset):
    settle_everything(desk)

    press(desk, "p")
    at(desk, 3, is_settled=True)
    press(desk, "u")
    at(desk, 3)
    press(desk, "b", "t", "7", "t", "Enter")
    all_saved(desk)
    desk.reload()
    at(desk, 1, is_settled=True)

    assert counts(desk) == ("0", "4")
    late = true_labels(160)
    late[50:53] = [0] * 3
    assert settled_labels(subset) == [true_labels(160), late]
    url = reverse("subset-adjudication-log", args=[subset.pk])
    with desk.expect_download() as download:
        desk.locator(f"a[href='{url}']").click()
    rows = csv.DictReader(io.StringIO(download.value.path().read_text()))
    changed = [
        (row["trial"], row["start"], row["labels"], row["reasons"], row["adjudicator"])
        for row in list(rows)[2:]
    ]
    assert changed == [
        ("2", "50", "111", "", "dana"),
        ("2", "70", "11111111", "", "dana"),
        ("2", "50", "reopened", "", "dana"),
        ("2", "50", "000", "glance", "dana"),
    ]


def test_stretches_without_a_label_cannot_be_decided(desk, subset):
    press(desk, "Enter")

    desk.get_by_text("Frame 50 has no answer yet").wait_for()
    assert decision_log(subset).count() == 0
    assert counts(desk) == ("4", "0")


def test_nothing_is_lost_while_the_server_cannot_be_reached(desk, subset, page_errors):
    desk.context.set_offline(True)
    press(desk, "a", "Enter")
    desk.locator("adjudication-page[data-unsaved='1']").wait_for()
    assert decision_log(subset).count() == 0

    desk.context.set_offline(False)
    all_saved(desk)

    assert [each.values for each in decision_log(subset)] == [[1] * 3]
    page_errors.clear()


def test_the_second_of_two_adjudicators_gets_a_notice_and_sees_the_decision(
    desk, subset, browser, live_server
):
    make_user("eve", "adjudicator")
    elsewhere = browser.new_context()
    eves = elsewhere.new_page()
    log_in(eves, live_server, "eve")
    eves.goto(desk.url)
    at(eves, 1)

    # Both have the same clip open. Eve decides its first stretch, then dana does, who
    # continues with the second one; so does eve.
    press(eves, "b", "Enter")
    at(eves, 2)
    all_saved(eves)
    press(desk, "a", "Enter")
    notice = desk.locator(".adjudication-notice:not([hidden])")
    notice.wait_for()
    assert notice.inner_text().endswith(
        "Trial 1, frames 50 to 52: eve decided these frames before your decision "
        "arrived. Their decision holds; yours is in the log. Decide again to change it."
    )
    at(desk, 2)
    press(desk, "m", "Enter")
    all_saved(desk)
    press(eves, "c", "Enter")
    eves.locator(".adjudication-notice:not([hidden])").get_by_text(
        "dana decided these frames"
    ).wait_for()
    elsewhere.close()

    desk.reload()
    at(desk, 3)
    press(desk, "p")
    at(desk, 2, is_settled=True)
    press(desk, "p")
    at(desk, 1, is_settled=True)
    own = desk.locator("tr[data-lane=own] [data-at='50']")
    assert own.get_attribute("data-label") == "not-touch"
    assert [
        (each.adjudicator.username, each.start, each.values, each.applied)
        for each in decision_log(subset)
    ] == [
        ("eve", 50, [0] * 3, True),
        ("dana", 50, [1] * 3, False),
        ("dana", 78, [0] * 8, True),
        ("eve", 78, [1] * 8, False),
    ]


def test_hidden_names_stay_hidden_after_a_reload(desk, subset):
    lanes = desk.locator("label-lanes tbody th")
    assert [each.split() for each in lanes.all_inner_texts()[:3]] == [
        ["A", "ada"],
        ["B", "ben"],
        ["C", "cleo"],
    ]

    press(desk, "v")
    desk.reload()
    at(desk, 1)

    assert [each.strip() for each in lanes.all_inner_texts()[:3]] == ["A", "B", "C"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_is_in_view_on_a_laptop(desk, scheme):
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": 1280, "height": 720})

    box = desk.locator(".label-tools").bounding_box()
    strip = desk.locator("film-strip").bounding_box()

    assert box["y"] + box["height"] <= 720
    assert strip["height"] >= 150
    assert desk.evaluate("document.documentElement.scrollWidth") == 1280
