"""The labelling page shows the frames of the file, and keys draw them at once."""

import hashlib

import h5py
import pytest

from tests.browser.labelling_page import log_in, open_clip, press

pytestmark = pytest.mark.django_db(transaction=True)

# Wait until all frames have arrived: this clip's, then the next one's.
ALL_ARRIVED = """async () => {
  const { clip, nextClip } = document.querySelector("label-page");
  await clip.media.whole;
  await nextClip.loaded;
  while (!nextClip.media) await new Promise(requestAnimationFrame);
  await nextClip.media.whole;
}"""

# The SHA-256 of every pixel that the page has decoded.
PIXELS_DIGEST = """async () => {
  const { stream } = document.querySelector("label-page").clip.sheets;
  const pixels = stream.pixels(0, stream.count);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", pixels));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""


@pytest.fixture
def label_page(page, live_server, assignment):
    """The labelling page of alice's first clip, ready."""
    log_in(page, live_server)
    return open_clip(page, live_server, assignment)


def test_the_page_decodes_the_frames_of_the_file_bit_by_bit(page, label_page, tmp_path):
    with h5py.File(tmp_path / "real.h5", locking=False) as file:
        pixels = file["images"][0:40, :, :, 2].tobytes()

    page.evaluate("document.querySelector('label-page').clip.media.whole")

    assert page.evaluate(PIXELS_DIGEST) == hashlib.sha256(pixels).hexdigest()


# Record what the filmstrip draws for each key, and the requests meanwhile.
RECORD_DRAWING = """() => {
  const strip = document.querySelector("film-strip");
  const draw = strip.draw;
  window.drawn = [];
  strip.draw = function (frame) {
    draw.call(this, frame);
    window.drawn.push(frame);
  };
}"""

# A held key, as a keyboard repeats it.
HOLD = """async ({ key, times }) => {
  const drawnInTime = [];
  for (let i = 0; i < times; i += 1) {
    const before = window.drawn.length;
    dispatchEvent(new KeyboardEvent("keydown", { key, code: key, repeat: i > 0 }));
    drawnInTime.push(window.drawn.length - before);
    if (i % 3 === 0) await new Promise(requestAnimationFrame);
  }
  return drawnInTime;
}"""

# The colour of the middle of the current frame.
MIDDLE_PIXEL = """() => {
  const canvas = document.querySelector("film-strip canvas");
  const x = Math.round(canvas.width / 2);
  const tall = canvas.getContext("2d").getImageData(x, 0, 1, canvas.height).data;
  const { sheets } = document.querySelector("label-page").clip;
  const frame = Number(document.querySelector("label-page").dataset.frame);
  const { stream } = sheets;
  const { framePixels } = stream;
  const pixels = stream.pixels(0, stream.count);
  const at = (30 * sheets.width + 30);
  const greys = [2, 1, 0].map((lag) => pixels[(frame - lag) * framePixels + at]);
  const colours = new Set();
  for (let y = 0; y < tall.length; y += 4) {
    colours.add([...tall.slice(y, y + 3)].join());
  }
  return { greys, colours: [...colours] };
}"""


def test_a_held_key_draws_every_frame_in_order_without_requests(page, label_page):
    page.evaluate(ALL_ARRIVED)
    page.evaluate(RECORD_DRAWING)
    requests = []
    page.on("request", lambda request: requests.append(request.url))

    forth = page.evaluate(HOLD, {"key": "ArrowRight", "times": 30})
    back = page.evaluate(HOLD, {"key": "ArrowLeft", "times": 30})

    assert forth + back == [1] * 60
    assert page.evaluate("window.drawn") == [*range(6, 36), *range(34, 4, -1)]
    assert requests == []


def test_contrast_brightness_and_lag_colour_change_the_picture_alone(page, label_page):
    page.keyboard.press(".")
    plain = page.evaluate(MIDDLE_PIXEL)
    page.evaluate("document.querySelector('label-page').prefer({ brightness: 24 })")
    page.wait_for_function(
        "() => new Promise((done) => requestAnimationFrame(() => done(true)))"
    )
    bright = page.evaluate(MIDDLE_PIXEL)
    page.evaluate(
        "document.querySelector('label-page').prefer({ brightness: 0, lags: true })"
    )
    page.wait_for_function(
        "() => new Promise((done) => requestAnimationFrame(() => done(true)))"
    )
    lags = page.evaluate(MIDDLE_PIXEL)

    before, _, now = plain["greys"]
    assert f"{now},{now},{now}" in plain["colours"]
    assert ",".join([str(min(255, now + 24))] * 3) in bright["colours"]
    assert ",".join(str(grey) for grey in lags["greys"]) in lags["colours"]
    assert plain["greys"] == bright["greys"] == lags["greys"]
    assert before is not None


def test_a_touch_is_played_in_a_loop(page, label_page):
    page.keyboard.press(".")
    for key in ["ArrowUp", *["Shift+ArrowRight"] * 3]:
        page.keyboard.press(key)
    page.evaluate("document.querySelector('label-page').prefer({ msPerFrame: 10 })")
    page.evaluate(RECORD_DRAWING)

    page.keyboard.press("Shift+Space")
    page.wait_for_function(
        "() => window.drawn.filter((each, i, all) => each < all[i - 1]).length > 2"
    )
    page.keyboard.press("Space")

    # The touch is [15, 19); eight frames are played on each side of it.
    drawn = page.evaluate("window.drawn")
    assert set(drawn) <= set(range(7, 27))


def test_how_the_frames_look_is_remembered(page, label_page):
    page.get_by_text("View", exact=True).click()
    page.get_by_role("combobox", name="Frames").select_option("21")
    page.get_by_label("3-lag colour").check()
    page.get_by_label("Milliseconds per frame in playback").fill("250")

    page.reload()
    label_page.wait_for()
    preferences = page.evaluate("document.querySelector('label-page').preferences")

    assert {name: preferences[name] for name in ("count", "lags", "msPerFrame")} == {
        "count": 21, "lags": True, "msPerFrame": 250
    }  # fmt: skip


def test_three_lines_explain_the_page_until_they_were_read(page, label_page):
    intro = page.get_by_role("complementary", name="How to label")
    lines = intro.get_by_role("listitem").count()
    page.get_by_role("button", name="Got it").click()

    page.reload()
    label_page.wait_for()

    assert lines == 3
    assert intro.is_hidden()


@pytest.mark.parametrize("size", [(1280, 720), (3840, 2160)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_is_in_view(page, label_page, size, scheme):
    width, height = size
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(
        "width => document.querySelector('film-strip canvas').width > width * 0.9",
        arg=width,
    )

    beyond = page.evaluate(
        """() => [...document.querySelectorAll("label-page :is(button, canvas, p)")]
          .map((each) => each.getBoundingClientRect())
          .filter(({ right, bottom }) => right > innerWidth || bottom > innerHeight)"""
    )

    assert beyond == []


def test_keys_change_no_style_and_no_layout_until_their_words_follow(page, label_page):
    chrome = page.context.new_cdp_session(page)
    chrome.send("Performance.enable")
    # The notices of the opening are shown, and keys have been used.
    page.evaluate(ALL_ARRIVED)
    press(page, "ArrowRight", "ArrowLeft")
    page.wait_for_timeout(1_000)

    def laid_out():
        metrics = chrome.send("Performance.getMetrics")["metrics"]
        counts = {each["name"]: each["value"] for each in metrics}
        return counts["RecalcStyleCount"], counts["LayoutCount"]

    page.evaluate(
        "document.querySelector('label-page').readout.words.request = () => {}"
    )
    before = laid_out()
    press(page, "ArrowRight", "ArrowUp", "ArrowRight", "ArrowDown", "Shift+ArrowRight")
    page.wait_for_function(
        "({ labelled, unsaved }) => labelled === '3' && unsaved === '0'",
        arg=page.evaluate_handle("document.querySelector('label-page').dataset"),
    )

    assert laid_out() == before
