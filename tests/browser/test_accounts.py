"""An account since its invitation, and labels that wait while it is deactivated."""

import pytest
from django.urls import reverse

from labeling.domain.accounts.administration import deactivate, reactivate
from labeling.models import Operation, User
from tests.browser.labelling_page import (
    all_saved,
    kill_tab,
    log_in,
    open_clip,
    press,
    saved_runs,
    wait_until_stored,
)
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)

DEACTIVATED = (
    "Account deactivated: 2 labels stored on this device; "
    "sent once an admin reactivates it"
)


def test_an_admin_invites_and_the_link_creates_an_account(page, browser, live_server):
    make_user("dana", "admin")
    log_in(page, live_server, "dana")
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="Invite a person").click()
    page.get_by_label("Role").select_option("adjudicator")
    page.get_by_label("Name").fill("Bo")
    page.keyboard.press("Enter")
    link = page.get_by_label("Link", exact=True).input_value()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    other = browser.new_context()
    guest = other.new_page()
    guest.goto(link)
    guest.get_by_label("User name").fill("bo")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Password confirmation").fill(PASSWORD)
    guest.keyboard.press("Enter")
    guest.wait_for_url("**/sessions/")
    shown = guest.locator(".menu > summary").inner_text()
    other.close()

    assert copied == link
    assert shown.split() == ["B", "bo", "adjudicator"]
    assert User.objects.get(username="bo").get_full_name() == "Bo"


@pytest.mark.parametrize("tab", ["open", "killed"])
def test_labels_of_a_deactivated_account_wait_and_arrive_after_its_reactivation(
    page, context, live_server, assignment, page_errors, tab
):
    dana = make_user("dana", "admin")
    alice = assignment.annotator
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    deactivate(user=dana, account=alice)
    press(page, "ArrowUp", "ArrowRight", "q")
    page.locator("save-state[data-state='deactivated'][data-unstored='0']").wait_for()
    status = page.locator("save-state [role=status]").inner_text()
    wait_until_stored(page, 2)
    while_deactivated = Operation.objects.count()
    if tab == "killed":
        kill_tab(page)
        page = context.new_page()
        page.goto(f"{live_server.url}{reverse('subset-list')}")
        page.get_by_text("This account is deactivated. Its labels are saved").wait_for()
    reactivate(user=dana, account=alice)
    elsewhere = context.new_page()
    log_in(elsewhere, live_server)
    if tab == "open":
        page.bring_to_front()
        page.evaluate("dispatchEvent(new Event('focus'))")
        all_saved(page)
    wait_until_stored(elsewhere, 0)

    assert status == DEACTIVATED
    assert while_deactivated == 0
    assert saved_runs(assignment) == [(5, 6, 1), (6, 7, 2)]
    assert Operation.objects.count() == 2
    page_errors.clear()
