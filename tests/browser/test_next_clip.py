"""The next clip opens in place, while labels of the last one are still sent."""

import pytest
from django.urls import reverse

from labeling.domain.labels.operations import label_values
from labeling.domain.labels.runs import runs_of
from tests.browser.labelling_page import all_saved, log_in, press

WHOLE_CLIP = ["ArrowDown", *["Shift+ArrowRight"] * 29]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clip(page, live_server, assignments):
    """Alice's first clip, on a page that is marked so that a reload is detected."""
    log_in(page, live_server)
    page.goto(f"{live_server.url}{path_of(assignments[0])}")
    shown(page, assignments[0])
    page.evaluate("window.sameDocument = true")
    return assignments[0]


def path_of(assignment):
    return reverse("assignment-detail", args=[assignment.pk])


def shown(page, assignment):
    clip = f"label-page[data-state=ready][data-assignment='{assignment.pk}']"
    page.locator(clip).wait_for()


def saved_runs(assignment):
    return runs_of(label_values(assignment), first=assignment.clip.start)


def test_the_next_clip_opens_in_place_with_one_key(page, clip, assignments):
    press(page, *WHOLE_CLIP, "Enter")
    shown(page, assignments[1])
    press(page, "ArrowUp")
    all_saved(page)

    assert page.evaluate("window.sameDocument")
    assert page.url.endswith(path_of(assignments[1]))
    assert page.title().startswith(f"real, trial {assignments[1].clip.trial.number} ")
    assert saved_runs(clip) == [(5, 35, 0)]
    assert saved_runs(assignments[1]) == [(5, 6, 1)]
    totals = page.locator("[data-readout=total]")
    page.wait_for_function(
        "total => total.textContent === '31'", arg=totals.element_handle()
    )


def test_labels_made_offline_are_sent_after_the_clip_was_left(
    page, context, clip, assignments, page_errors
):
    page.evaluate("document.querySelector('label-page').nextClip.loaded")
    press(page, *WHOLE_CLIP[:-1])
    all_saved(page)

    context.set_offline(True)
    press(page, WHOLE_CLIP[-1], "Enter")
    page.locator(f"label-page[data-assignment='{assignments[1].pk}']").wait_for()
    unsaved = page.locator("label-page").get_attribute("data-unsaved")
    not_yet = saved_runs(clip)
    context.set_offline(False)
    all_saved(page)

    assert (unsaved, not_yet) == ("1", [(5, 34, 0)])
    assert saved_runs(clip) == [(5, 35, 0)]
    page_errors.clear()


def test_back_forward_and_reload_show_the_clip_of_the_address(page, clip, assignments):
    press(page, "ArrowUp")
    page.get_by_role("button", name="Skip clip").click()
    shown(page, assignments[1])

    page.go_back()
    shown(page, clip)
    label = page.locator("label-page").get_attribute("data-labelled")
    page.go_forward()
    shown(page, assignments[1])
    in_place = page.evaluate("window.sameDocument")
    page.reload()
    shown(page, assignments[1])

    assert label == "1"
    assert in_place
    assert page.evaluate("window.sameDocument === undefined")
    assert saved_runs(clip) == [(5, 6, 1)]


def test_after_the_last_clip_the_subset_is_shown(page, live_server, clip, assignments):
    for assignment in assignments:
        shown(page, assignment)
        press(page, *WHOLE_CLIP, "Enter")

    subset = reverse("subset-detail", args=[clip.clip.subset_id])
    page.wait_for_url(f"{live_server.url}{subset}")
    assert [saved_runs(each) for each in assignments] == [[(5, 35, 0)]] * len(
        assignments
    )
