"""The whole video frame around a crop, over the labelling page."""

import numpy as np
import pytest
from playwright.sync_api import expect

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.tracking.plan import TrackingRequest
from labeling.domain.tracking.run import track_videos
from models_ml.tracking.videos import decoded_frames
from tests.browser.labelling_desk import at_frame, open_clip, saved_runs
from tests.factories import make_subset, make_user
from tests.factories_videos import spots, write_video

pytestmark = pytest.mark.django_db(transaction=True)

GREY_OF = """(image) => {
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const grey = Array.from(data.filter((_, at) => at % 4 === 0));
  return { width: canvas.width, grey };
}"""
FOCUSED = "() => document.activeElement.tagName"


@pytest.fixture
def video(tmp_path, settings):
    """A video of 40 frames below the data root."""
    settings.WHACC_DATA_ROOT = tmp_path / "data"
    folder = tmp_path / "data" / "v"
    folder.mkdir(parents=True)
    return write_video(folder / "m-1.mp4", spots(40, shape=(128, 160))[0])


@pytest.fixture
def assignment(video):
    """Alice's clip: frames [15, 20) of the video's trial."""
    request = TrackingRequest(
        folder="v", out="m.h5", x=25, y=35, frame=0, template_px=15, crop_px=9
    )
    session = track_videos(user=None, request=request).session
    subset = make_subset(session, start=15, stop=20)
    assign_subset(user=None, subset=subset, annotators=[make_user()])
    return assignments_for(subset.clips.get().assignments.get().annotator).get()


@pytest.fixture
def dialog(page, live_server, assignment):
    """The dialog of alice's labelling page, not open yet."""
    # The first full frame starts the process that decodes.
    page.set_default_timeout(60_000)
    open_clip(page, live_server, assignment)
    return page.locator("dialog[data-full-frame]")


def shown_frame(dialog):
    image = dialog.locator("img")
    expect(image).to_be_visible(timeout=60_000)
    found = image.evaluate(GREY_OF)
    return np.array(found["grey"]).reshape(-1, found["width"])


def test_the_frame_is_shown_with_the_crop_and_labelling_continues(
    page, dialog, assignment, video
):
    page.keyboard.press("ArrowRight")
    at_frame(page, 16)
    focused = page.evaluate(FOCUSED)
    page.keyboard.press("Shift+P")
    first = shown_frame(dialog)
    # Keys pressed while the dialog is open do not act on the page behind it.
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    focused_again = page.evaluate(FOCUSED)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    at_frame(page, 17)
    page.locator("summary", has_text="View").click()
    page.get_by_role("button", name="Video frame").click()
    expect(dialog).to_contain_text("Frame 17.")
    second = shown_frame(dialog)
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("ArrowDown")

    greys = [frame.grey for frame in decoded_frames(video)]
    # The spot's corner is at (68, 46) in frame 16, the crop's one pixel inside it.
    rows, columns = np.nonzero(first != greys[16])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (46, 56, 68, 78)
    assert np.array_equal(first[47:56, 69:78], greys[16][47:56, 69:78])
    assert np.count_nonzero(second != greys[17]) <= 4 * 11
    assert focused_again == focused
    assert saved_runs(page, assignment) == [(16, 17, 1), (17, 18, 0)]


def test_a_missing_video_is_reported_in_a_sentence(
    page, dialog, assignment, video, page_errors
):
    video.rename(video.with_name("other-1.mp4"))

    page.keyboard.press("Shift+P")

    expect(dialog.get_by_role("status")).to_have_text(
        "The video m-1.mp4 was moved from 'v' or renamed. Ask an admin to put it back."
    )
    expect(dialog.locator("img")).to_be_hidden()
    # The browser itself reports that a picture was refused.
    assert all("400 (Bad Request)" in error for error in page_errors)
    page_errors.clear()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    assert saved_runs(page, assignment)[0] == (15, 16, 1)
