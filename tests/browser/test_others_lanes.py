"""Lanes of other annotators are shown below one's own, if the policy shows them."""

import pytest

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.assignments.withdrawal import set_policy
from labeling.models import Assignment
from tests.browser.labelling_desk import open_clip, saved_runs
from tests.browser.labelling_page import press, ready
from tests.factories import label, make_user

pytestmark = pytest.mark.django_db(transaction=True)

# The colours at the middle of a frame, in the lane `above` px from the bottom.
COLOUR = """([frame, above]) => {
  const { dataset: { start, stop }, firstElementChild: canvas, offsetWidth } =
    document.querySelector("time-line");
  const scale = canvas.width / offsetWidth;
  const x = 6 + ((frame + 0.5 - start) / (stop - start)) * (offsetWidth - 12);
  const pixel = canvas.getContext("2d")
    .getImageData(x * scale, canvas.height - above * scale, 1, 1).data;
  return `rgb(${pixel[0]}, ${pixel[1]}, ${pixel[2]})`;
}"""
TOUCH = """() => {
  const probe = document.createElement("i");
  probe.style.color = "var(--touch)";
  document.body.append(probe);
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(probe).color;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}"""


@pytest.fixture
def others(blind):
    """In alice's clip, ben labels a touch [20, 25) and carl [28, 30)."""
    subset = blind.clip.subset
    for name, onset, offset in (("ben", 20, 25), ("carl", 28, 30)):
        assign_subset(user=None, subset=subset, annotators=[make_user(name)])
        theirs = Assignment.objects.get(annotator__username=name, clip=blind.clip)
        label(theirs, (5, 35, 0))
        label(theirs, (onset, offset, 1))
    return subset


def let_see(subset, annotator):
    set_policy(
        user=None,
        subset=subset,
        annotator=annotator,
        sees_scores=False,
        sees_others=True,
    )


def test_other_lanes_are_below_the_own_lane_in_their_rows(
    page, live_server, blind, others
):
    let_see(others, blind.annotator)
    open_clip(page, live_server, blind)
    page.locator("time-line[data-others='ben, carl']").wait_for()
    page.locator("time-line[data-start]").wait_for()

    touch = page.evaluate(TOUCH)
    # Lanes of 13 px above a foot of 4: carl's is the lower one.
    seen = {
        name: [
            frame
            for frame in range(5, 35)
            if page.evaluate(COLOUR, [frame, above]) == touch
        ]
        for name, above in (("ben", 23), ("carl", 10))
    }

    assert seen == {"ben": list(range(20, 25)), "carl": [28, 29]}
    press(page, "ArrowUp")
    assert saved_runs(page, blind) == [(5, 6, 1)]
    blind.refresh_from_db()
    assert blind.saw_others_at is not None


def test_a_blind_page_fetches_no_other_labels_and_has_no_lanes_for_them(
    page, live_server, blind, others
):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_clip(page, live_server, blind)
    page.wait_for_load_state("networkidle")

    assert not any("/others/" in url for url in asked)
    assert not any(name in page.content() for name in ("ben", "carl"))
    height = "document.querySelector('time-line').offsetHeight"
    low = page.evaluate(height)

    let_see(others, blind.annotator)
    page.reload()
    ready(page)

    assert page.evaluate(height) == low + 2 * 13
