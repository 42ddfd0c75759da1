"""The actions of the labelling page, pressed in a real browser, reach the database."""

import pytest

from labeling.models import Label
from tests.browser.labelling_desk import (
    at_frame,
    hint,
    open_clip,
    saved_runs,
)
from tests.browser.labelling_page import press

pytestmark = pytest.mark.django_db(transaction=True)


def test_holding_shift_and_a_label_key_paints(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, "ArrowRight")
    page.keyboard.down("Shift")
    for _ in range(15):
        page.keyboard.down("ArrowUp")
    page.keyboard.up("ArrowUp")
    page.keyboard.up("Shift")
    at_frame(page, 21)

    assert saved_runs(page, blind) == [(6, 21, 1)]
    press(page, "Control+z")
    assert saved_runs(page, blind) == []


def test_a_marked_range_is_labelled_and_esc_drops_one(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, "i", ".", "ArrowUp", "i", ".", "Escape", "q")

    assert saved_runs(page, blind) == [(5, 16, 1), (25, 26, 2)]


def test_edges_are_nudged_and_followed(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, ".", "i", "ArrowRight", "ArrowRight", "ArrowUp", ".")
    press(page, "w", "w", "t", "r", "r")
    at_frame(page, 16)

    assert saved_runs(page, blind) == [(13, 17, 1), (17, 19, 0)]


def test_jumps_stop_at_the_ends_and_show_a_hint(page, live_server, blind):
    open_clip(page, live_server, blind)
    press(page, ".", "ArrowUp", ".", "ArrowUp", "Shift+N")
    at_frame(page, 15)
    press(page, "n")
    at_frame(page, 25)
    press(page, "n")

    assert hint(page) == "No touch after this frame in the clip"
    press(page, "Shift+U")
    at_frame(page, 24)
    assert saved_runs(page, blind) == [(15, 16, 1), (25, 26, 1)]


def test_suggestions_fill_only_unlabelled_frames(page, live_server, assisted):
    open_clip(page, live_server, assisted)

    press(page, "n")
    at_frame(page, 12)
    press(page, "ArrowDown", "y")
    at_frame(page, 17)
    press(page, "j")
    at_frame(page, 25)
    press(page, "Shift+Y")

    assert saved_runs(page, assisted) == [(12, 13, 0), (13, 17, 1), (25, 35, 0)]
    press(page, "Control+z", "Control+z")
    assert saved_runs(page, assisted) == [(12, 13, 0)]


def test_each_label_records_whether_a_suggestion_was_on_the_screen(
    page, live_server, assisted
):
    open_clip(page, live_server, assisted)

    press(page, "ArrowDown", "h", "ArrowRight", "ArrowDown", "Shift+Y")
    assert hint(page) == "The suggestions are hidden: show them first"
    press(page, "h", "ArrowRight", "ArrowDown")
    saved_runs(page, assisted)

    labels = Label.objects.filter(assignment=assisted).order_by("frame__index")
    assert list(labels.values_list("frame__index", "suggestion_shown")) == [
        (5, True), (6, False), (7, True)
    ]  # fmt: skip


def test_a_blind_page_offers_nothing_of_the_model(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, "y", "Shift+Y", "h")
    assert hint(page) == "This clip is labelled without the model's suggestions"
    press(page, "?")
    help_text = page.locator("key-help dialog").text_content()

    assert "suggest" not in help_text.lower()
    assert saved_runs(page, blind) == []
