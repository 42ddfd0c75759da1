"""An annotator labels a clip with the keys alone, and finds every label again."""

import pytest

from labeling.domain.labels.operations import label_values
from tests.browser.labelling_page import (
    all_saved,
    log_in,
    open_clip,
    press,
    ready,
    saved_runs,
    wait_until_stored,
)

pytestmark = pytest.mark.django_db(transaction=True)


def shown(page):
    return {
        name: page.locator("label-page").get_attribute(f"data-{name}")
        for name in ("frame", "labelled", "touches")
    }


def test_a_clip_is_labelled_with_the_keys_alone_and_is_there_after_a_reload(
    page, live_server, assignment
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)

    # Not touch for ten frames, touch for five, one unsure, not touch to the end.
    press(page, "ArrowDown", *["Shift+ArrowRight"] * 9)
    press(page, "ArrowRight", "ArrowUp", *["Shift+ArrowRight"] * 4)
    press(page, "ArrowRight", "q")
    press(page, "ArrowRight", "ArrowDown", *["Shift+ArrowRight"] * 13)
    all_saved(page)
    before = shown(page)
    # Words follow the picture.
    page.locator("[data-readout=label][data-label=not-touch]").wait_for()
    page.get_by_text("labelled 30 of 30 · 1 touch", exact=True).wait_for()
    page.reload()
    ready(page)
    page.locator("label-page[data-labelled='30']").wait_for()

    assert before == {"frame": "34", "labelled": "30", "touches": "1"}
    assert shown(page)["touches"] == "1"
    assert saved_runs(assignment) == [
        (5, 15, 0), (15, 20, 1), (20, 21, 2), (21, 35, 0)
    ]  # fmt: skip


def test_undo_redo_clear_and_switch(page, live_server, assignment):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)

    press(page, "ArrowUp", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp")
    press(page, "1")
    press(page, "ArrowLeft", "`")
    press(page, "Control+z", "Control+z", "Control+Shift+Z")
    all_saved(page)

    # Undone: the switch of frame 6 and the clearing of 7; the clearing done again.
    assert saved_runs(assignment) == [(5, 6, 1), (6, 7, 0)]


def test_moving_stops_at_the_ends_of_the_block(page, live_server, assignment):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)

    press(page, "]")
    page.locator("label-page[data-frame='39']").wait_for()
    press(page, "[")
    page.locator("label-page[data-frame='0']").wait_for()
    press(page, "ArrowUp")

    # Frame 0 is context: it is seen, but not labelled.
    assert shown(page)["labelled"] == "0"
    assert saved_runs(assignment) == []


def test_labels_made_offline_arrive_when_the_network_is_back(
    page, context, live_server, assignment, page_errors
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)

    context.set_offline(True)
    press(page, "ArrowUp", "Shift+ArrowRight", "Shift+ArrowRight")
    page.locator("label-page:not([data-unsaved='0'])").wait_for()
    nothing_yet = saved_runs(assignment)
    context.set_offline(False)
    all_saved(page)

    assert nothing_yet == []
    assert saved_runs(assignment) == [(5, 8, 1)]
    assert all("ERR_INTERNET_DISCONNECTED" in error for error in page_errors)
    page_errors.clear()


def test_labels_of_a_killed_tab_arrive_when_the_clip_is_opened_again(
    page, context, live_server, assignment, page_errors
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    context.set_offline(True)
    press(page, "ArrowUp", "ArrowRight", "ArrowDown")
    page.locator("label-page[data-labelled='2']").wait_for()
    wait_until_stored(page, 2)

    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    open_clip(again, live_server, assignment)
    again.locator("label-page[data-labelled='2'][data-unsaved='0']").wait_for()

    assert saved_runs(assignment) == [(5, 6, 1), (6, 7, 0)]
    page_errors.clear()


def test_a_reload_right_after_a_key_shows_what_is_saved(page, live_server, assignment):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    page.on("dialog", lambda dialog: dialog.accept())

    for _ in range(6):
        press(page, "ArrowDown", "Shift+ArrowRight", "Control+z", "ArrowRight")
        page.reload()
        ready(page)
        all_saved(page)
        labels = label_values(assignment)
        assert shown(page)["labelled"] == str((labels >= 0).sum())


def test_nothing_on_the_page_moves_while_labels_are_made_and_saved(
    page, live_server, assignment
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    page.evaluate(
        """() => {
          window.sizes = [];
          for (const name of ["film-strip", ".label-head", "time-line"]) {
            new ResizeObserver(([entry]) => sizes.push(
              `${name} ${entry.contentRect.width} x ${entry.contentRect.height}`
            )).observe(document.querySelector(name));
          }
        }"""
    )

    for key in ("ArrowUp", "ArrowDown", "q"):
        press(page, key, "ArrowRight")
        all_saved(page)

    # At first, an observer reports each size once.
    assert len(page.evaluate("sizes")) == 3
    assert page.locator("[role=alert]:visible").count() == 0
