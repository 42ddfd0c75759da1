"""A link to a clip opens it in the same document; where that fails it is a link."""

import pytest
from django.urls import reverse

from labeling.domain.labels.operations import label_values
from labeling.domain.labels.runs import runs_of
from tests.browser.labelling_page import all_saved, log_in, press, ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subset_page(page, live_server, assignments):
    """The page of alice's subset, marked so that a reload is detected."""
    log_in(page, live_server)
    path = reverse("subset-detail", args=[assignments[0].clip.subset_id])
    page.goto(f"{live_server.url}{path}")
    page.evaluate("window.sameDocument = true")
    return path


def path_of(assignment):
    return reverse("assignment-detail", args=[assignment.pk])


def is_same_document(page):
    return page.evaluate("window.sameDocument === true")


def test_the_clip_to_label_next_opens_in_place(page, subset_page, assignments):
    page.get_by_role("link", name="Label the next clip").click()
    ready(page)
    press(page, "ArrowUp")
    all_saved(page)

    assert is_same_document(page)
    assert page.url.endswith(path_of(assignments[0]))
    assert page.title().startswith("real, trial ")
    assert page.get_by_role("heading", name="real").is_visible()
    saved = runs_of(label_values(assignments[0]), first=5)
    assert saved == [(5, 6, 1)]


def test_any_clip_of_the_list_opens_in_place_by_keyboard(
    page, subset_page, assignments
):
    page.get_by_role("link", name="Clip 2").focus()
    page.keyboard.press("Enter")
    label_page = ready(page)

    assert is_same_document(page)
    assert label_page.get_attribute("data-assignment") == str(assignments[1].pk)


def test_back_shows_the_list_as_it_is_now_and_forward_the_clip(
    page, subset_page, assignments
):
    page.get_by_role("link", name="Label the next clip").click()
    ready(page)
    press(page, "ArrowUp")
    all_saved(page)

    page.go_back()
    page.get_by_text("1 of 30 frames").first.wait_for()
    back = page.url
    page.go_forward()
    label_page = ready(page)

    assert back.endswith(subset_page)
    assert page.url.endswith(path_of(assignments[0]))
    assert label_page.get_attribute("data-labelled") == "1"


def test_back_after_the_next_clip_goes_clip_by_clip(page, subset_page, assignments):
    page.get_by_role("link", name="Label the next clip").click()
    ready(page)
    page.get_by_role("button", name="Skip clip").click()
    shown = "label-page[data-state=ready][data-assignment='{}']"
    page.locator(shown.format(assignments[1].pk)).wait_for()

    page.go_back()
    page.locator(shown.format(assignments[0].pk)).wait_for()
    in_place = is_same_document(page)
    page.go_back()
    page.get_by_role("link", name="Label the next clip").wait_for()

    assert in_place
    assert page.url.endswith(subset_page)


def test_a_clip_that_cannot_be_fetched_in_place_is_followed(
    page, subset_page, assignments, page_errors
):
    page.route(
        f"**{path_of(assignments[1])}",
        lambda route: (
            route.abort()
            if route.request.resource_type == "fetch"
            else route.continue_()
        ),
    )
    page.get_by_role("link", name="Clip 2").click()
    label_page = ready(page)

    assert not is_same_document(page)
    assert label_page.get_attribute("data-assignment") == str(assignments[1].pk)
    page_errors.clear()


def test_a_withdrawn_clip_shows_its_notice_once_it_is_opened(
    page, subset_page, assignments, page_errors
):
    taken = assignments[1]
    type(taken).objects.filter(pk=taken.pk).update(withdrawn_at=taken.created_at)
    with page.expect_response(lambda response: path_of(taken) in response.url):
        page.get_by_role("link", name="Clip 2").hover()
    taken.refresh_from_db()
    told_at_on_hover = taken.told_at
    page.get_by_role("link", name="Clip 2").click()
    page.get_by_text("An admin withdrew this clip").wait_for()
    taken.refresh_from_db()

    assert told_at_on_hover is None
    assert taken.told_at is not None
    assert not is_same_document(page)
    page_errors.clear()


def test_a_prefetched_clip_is_not_labelled_and_not_locked(
    page, context, live_server, subset_page, assignments
):
    with page.expect_response(lambda response: "/frames/" in response.url):
        page.reload()
    other = context.new_page()
    other.goto(f"{live_server.url}{path_of(assignments[0])}")
    ready(other)
    press(other, "ArrowUp")
    all_saved(other)

    assert runs_of(label_values(assignments[0]), first=5) == [(5, 6, 1)]
