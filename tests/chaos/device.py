"""A device on which alice labels: a browser window with its own cookies."""

import contextlib
import json
import random
import time
from typing import Any

import requests
from playwright.sync_api import Error, Page, Route

from tests.browser.labelling_page import STORED_OPERATIONS
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
    """A window with its own cookies and IndexedDB, and the operations stored in it."""

    def __init__(
        self, world: World, window: int, clip: int, rng: random.Random
    ) -> None:
        self.world = world
        self.clip = clip
        self.rng = rng
        self.url = f"{world.product.url}/assignments/{clip}/"
        self.context = world.window(window)
        self.context.set_default_timeout(WAIT_SECONDS * 1000)
        self.stored: dict[str, dict[str, Any]] = {}
        self.sent: list[str] = []
        self.context.on("request", self._remember)
        self.log_in()
        self.page: Page | None = None

    def log_in(self) -> None:
        """Log in, as another tab of this window would."""
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
        """Whether a page is open on which alice can label."""
        with contextlib.suppress(Error):
            return bool(
                self.page and self.page.query_selector("label-page[data-state=ready]")
            )
        return False

    def label(self) -> None:
        """Press some keys, and remember the operations that the browser stored."""
        if not self.is_ready():
            return
        with contextlib.suppress(Error):
            for key in self.rng.choices(KEYS, k=self.rng.randint(2, 10)):
                self.page.keyboard.press(key)
        if self.rng.random() < 0.8:
            self.remember_stored()

    def remember_stored(self) -> None:
        """Remember every operation that the browser has stored."""
        with contextlib.suppress(Error):
            for row in self.rows():
                self.stored[row["id"]] = row["operation"]

    def rows(self) -> list[dict[str, Any]]:
        """Return the operations of the clip that the browser has stored."""
        rows = self.page.evaluate(STORED_OPERATIONS)
        return [row for row in rows if row["assignment"] == self.clip]

    def kill_tab(self) -> None:
        """Crash the page, then open the clip again, or another page."""
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
        """Reload the page."""
        with contextlib.suppress(Error):
            self.page.reload(timeout=10_000, wait_until="commit")

    def second_tab(self) -> None:
        """Open the clip in another tab, and continue there."""
        self.open()
        with contextlib.suppress(Error):
            self.page.get_by_role("button", name="Take over here").click(timeout=500)

    def spoil(self) -> None:
        """Make the next requests fail in one of the ways of a network."""
        way = self.rng.choice([lose_request, lose_answer, delay, bad_gateway])
        with contextlib.suppress(Error):
            self.context.unroute(OPERATIONS)
            self.context.route(OPERATIONS, way, times=self.rng.randint(1, 3))

    def replay(self) -> None:
        """Send an old batch again, outside of any page."""
        if not self.sent:
            return
        http = self.world.login
        # The server may be down at this moment.
        with contextlib.suppress(requests.RequestException, ValueError):
            signed_in = http.get(
                f"{self.world.product.url}/signed-in/", timeout=10
            ).json()
            http.post(
                f"{self.url}operations/",
                data=self.rng.choice(self.sent),
                headers={
                    "X-CSRFToken": signed_in["csrf_token"],
                    "Content-Type": "application/json",
                },
                timeout=10,
            )

    def heal(self) -> list[int]:
        """End all faults; return the labels that the page shows when all is saved."""
        self.clear()
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            self.open()
            with contextlib.suppress(Error):
                self.page.wait_for_selector(ALL_SAVED, timeout=20_000)
                rows = self.rows()
                if all(row["aside"] for row in rows):
                    # Operations are set aside when overtaken, and never refused.
                    assert {row["aside"]["kind"] for row in rows} <= {"overtaken"}, rows
                    return self.page.evaluate(SHOWN_LABELS)
            self.page.close()
        raise AssertionError(f"labels stay unsaved: {self.saving_state()}")

    def saving_state(self) -> str:
        """Return the state of saving that the page shows."""
        with contextlib.suppress(Error):
            return json.dumps(self.page.locator("save-state").inner_text())
        return "no page"

    def clear(self) -> None:
        """Close all pages, and end the faults of the network."""
        with contextlib.suppress(Error):
            self.context.unroute_all(behavior="ignoreErrors")
        self.context.set_offline(False)
        for page in self.context.pages:
            with contextlib.suppress(Error):
                page.close()

    def leave(self) -> None:
        """Prepare the window for the next round."""
        self.clear()
        self.context.remove_listener("request", self._remember)

    def _remember(self, request: Any) -> None:
        if request.url.endswith("/operations/") and request.post_data:
            self.sent.append(request.post_data)


def lose_request(route: Route) -> None:
    """Lose a request before it reaches the server."""
    route.abort("connectionreset")


def lose_answer(route: Route) -> None:
    """Lose a response after the server has committed."""
    with contextlib.suppress(Error):
        route.fetch()
    with contextlib.suppress(Error):
        route.abort("connectionreset")


def delay(route: Route) -> None:
    """Delay a request."""
    time.sleep(0.3)
    with contextlib.suppress(Error):
        route.continue_()


def bad_gateway(route: Route) -> None:
    """Respond as a proxy between the browser and the server does."""
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")
