"""Actions on the labelling page, as an annotator performs them.

It can be imported where Django is not set up.
"""

import contextlib
import re

from django.urls import reverse
from playwright.sync_api import Error

STORED_OPERATIONS = """() => new Promise((resolve) => {
  const opening = indexedDB.open("whacc");
  opening.onsuccess = () => {
    const { result: database } = opening;
    const rows = database.transaction("operations").objectStore("operations").getAll();
    rows.onsuccess = () => { database.close(); resolve(rows.result); };
  };
})"""


def wait_until_stored(page, count):
    """Wait until the browser's database holds `count` operations."""
    # wait_for_function takes a promise for true: poll instead.
    for _ in range(200):
        if len(page.evaluate(STORED_OPERATIONS)) == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"expected {count} stored operations")


def log_in(page, live_server, username="alice"):
    from tests.factories import PASSWORD

    page.goto(f"{live_server.url}{reverse('login')}")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    # The page after the login depends on the role.
    page.wait_for_url(re.compile(r"^(?!.*/login/)"))


def open_clip(page, live_server, assignment):
    url = reverse("assignment-detail", args=[assignment.pk])
    page.goto(f"{live_server.url}{url}")
    return ready(page)


def ready(page):
    label_page = page.locator("label-page[data-state=ready]")
    label_page.wait_for()
    return label_page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def kill_tab(page):
    """End the page's process: no code of the page runs any more."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash")
    page.close()


def all_saved(page):
    page.locator("label-page[data-unsaved='0']").wait_for()


def saved_runs(assignment):
    from labeling.domain.labels.operations import label_values, replayed_values
    from labeling.domain.labels.runs import runs_of

    values = label_values(assignment)
    assert values.tolist() == replayed_values(assignment).tolist()
    return runs_of(values, first=assignment.clip.start)
