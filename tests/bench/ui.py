"""Benchmark of the labelling page, in Chromium on the running product.

``make bench-ui``. Keys go through the input of the browser. Paints are compared with
those of an empty page, which alternates with the labelling page in the same run.
"""

import random
import time
from collections.abc import Sequence
from statistics import median

from playwright.sync_api import CDPSession, Page

from tests.bench._ui_lab import LONG_FRAMES, PROBE, SHORT_CLIPS, Lab, lab

ROUNDS = 10
KEYS_A_ROUND = 60
HOLD_SECONDS = 10
HOLD_HZ = 30
OPENINGS = 8
SOAK_KEYS = [
    "ArrowDown", *["Shift+ArrowRight"] * 399, *["ArrowLeft"] * 200, "ArrowUp",
    *["Shift+ArrowRight"] * 14, *["Control+z"] * 3, *["ArrowRight"] * 150, "q",
    *["ArrowLeft"] * 39, "ArrowDown",
]  # fmt: skip
EMPTY_PAGE = """<canvas width=1280 height=520></canvas>"""
FILL_ONE_RECTANGLE = """() => {
  const context = document.querySelector("canvas").getContext("2d");
  let shade = 0;
  addEventListener("keydown", () => {
    shade = (shade + 40) % 256;
    context.fillStyle = `rgb(${shade}, 0, 0)`;
    context.fillRect(0, 0, 1280, 520);
  });
  probe.watchKeys();
}"""


def main() -> None:
    """Print every figure that has a target."""
    with lab() as product:
        report_openings(product)
        report_wire(product)
        report_keys(product)
        report_hold(product)
        report_next_clip(product)
        report_soak(product)


def report_openings(product: Lab) -> None:
    """Print the time from click to first frame, with and without hovering before."""
    for name, settled_ms in (("next", 1000), ("list", 1000), ("list", 0)):
        times = [opening(product, name, n, settled_ms) for n in range(OPENINGS)]
        shown, ready, plain = zip(*times, strict=True)
        print(
            f"click on a clip ({name}, {settled_ms} ms after its page loaded) to "
            f"first frame of {LONG_FRAMES}: {summary(shown)} (target 300)"
        )
        print(f"then ready for keys: {summary(ready)}")
        print(f"for comparison, click to picture of a plain page: {summary(plain)}")


def opening(product: Lab, name: str, number: int, settled_ms: int) -> tuple[float, ...]:
    """Open the clip to label next, or a clip of the list without hovering before."""
    page = product.subset_page("long")
    plain = page.evaluate("probe.loadedAfterClick()")
    page.wait_for_timeout(settled_ms)
    link = page.get_by_role("link", name="Label the next clip")
    if name == "list":
        link = page.locator("td.table-main a").nth(1 + number)
    link.click()
    page.locator("label-page[data-state=ready]").wait_for()
    page.wait_for_function("() => probe.firstShown && probe.firstReady")
    click = page.evaluate("Number(sessionStorage.getItem('clicked'))")
    shown, ready = page.evaluate("[probe.firstShown, probe.firstReady]")
    page.close()
    return shown - click, ready - click, plain


def report_wire(product: Lab) -> None:
    """Print the number of bytes of a frame in transfer."""
    page = product.context.new_page()
    wire = WireBytes(page)
    page.goto(product.clip_url("long"))
    page.locator("label-page[data-state=ready]").wait_for()
    page.evaluate("document.querySelector('label-page').clip.media.whole")
    packed = wire.of("/frames/", page)
    page.close()
    print(
        f"a frame of 61x61 with noise of 3 grey levels: {packed / LONG_FRAMES:.0f} "
        "bytes transferred (target 3,000; published: Label Studio 9,700)"
    )


def report_keys(product: Lab) -> None:
    """Print the times from keydown to drawn and painted, beside an empty page."""
    ours = product.label_page("long")
    ours.evaluate("probe.watchKeys()")
    empty = product.context.new_page()
    empty.add_init_script(PROBE)
    empty.goto(f"{product.url}/health/")
    empty.set_content(EMPTY_PAGE)
    empty.evaluate(FILL_ONE_RECTANGLE)
    kinds = {"move": ["ArrowRight"], "label": ["ArrowUp", "ArrowDown"]}
    timed = {name: {"drawn": [], "painted": [], "presented": []} for name in kinds}
    timed["empty"] = {"drawn": [], "painted": [], "presented": []}
    for _ in range(ROUNDS):
        for name, keys in kinds.items():
            take_turn(ours, keys, timed[name])
            take_turn(empty, ["ArrowRight"], timed["empty"])
    empty.close()
    ours.close()
    print(
        "published: WhACC's window 24 ms median, p95 30 to 55; "
        "Label Studio 405, p95 490"
    )
    for name, times in timed.items():
        print(f"{name}: keydown to drawn {summary(times['drawn'])}")
        print(f"{name}: keydown to painted {summary(times['painted'])}")
        print(
            f"{name}: keydown to presented, in steps of 8 {summary(times['presented'])}"
        )
    for name in kinds:
        ours, empty = timed[name]["painted"], timed["empty"]["painted"]
        print(
            f"{name}: painted p95 {p95(ours) - p95(empty):+.1f} ms on the empty page "
            f"(target +2.0), median {median(ours) - median(empty):+.1f} ms"
        )


def take_turn(page: Page, keys: Sequence[str], times: dict[str, list[float]]) -> None:
    """Press keys at random intervals, and add the measured times."""
    page.bring_to_front()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(300)
    page.evaluate("probe.drawn = []; probe.painted = []; probe.presented = []")
    for number in range(KEYS_A_ROUND):
        page.keyboard.press(keys[number % len(keys)])
        page.wait_for_timeout(random.uniform(30, 60))  # noqa: S311
    page.wait_for_timeout(300)
    for kind, values in times.items():
        values += page.evaluate(f"probe.{kind}")


def report_hold(product: Lab) -> None:
    """Print whether a held key draws every frame once, without requests."""
    page = product.label_page("long")
    page.evaluate("probe.watchFrames(); probe.watchKeys()")
    first = int(page.locator("label-page").get_attribute("data-frame"))
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    keyboard = page.context.new_cdp_session(page)
    started = time.monotonic()
    for number in range(HOLD_SECONDS * HOLD_HZ):
        time.sleep(max(0, started + number / HOLD_HZ - time.monotonic()))
        press(keyboard, repeats=number > 0)
    seconds = time.monotonic() - started
    page.wait_for_timeout(300)
    frames = page.evaluate("probe.frames")
    n_keys = page.evaluate("probe.drawn.length")
    in_order = frames == list(range(first + 1, first + 1 + n_keys))
    print(
        f"held for {seconds:.1f} s: {n_keys} keydowns, {len(frames)} draws, every "
        f"frame in order: {in_order}; {len(requests)} requests; "
        f"drawn {summary(page.evaluate('probe.drawn'))}"
    )
    page.close()


def press(keyboard: CDPSession, *, repeats: bool) -> None:
    """Send a keydown event of a held key."""
    keyboard.send(
        "Input.dispatchKeyEvent",
        {
            "type": "rawKeyDown",
            "key": "ArrowRight",
            "code": "ArrowRight",
            "windowsVirtualKeyCode": 39,
            "autoRepeat": repeats,
        },
    )


def report_next_clip(product: Lab) -> None:
    """Print the time from the key for the next clip to its picture."""
    page = product.label_page("long")
    waits = [page.evaluate("probe.openNext()") for _ in range(OPENINGS)]
    page.close()
    seen, ready = zip(*waits, strict=True)
    print(f"next clip of {LONG_FRAMES} frames: {summary(seen)} (target 50)")
    print(f"then ready for keys: {summary(ready)}")


def report_soak(product: Lab) -> None:
    """Print the growth of memory by the key actions of four hours."""
    page = product.label_page("short")
    memory = page.context.new_cdp_session(page)
    before = heap_mb(memory)
    started = time.monotonic()
    n_keys = 0
    for clip in range(SHORT_CLIPS):
        page.evaluate("keys => probe.replay(keys)", SOAK_KEYS)
        n_keys += len(SOAK_KEYS)
        if clip < SHORT_CLIPS - 1:
            page.evaluate("probe.openNext()")
            n_keys += 1
    page.locator("label-page[data-unsaved='0']").wait_for(timeout=120_000)
    seconds = time.monotonic() - started
    after = heap_mb(memory)
    page.close()
    print(
        f"{n_keys} key actions over {SHORT_CLIPS} clips in {seconds:.0f} s: heap "
        f"{before:.1f} to {after:.1f} MB after collection, {after - before:+.1f} "
        "(target +50)"
    )


def heap_mb(session: CDPSession) -> float:
    """Return the memory of the page after garbage collection, with its arrays."""
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    return (usage["usedSize"] + usage.get("backingStorageSize", 0)) / 1e6


class WireBytes:
    """The number of bytes of each response to a page, as transferred."""

    def __init__(self, page: Page) -> None:
        self.urls: dict[str, str] = {}
        self.lengths: dict[str, float] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def of(self, part: str, page: Page) -> float:
        """Return the number of bytes of the first request with `part` in its URL."""
        (key, *_) = (key for key, url in self.urls.items() if part in url)
        while key not in self.lengths:
            page.wait_for_timeout(20)
        return self.lengths[key]

    def _sent(self, event: dict[str, object]) -> None:
        self.urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, object]) -> None:
        self.lengths[event["requestId"]] = event["encodedDataLength"]


def summary(values: Sequence[float]) -> str:
    """Return median and 95th percentile."""
    return f"p50 {median(values):.1f} p95 {p95(values):.1f} ms, n={len(values)}"


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


if __name__ == "__main__":
    main()
