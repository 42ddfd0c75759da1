"""An admin assigns a subset; annotators label it and return some clips."""

import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assignments_for
from labeling.domain.assignments.withdrawal import set_policy, withdraw
from labeling.domain.labels.operations import label_values, replayed_values
from labeling.models import Assignment, Label, Subset
from models_ml.arrays import UNLABELLED
from tests.browser.labelling_page import all_saved, log_in, open_clip, press, ready
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def window(browser, page_errors):
    """Open the window of another person."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    return page


def label_whole_clip(page):
    """Label all frames of the open clip "not touch" by keys."""
    label_page = ready(page)
    n_frames = int(
        page.locator("progress[data-readout=clip-progress]").get_attribute("max")
    )
    press(page, "i", "'", "ArrowDown")
    page.locator(f"label-page[data-labelled='{n_frames}']").wait_for()
    all_saved(page)
    return int(label_page.get_attribute("data-assignment"))


def choose_by_keys(page, *labels):
    for text in labels:
        page.get_by_label(text, exact=True).focus()
        page.keyboard.press("Space")


def test_a_subset_is_selected_frozen_assigned_returned_and_reassigned(
    page, browser, live_server, session, page_errors, requests_answered
):
    ada, ben, cleo = (make_user(name) for name in ("ada", "ben", "cleo"))
    make_user("dana", "admin")
    log_in(page, live_server, "dana")
    page.goto(f"{live_server.url}{reverse('subset-new')}?by=trials")
    page.get_by_label("Name of the subset").fill("monday")
    page.locator("#preview").get_by_text("by hand").wait_for()
    page.get_by_role("button", name="Create subset").click()
    page.get_by_text("not frozen").wait_for()
    subset = Subset.objects.get()
    n_clips = subset.clips.count()
    page.get_by_role("button", name="Freeze").click()
    page.get_by_text("monday is frozen").wait_for()

    page.get_by_role("link", name="Assign to annotators").click()
    choose_by_keys(page, "ada", "ben")
    page.get_by_label("Annotators per clip").fill("1")
    page.locator("#preview td", has_text="ada").wait_for()
    page.get_by_role("button", name="Assign clips").click()
    page.get_by_text("Clips assigned: ").wait_for()
    own = [assignments_for(user).count() for user in (ada, ben)]
    assert sum(own) == n_clips
    assert min(own) >= 1

    other = window(browser, page_errors)
    log_in(other, live_server, "ada")
    other.get_by_role("heading", name="Your queue").wait_for()
    # "Continue labelling" has the focus.
    other.keyboard.press("Enter")
    first = label_whole_clip(other)
    assert first == assignments_for(ada).first().pk
    other.get_by_role("link", name="Return").click()
    # The note has the focus.
    other.locator("textarea:focus").wait_for()
    other.keyboard.type("The pole is out of the picture")
    other.get_by_role("button", name="Return the clip").click()
    other.locator("#returns").get_by_text("The pole is out").wait_for()
    other.context.close()

    page.goto(f"{live_server.url}{reverse('subset-detail', args=[subset.pk])}")
    returned = page.locator("#returns tr", has_text="The pole is out of the picture")
    returned.get_by_role("button", name="Send back to ada").click()
    page.get_by_text("The clip is in the queue of ada again.").wait_for()
    page.get_by_role("link", name="Change the assignments of ben").click()
    page.get_by_label("ada", exact=True).uncheck()
    page.get_by_label("cleo", exact=True).check()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text(
        f"{own[1]} withdrawn from ben; reassigned {own[1]} to cleo"
    ).wait_for()

    assert assignments_for(ben).count() == 0
    assert assignments_for(cleo).count() == own[1]
    assert Label.objects.filter(assignment=first).exists()


def test_a_clip_withdrawn_while_it_is_labelled_loses_nothing_and_shows_a_notice(
    page, live_server, assignment
):
    log_in(page, live_server)
    open_clip(page, live_server, assignment)
    press(page, "ArrowUp", "ArrowRight")
    all_saved(page)
    done = withdraw(
        user=None,
        subset=assignment.clip.subset,
        annotator=assignment.annotator,
        takers=[make_user("ben")],
    )
    assert done.n_not_reassigned == 0
    assert page.locator("[data-readout=withdrawn]").is_hidden()

    press(page, "ArrowUp")
    page.get_by_text("An admin withdrew this clip").wait_for()
    press(page, "ArrowRight", "ArrowUp")
    all_saved(page)

    values = label_values(assignment)
    assert (values != UNLABELLED).sum() == 2
    assert values.tolist() == replayed_values(assignment).tolist()
    assert Assignment.objects.get(pk=assignment.pk).told_at is not None


def test_scores_hidden_while_a_clip_is_labelled_are_gone_after_a_reload(
    page, live_server, assisted
):
    log_in(page, live_server)
    open_clip(page, live_server, assisted)
    # A pending request under the old policy would be refused and shown.
    page.wait_for_load_state("networkidle")
    set_policy(
        user=None,
        subset=assisted.clip.subset,
        annotator=assisted.annotator,
        sees_scores=False,
        sees_others=False,
    )
    press(page, "ArrowUp")
    all_saved(page)

    page.reload()
    ready(page)

    assert page.locator("label-page[data-scored]").count() == 0
    label = Label.objects.get(assignment=assisted)
    assert (label.value, label.suggestion_shown) == (1, True)
