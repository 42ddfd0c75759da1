"""One device on which alice labels: a browser window with cookies of its own."""

import contextlib
import json
import random
import time
from typing import Any

import requests
from playwright.sync_api import Error, Page, Route

from tests.browser.labelling_page import KEPT_OPERATIONS
from tests.chaos.world import WAIT_SECONDS, World

KEYS = (
    "ArrowUp", "ArrowDown", "q", "ArrowRight", "ArrowRight", "ArrowLeft",
    "Shift+ArrowRight", "Shift+ArrowRight", "Control+z", "Control+Shift+Z", "1", "u",
)  # fmt: skip
OPERATIONS = "**/operations/"
OPENED = "label-page[data-state=ready], label-page[data-state=failed]"
ALL_SAVED = "label-page[data-state=ready][data-unsaved='0']"
SHOWN_LABELS = "[...document.querySelector('label-page').labels.values]"


class Device:
    """A window with cookies and an IndexedDB of its own, and what was kept in it."""

    def __init__(
        self, world: World, window: int, clip: int, rng: random.Random
    ) -> None:
        self.world = world
        self.clip = clip
        self.rng = rng
        self.url = f"{world.product.url}/assignments/{clip}/"
        self.context = world.window(window)
        self.context.set_default_timeout(WAIT_SECONDS * 1000)
        self.kept: dict[str, dict[str, Any]] = {}
        self.sent: list[str] = []
        self.context.on("request", self._remember)
        self.log_in()
        self.page: Page | None = None

    def log_in(self) -> None:
        """Log in, as in another tab of this window."""
        cookies = self.world.login.cookies
        self.context.add_cookies(
            [
                {"name": each.name, "value": each.value, "url": self.world.product.url}
                for each in cookies
            ]
        )

    def open(self, path: str | None = None) -> None:
        """Open the clip, or another page, in a new tab."""
        self.page = self.context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        with contextlib.suppress(Error):
            self.page.goto(path or self.url, timeout=10_000, wait_until="commit")
            if path is None:
                self.page.wait_for_selector(OPENED, timeout=3_000)

    def is_ready(self) -> bool:
        """Whether there is a page that labels can be made on."""
        with contextlib.suppress(Error):
            return bool(
                self.page and self.page.query_selector("label-page[data-state=ready]")
            )
        return False

    def label(self) -> None:
        """Press some keys, and write down what the browser has kept of it."""
        if not self.is_ready():
            return
        with contextlib.suppress(Error):
            for key in self.rng.choices(KEYS, k=self.rng.randint(2, 10)):
                self.page.keyboard.press(key)
        if self.rng.random() < 0.8:
            self.note_kept()

    def note_kept(self) -> None:
        """Remember every operation that the browser says it keeps."""
        with contextlib.suppress(Error):
            for row in self.rows():
                self.kept[row["id"]] = row["operation"]

    def rows(self) -> list[dict[str, Any]]:
        """Return what the browser keeps of the clip."""
        rows = self.page.evaluate(KEPT_OPERATIONS)
        return [row for row in rows if row["assignment"] == self.clip]

    def kill_tab(self) -> None:
        """End the page's process, then look at the clip again, or at another page."""
        if self.page is None:
            return
        with (
            contextlib.suppress(Error),
            self.page.expect_event("crash", timeout=10_000),
            contextlib.suppress(Error),
        ):
            self.page.goto("chrome://crash")
        self.page.close()
        elsewhere = f"{self.world.product.url}/subsets/"
        self.open(elsewhere if self.rng.random() < 0.3 else None)

    def reload(self) -> None:
        """Leave the page as people do."""
        with contextlib.suppress(Error):
            self.page.reload(timeout=10_000, wait_until="commit")

    def second_tab(self) -> None:
        """Open the clip in another tab, and take over there."""
        self.open()
        with contextlib.suppress(Error):
            self.page.get_by_role("button", name="Take over here").click(timeout=500)

    def spoil(self) -> None:
        """Let the next requests go wrong in one of the ways of a network."""
        way = self.rng.choice([lose_request, lose_answer, delay, bad_gateway])
        with contextlib.suppress(Error):
            self.context.unroute(OPERATIONS)
            self.context.route(OPERATIONS, way, times=self.rng.randint(1, 3))

    def replay(self) -> None:
        """Send an old batch again, from outside of any page."""
        if not self.sent:
            return
        http = self.world.login
        # The server may be away at this moment, and that is a round too.
        with contextlib.suppress(requests.RequestException, ValueError):
            who = http.get(f"{self.world.product.url}/signed-in/", timeout=10).json()
            http.post(
                f"{self.url}operations/",
                data=self.rng.choice(self.sent),
                headers={
                    "X-CSRFToken": who["csrf_token"],
                    "Content-Type": "application/json",
                },
                timeout=10,
            )

    def heal(self) -> list[int]:
        """Bring everything back; return the labels shown when all is saved."""
        self.clear()
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            self.open()
            with contextlib.suppress(Error):
                self.page.wait_for_selector(ALL_SAVED, timeout=20_000)
                rows = self.rows()
                if all(row["aside"] for row in rows):
                    # What was set aside: overtaken by the other device, never refused.
                    assert {row["aside"]["kind"] for row in rows} <= {"overtaken"}, rows
                    return self.page.evaluate(SHOWN_LABELS)
            self.page.close()
        raise AssertionError(f"labels stay unsaved: {self.said()}")

    def said(self) -> str:
        """Return what the page last said about saving."""
        with contextlib.suppress(Error):
            return json.dumps(self.page.locator("save-state").inner_text())
        return "no page"

    def clear(self) -> None:
        """Close what is open, and let the network be."""
        with contextlib.suppress(Error):
            self.context.unroute_all(behavior="ignoreErrors")
        self.context.set_offline(False)
        for page in self.context.pages:
            with contextlib.suppress(Error):
                page.close()

    def leave(self) -> None:
        """Give the window back for the next round."""
        self.clear()
        self.context.remove_listener("request", self._remember)

    def _remember(self, request: Any) -> None:
        if request.url.endswith("/operations/") and request.post_data:
            self.sent.append(request.post_data)


def lose_request(route: Route) -> None:
    """The network breaks before the server hears of it."""
    route.abort("connectionreset")


def lose_answer(route: Route) -> None:
    """The server has committed, and its answer is lost."""
    with contextlib.suppress(Error):
        route.fetch()
    with contextlib.suppress(Error):
        route.abort("connectionreset")


def delay(route: Route) -> None:
    """The request takes its time."""
    time.sleep(0.3)
    with contextlib.suppress(Error):
        route.continue_()


def bad_gateway(route: Route) -> None:
    """Something between the browser and the server answers."""
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")
