"""The running product, its database and its browsers, for rounds with faults."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import requests
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from tests.launched import Launched
from whacc_web.launcher.children import DEATHS_MAX, DEATHS_WITHIN_SECONDS
from whacc_web.postgres.embedded import embedded_url

ROOT = Path(__file__).resolve().parents[2]
REAL_SESSION = ROOT / "tests" / "data" / "whacc_session_small.h5"
USERNAME = "alice"
FIRST, LAST = 5, 35
WAIT_SECONDS = 90


class World:
    """One running product and one browser, shared by all rounds."""

    def __init__(
        self, product: Launched, browser: Browser, password: str, clips: list[int]
    ) -> None:
        self.product = product
        self.browser = browser
        self.password = password
        self.clips = clips
        self.login = self.log_in()
        self.devices: list[Any] = []
        self.windows: list[BrowserContext] = []
        self.server_deaths: list[float] = []

    def log_in(self) -> requests.Session:
        """Log alice in as a browser does; wait if the server is restarting."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            http = requests.Session()
            http.trust_env = False
            with contextlib.suppress(requests.RequestException, TypeError):
                page = http.get(f"{self.product.url}/login/", timeout=10).text
                token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
                form = {"username": USERNAME, "password": self.password}
                answer = http.post(
                    f"{self.product.url}/login/",
                    {**form, "csrfmiddlewaretoken": token},
                    timeout=20,
                )
                if answer.ok and "/login/" not in answer.url:
                    return http
            assert time.monotonic() < deadline, "alice cannot log in"
            time.sleep(0.2)

    def window(self, number: int) -> BrowserContext:
        """Return a window that stays open over rounds, so that scripts stay cached."""
        while number >= len(self.windows):
            size = {"width": 900, "height": 700}
            self.windows.append(self.browser.new_context(viewport=size))
        return self.windows[number]

    def close_windows(self) -> None:
        """Close all windows, with everything they store."""
        for window in self.windows:
            with contextlib.suppress(Error):
                window.close()
        self.windows.clear()

    def kill_server(self) -> None:
        """Kill the whole web server, or one of its processes.

        The launcher gives up, as it should, when one ends too often within a minute.
        """
        processes = self.product.children("web server")
        now = time.monotonic()
        recent = [at for at in self.server_deaths if now - at < DEATHS_WITHIN_SECONDS]
        if len(recent) < DEATHS_MAX:
            self.server_deaths = [*recent, now]
        else:
            ours = {process.pid for process in processes}
            processes = [each for each in processes if each.ppid() in ours]
        self.product.kill(*processes)

    def rows(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Return rows of the database, which may have restarted a moment ago."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                url = embedded_url(self.product.var / "pg")
                with psycopg.connect(url, autocommit=True) as connection:
                    cursor = connection.execute(query, arguments)
                    return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "the database does not come back"
                time.sleep(0.2)


@contextlib.contextmanager
def running_world(folder: Path, chromium: str, n_rounds: int) -> Iterator[World]:
    """Start everything once, with a clip for each round."""
    product = Launched(folder / "run" / "var")
    product.start()
    try:
        password, clips = seed(product.var, n_rounds)
        with sync_playwright() as playwright:
            arguments = ["--disable-dev-shm-usage"]
            browser = playwright.chromium.launch(
                executable_path=chromium, args=arguments
            )
            yield World(product, browser, password, clips)
            browser.close()
    finally:
        if product.process.poll() is None:
            product.kill_launcher()
        product.kill(*product.leftovers())


def seed(var: Path, n_clips: int) -> tuple[str, list[int]]:
    """Create an account and its clips, in a process with Django."""
    (var / "data").mkdir(exist_ok=True)
    shutil.copy(REAL_SESSION, var / "data" / "real.h5")
    made = subprocess.run(
        [sys.executable, "-m", "tests.chaos.world", str(n_clips)],
        cwd=ROOT,
        env={**clean_environment(), "WHACC_VAR": str(var), "PYTHONPATH": "."},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(made.stdout.splitlines()[-1])


def clean_environment() -> dict[str, str]:
    """Return the environment without settings of the product."""
    ours = ("WHACC_", "DATABASE_URL", "DJANGO_", "SEED", "ROUNDS", "STEPS")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)}


def make_clips(n_clips: int) -> tuple[str, list[int]]:
    """Assign one clip to alice in many passes; return how to log in."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "whacc_web.settings"
    import django

    django.setup()
    from labeling.domain.recordings.sessions import import_session
    from labeling.models import Assignment
    from tests.factories import PASSWORD, make_subset, make_user

    session = import_session(user=None, file="real.h5")
    clip = make_subset(session, start=FIRST, stop=LAST).clips.first()
    alice = make_user(USERNAME)
    passes = [
        Assignment(clip=clip, annotator=alice, pass_number=number)
        for number in range(1, n_clips + 1)
    ]
    return PASSWORD, [each.pk for each in Assignment.objects.bulk_create(passes)]


if __name__ == "__main__":
    print(json.dumps(make_clips(int(sys.argv[1]))))
