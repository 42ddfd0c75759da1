"""Drive a real Chromium against pytest-django's live server.

A page that reports an error on its console fails its test, and so does everything
that the Content-Security-Policy stopped. A test that provokes an error on purpose
compares `page_errors` with the expected errors and clears it.
"""

import importlib.util
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).resolve().parent
REAL_SESSION = HERE.parent / "data" / "whacc_session_small.h5"
SCREENSHOTS = HERE.parent.parent / "test-results"
TEST_FAILED = pytest.StashKey[bool]()

# Playwright's synchronous interface keeps an event loop in the tests' thread, and
# Django would refuse every query there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, so that `-m "not browser"` leaves it out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember for the `page` fixture whether the test failed."""
    report = yield
    item.stash[TEST_FAILED] = item.stash.get(TEST_FAILED, False) or report.failed
    return report


@pytest.fixture
def assignments(tmp_path: Path, settings: Any) -> list[Any]:
    """Return alice's clips: frames [5, 35) of each trial of a real session."""
    from labeling.domain.assignments.labelling import assign_subset, assignments_for
    from labeling.domain.recordings.sessions import import_session
    from tests.factories import make_subset, make_user

    settings.WHACC_DATA_ROOT = tmp_path
    shutil.copy(REAL_SESSION, tmp_path / "real.h5")
    subset = make_subset(import_session(user=None, file="real.h5"), start=5, stop=35)
    alice = make_user()
    assign_subset(user=None, subset=subset, annotators=[alice])
    return list(assignments_for(alice))


@pytest.fixture
def assignment(assignments: list[Any]) -> Any:
    """Return alice's first clip."""
    return assignments[0]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser to drive."""
    spec = importlib.util.spec_from_file_location(
        "find_chromium", HERE / "find_chromium.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = module.find_chromium()
    assert path, "No Chromium found: run `make test`, or set CHROMIUM."
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Start one browser for all tests of this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def requests_answered() -> Iterator[None]:
    """Wait for the answers to a closed page before its database is emptied."""
    open_requests = []
    started = lambda **_: open_requests.append(1)  # noqa: E731
    finished = lambda **_: open_requests.pop()  # noqa: E731
    request_started.connect(started)
    request_finished.connect(finished)
    yield
    deadline = time.monotonic() + 10
    while open_requests and time.monotonic() < deadline:
        time.sleep(0.01)
    request_started.disconnect(started)
    request_finished.disconnect(finished)


@pytest.fixture
def context(browser: Browser, requests_answered: None) -> Iterator[BrowserContext]:
    """Open a window without cookies; two contexts are two people."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page_errors() -> list[str]:
    """Collect what the page reports as errors; a test may clear it."""
    return []


@pytest.fixture
def page(
    context: BrowserContext, page_errors: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Open an empty page, and fail the test on errors that it did not expect."""
    page = context.new_page()
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            page_errors.append(message.text) if message.type == "error" else None
        ),
    )
    yield page
    if page_errors or request.node.stash.get(TEST_FAILED, False):
        SCREENSHOTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "_", request.node.name)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    assert page_errors == []


@pytest.fixture
def session(tmp_path: Path, settings: Any) -> Any:
    """Import a real session file."""
    from tests.browser.labelling_desk import import_real_session

    settings.WHACC_DATA_ROOT = tmp_path
    return import_real_session(tmp_path)


@pytest.fixture
def blind(session: Any) -> Any:
    """Alice's first clip, frames [5, 35), without scores."""
    from tests.browser.labelling_desk import give_clip

    return give_clip(session, sees_scores=False)


@pytest.fixture
def assisted(session: Any) -> Any:
    """Alice's first clip, with a suggested touch [12, 17) and doubt at frame 25."""
    from tests.browser.labelling_desk import give_clip, publish_scores

    publish_scores(session)
    return give_clip(session, sees_scores=True)
