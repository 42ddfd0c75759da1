"""Labels stored in the browser reach the server once, under their own account."""

import re

import pytest
from django.contrib.sessions.models import Session as LoginSession
from django.urls import reverse

from labeling.models import Operation
from tests.browser.labelling_page import (
    all_saved,
    kill_tab,
    log_in,
    open_clip,
    press,
    ready,
    saved_runs,
    wait_until_stored,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def label_offline(page, context, live_server, assignment, *keys):
    """Label without a network, and wait until the browser has stored the labels."""
    open_clip(page, live_server, assignment)
    context.set_offline(True)
    press(page, *keys)
    page.locator("save-state[data-unstored='0']:not([data-unsaved='0'])").wait_for()


def test_stored_labels_are_sent_from_any_page_of_their_account(
    page, context, live_server, assignment, page_errors
):
    log_in(page, live_server)
    label_offline(page, context, live_server, assignment, "ArrowUp", "ArrowRight", "q")
    kill_tab(page)
    nothing_yet = Operation.objects.count()
    context.set_offline(False)
    elsewhere = context.new_page()
    elsewhere.goto(f"{live_server.url}{reverse('subset-list')}")
    wait_until_stored(elsewhere, 0)

    assert nothing_yet == 0
    assert saved_runs(assignment) == [(5, 6, 1), (6, 7, 2)]
    page_errors.clear()


def test_unsent_labels_of_the_open_clip_do_not_count_as_those_of_other_clips(
    page, context, live_server, assignment, page_errors
):
    log_in(page, live_server)
    label_offline(page, context, live_server, assignment, "ArrowUp")

    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_timeout(500)

    assert page.locator("unsent-labels").is_hidden()
    page_errors.clear()


def test_stored_labels_wait_for_their_account_and_are_sent_under_no_other(
    page, context, live_server, assignment, page_errors
):
    make_user("bob")
    log_in(page, live_server)
    label_offline(page, context, live_server, assignment, "ArrowUp")
    kill_tab(page)
    context.set_offline(False)
    context.clear_cookies()
    page = context.new_page()
    log_in(page, live_server, "bob")
    waits = page.get_by_text("1 label of account alice waits until alice logs in.")
    waits.wait_for()
    nothing_yet = Operation.objects.count()
    context.clear_cookies()
    log_in(page, live_server)
    wait_until_stored(page, 0)

    assert nothing_yet == 0
    assert saved_runs(assignment) == [(5, 6, 1)]
    page_errors.clear()


def test_an_expired_login_is_renewed_in_another_tab_and_the_page_continues(
    page, context, live_server, assignment, page_errors
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    LoginSession.objects.all().delete()
    press(page, "ArrowUp", "Shift+ArrowRight")
    page.locator("save-state[data-state='signed-out']").wait_for()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Log in").click()
    log_in(opened.value, live_server)
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    all_saved(page)

    assert saved_runs(assignment) == [(5, 7, 1)]
    page_errors.clear()


def test_a_refused_label_does_not_delay_others_and_waits_for_a_choice(
    page, live_server, assignment, page_errors
):
    def spoil(route):
        body = route.request.post_data_json
        for operation in body["operations"]:
            if operation["runs"][0][:2] == [6, 7]:
                operation["runs"] = [[300, 301, 1]]
        route.continue_(post_data=body)

    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    page.route("**/operations/", spoil)
    press(page, "ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight", "ArrowDown")
    question = page.locator("unapplied-labels .message[data-kind='refused']")
    question.wait_for()
    all_saved(page)
    before = saved_runs(assignment)
    sentence = question.inner_text()
    page.unroute("**/operations/")
    # The question is still there after a reload.
    page.reload()
    ready(page)
    question.get_by_role("button", name="Apply mine").click()
    question.wait_for(state="hidden")
    all_saved(page)

    assert before == [(5, 6, 1), (7, 8, 0)]
    assert (
        "Frames [300, 301) are not in this clip. Label frames of [5, 35)." in sentence
    )
    assert "Frame 6: mine touch, saved no label" in sentence
    assert saved_runs(assignment) == [(5, 7, 1), (7, 8, 0)]


@pytest.mark.parametrize(
    ("choice", "after"),
    [
        ("Keep saved labels", [(5, 8, 1)]),
        ("Apply mine", [(5, 6, 1), (6, 9, 0)]),
    ],
)
def test_two_devices_disagree_and_the_annotator_chooses(
    page, context, browser, live_server, assignment, page_errors, choice, after
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    context.set_offline(True)
    press(page, "ArrowRight", "ArrowDown", *["Shift+ArrowRight"] * 2)
    other = browser.new_context()
    second = other.new_page()
    log_in(second, live_server)
    open_clip(second, live_server, assignment)
    press(second, "ArrowUp", *["Shift+ArrowRight"] * 2)
    all_saved(second)
    context.set_offline(False)
    question = page.locator("unapplied-labels .message[data-kind='overtaken']")
    question.wait_for()
    all_saved(page)
    sentence = question.inner_text()
    # Only this device labelled frame 8: it is saved.
    before = saved_runs(assignment)
    question.get_by_role("button", name=choice).click()
    question.wait_for(state="hidden")
    all_saved(page)
    wait_until_stored(page, 0)
    other.close()

    assert "Frames 6 to 7: mine not touch, saved touch" in sentence
    assert before == [(5, 8, 1), (8, 9, 0)]
    assert saved_runs(assignment) == (
        after if choice == "Apply mine" else [(5, 8, 1), (8, 9, 0)]
    )
    page_errors.clear()


def test_a_second_tab_is_read_only_until_it_takes_over(
    page, context, live_server, assignment, page_errors
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    press(page, "ArrowUp")
    all_saved(page)
    second = context.new_page()
    open_clip(second, live_server, assignment)
    second.locator("save-state[data-state='elsewhere']").wait_for()
    press(second, "ArrowRight", "ArrowDown", "Control+z")
    refused = saved_runs(assignment)
    context.set_offline(True)
    page.bring_to_front()
    press(page, "ArrowRight", "ArrowUp")
    page.locator("save-state[data-unstored='0'][data-unsaved='1']").wait_for()
    context.set_offline(False)
    second.bring_to_front()
    second.get_by_role("button", name="Take over here").click()
    page.locator("save-state[data-state='elsewhere']").wait_for()
    second.locator("label-page[data-labelled='2'][data-unsaved='0']").wait_for()
    press(second, "q")
    all_saved(second)
    press(page, "ArrowDown")

    assert refused == [(5, 6, 1)]
    assert saved_runs(assignment) == [(5, 7, 1), (7, 8, 2)]
    assert Operation.objects.filter(applied=False).count() == 0
    page_errors.clear()


def test_a_second_tab_continues_when_the_first_is_closed(
    page, context, live_server, assignment
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    second = context.new_page()
    open_clip(second, live_server, assignment)
    second.locator("save-state[data-state='elsewhere']").wait_for()
    page.close()
    second.locator("save-state[data-state='saved']").wait_for()
    press(second, "ArrowUp")
    all_saved(second)

    assert saved_runs(assignment) == [(5, 6, 1)]


def test_a_tab_that_does_not_respond_is_taken_over(
    page, context, live_server, assignment
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    page.evaluate("BroadcastChannel.prototype.dispatchEvent = () => true")
    page.evaluate(
        "addEventListener('message', (e) => e.stopImmediatePropagation(), true)"
    )
    second = context.new_page()
    open_clip(second, live_server, assignment)
    second.get_by_role("button", name="Take over here").click()
    second.locator("save-state[data-state='saved']").wait_for()
    press(second, "ArrowUp")
    all_saved(second)

    assert saved_runs(assignment) == [(5, 6, 1)]


def test_the_page_warns_before_it_closes_with_unsaved_labels(
    page, context, live_server, assignment, page_errors
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    context.set_offline(True)
    press(page, "ArrowUp")
    page.locator("label-page[data-unsaved='1']").wait_for()
    page.locator("save-state[data-state='offline']").wait_for()
    page.close(run_before_unload=True)
    page.wait_for_function("document.visibilityState === 'visible'")
    status = page.locator("save-state").inner_text()
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    all_saved(page)

    assert warned == ["beforeunload"]
    assert re.match("Offline: 1 label stored on this device, retrying", status)
    page_errors.clear()
