"""Notes, keys of one's own, undo after a reload, and the timeline, in a browser."""

import re

import pytest

from labeling.domain.accounts.key_maps import key_map_of
from labeling.domain.labels.notes import notes_of
from tests.browser.labelling_desk import (
    at_frame,
    open_clip,
    saved_runs,
)
from tests.browser.labelling_page import press, ready

pytestmark = pytest.mark.django_db(transaction=True)


# The largest change of a colour, of 255, when the timeline is redrawn.
CHANGE_WHEN_REDRAWN = """() => {
  const page = document.querySelector("label-page");
  const { width, height } = page.querySelector("time-line canvas");
  const context = page.querySelector("time-line canvas").getContext("2d");
  // As seen on black: the colour of what is all but clear says nothing.
  const colours = () => {
    const { data } = context.getImageData(0, 0, width, height);
    return data.map((seen, i) => (i % 4 === 3 ? seen : (seen * data[i | 3]) / 255));
  };
  const before = colours();
  page.prefer({});
  page.timeline.draw(page.frame);
  const most = (change, colour, i) => Math.max(change, Math.abs(colour - before[i]));
  return colours().reduce(most, 0);
}"""


def keep_note(page, text):
    press(page, "f")
    page.locator("note-editor textarea").fill(text)
    press(page, "Enter")


def test_a_note_is_written_shown_as_text_changed_and_undone(page, live_server, blind):
    open_clip(page, live_server, blind)
    shown = page.locator("[data-readout=note]")

    press(page, "ArrowRight")
    keep_note(page, "a <b>hair</b>")
    page.locator("[data-readout=note]:not([hidden])").wait_for()
    first = shown.text_content()
    keep_note(page, "two hairs")
    saved_runs(page, blind)
    changed = notes_of(blind)
    page.reload()
    ready(page)
    press(page, "ArrowRight")
    page.get_by_text("two hairs").wait_for()
    page.locator("label-page[data-recalled]").wait_for()
    press(page, "Control+z")
    saved_runs(page, blind)

    assert first == "a <b>hair</b>"
    assert changed == [(6, "two hairs")]
    assert notes_of(blind) == [(6, "a <b>hair</b>")]


def test_keys_typed_into_a_note_label_nothing_and_a_long_one_is_refused(
    page, live_server, blind
):
    open_clip(page, live_server, blind)

    press(page, "f", "q", "1", "ArrowUp", "Escape")
    page.locator("note-editor dialog:not([open])").wait_for(state="attached")
    keep_note(page, "x" * 501)

    problem = page.locator("note-editor .field-error").text_content()
    assert problem == "This note has 501 characters. Shorten it to at most 500."
    press(page, "Escape")
    assert saved_runs(page, blind) == []
    assert notes_of(blind) == []


def test_operations_from_before_a_reload_are_undone_and_redone(
    page, live_server, blind
):
    open_clip(page, live_server, blind)
    press(page, "ArrowDown", "ArrowRight", "ArrowUp", *["Shift+ArrowRight"] * 3)
    before = saved_runs(page, blind)
    page.reload()
    ready(page)
    page.locator("label-page[data-recalled]").wait_for()

    press(page, *["Control+z"] * 5)
    assert saved_runs(page, blind) == []
    press(page, *["Control+Shift+Z"] * 5)
    assert saved_runs(page, blind) == before == [(5, 6, 0), (6, 10, 1)]


def test_a_changed_key_is_stored_with_the_account(page, browser, live_server, blind):
    open_clip(page, live_server, blind)
    press(page, "?")
    chip = "key-help button[data-row='mark'][data-place='0']"
    page.locator(chip).click()
    press(page, "u")
    note = page.locator(".key-note")
    conflict = note.text_content()
    note.get_by_role("button").first.click()
    page.get_by_text("Saved with your account.").wait_for()
    page.locator(chip).click()
    press(page, "Control+w")
    reserved = note.text_content()
    press(page, "Escape", "Escape")

    assert conflict.startswith("U is the key for “next frame without a label”.")
    assert reserved == "Ctrl W is used by the browser: choose another key."
    assert key_map_of(blind.annotator) == {
        "preset": "whacc", "keys": {"mark": ["u"], "next-unlabelled 1": []}
    }  # fmt: skip
    assert page.locator("button[data-action=mark] kbd").text_content() == "U"

    elsewhere = browser.new_context().new_page()
    open_clip(elsewhere, live_server, blind)
    press(elsewhere, "u", "ArrowRight", "ArrowUp")
    assert saved_runs(elsewhere, blind) == [(5, 7, 1)]
    elsewhere.context.close()


def test_a_preset_changes_all_keys_and_the_list_shows_them(page, live_server, blind):
    open_clip(page, live_server, blind)
    press(page, "?")
    page.locator("key-help select").select_option("jabs")
    page.get_by_text("Saved with your account.").wait_for()
    press(page, "Escape")
    page.locator("key-help dialog:not([open])").wait_for(state="attached")
    press(page, "z", "ArrowUp", "z")

    assert saved_runs(page, blind) == [(5, 16, 1)]
    press(page, "?")
    row = page.locator("key-help button[data-row='range 1'][data-place='0']")
    assert row.text_content() == "Z"
    assert key_map_of(blind.annotator) == {"preset": "jabs", "keys": {}}


def test_the_right_shift_moves_by_ten_and_can_be_unbound(page, live_server, blind):
    open_clip(page, live_server, blind)
    press(page, "ShiftRight")
    at_frame(page, 15)

    press(page, "?")
    page.locator("key-help button[data-row='touch'][data-place='0']").click()
    press(page, "ShiftRight")
    page.locator(".key-note").get_by_role("button").first.click()
    page.get_by_text("Saved with your account.").wait_for()
    press(page, "Escape")
    page.locator("key-help dialog:not([open])").wait_for(state="attached")
    press(page, "ShiftRight")

    assert saved_runs(page, blind) == [(15, 16, 1)]


def test_the_timeline_zooms_follows_and_is_dragged(page, live_server, assisted):
    open_clip(page, live_server, assisted)
    timeline = page.locator("time-line")
    whole = timeline.get_attribute("data-stop")
    press(page, "PageUp", "PageUp")
    page.locator("time-line:not([data-stop='40'])").wait_for()
    press(page, "]")
    page.locator("time-line[data-stop='40']:not([data-start='0'])").wait_for()
    box = timeline.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    for _ in range(8):
        page.mouse.wheel(0, 800)
    page.locator("time-line[data-start='0'][data-stop='40']").wait_for()
    page.mouse.down()
    page.mouse.move(box["x"] + 8, box["y"] + 20)
    page.mouse.up()
    at_frame(page, 0)

    assert whole == "40"
    assert timeline.get_attribute("role") == "slider"
    page.locator("time-line[aria-valuenow='0']").wait_for()
    assert re.match("Frame 0, 0 ms", timeline.get_attribute("aria-valuetext"))


@pytest.mark.parametrize("pixel_ratio", [1, 1.25])
def test_a_timeline_drawn_in_parts_looks_like_one_drawn_at_once(
    page, live_server, assisted, pixel_ratio
):
    # Fractions of a pixel are where a part could leave a trace.
    page.set_viewport_size({"width": 1283, "height": 800})
    page.add_init_script(
        f"Object.defineProperty(window, 'devicePixelRatio', {{value: {pixel_ratio}}})"
    )
    open_clip(page, live_server, assisted)
    page.locator("time-line[data-start]").wait_for()
    changes = []
    for keys in (
        ["ArrowRight"] * 3,
        ["ArrowUp"],
        ["ArrowRight", "ArrowDown", "ArrowLeft"],
        ["ArrowRight"] * 7 + ["i"],
        ["ArrowRight"] * 4,
        ["ArrowLeft"] * 9,
        ["ArrowUp"],
        ["PageUp", "PageUp", "Shift+ArrowRight", "Shift+ArrowRight"],
        ["Control+z", "]"],
        ["s", "ArrowRight"],
        # A range that begins out of view, and is dropped.
        ["i", *["Shift+ArrowRight"] * 12, "Escape"],
        *(["ArrowRight", "ArrowUp"] for _ in range(6)),
    ):
        press(page, *keys)
        changes.append(page.evaluate(CHANGE_WHEN_REDRAWN))

    # Half a pixel that is drawn twice is rounded twice.
    assert max(changes) <= 2, changes
    assert page.locator("label-page").get_attribute("data-labelled") != "0"
