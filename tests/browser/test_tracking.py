"""From a folder of videos to a tracked session to the first label, in the browser."""

import numpy as np
import pytest
from django.urls import reverse

from labeling.domain.jobs.attempts import start_job
from labeling.domain.labels.operations import label_values
from labeling.domain.labels.runs import runs_of
from labeling.jobs import work_off
from labeling.models import Assignment, Job, Session
from models_ml.session_files.reader import open_session_file
from models_ml.simulator.rigs import UNSEEN_RIGS
from models_ml.simulator.session import write_simulated_session, write_simulated_videos
from tests.browser.labelling_page import log_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

RIG, SEED, N_FRAMES = UNSEEN_RIGS[0], 5, 160


@pytest.fixture
def truth(tmp_path, settings):
    """Two small videos below the data root, and where the simulator has the pole."""
    settings.WHACC_DATA_ROOT = tmp_path / "data"
    folder = tmp_path / "data" / "A1" / "monday"
    write_simulated_videos(folder, RIG, seed=SEED, n_trials=2, n_frames=N_FRAMES)
    path = tmp_path / "truth.h5"
    write_simulated_session(path, RIG, seed=SEED, n_trials=2, n_frames=N_FRAMES)
    with open_session_file(path) as source:
        yield source


def click_in_frame(page, x, y):
    """Click a pixel of the video's frame."""
    frame = page.locator("svg.picker-frame")
    frame.scroll_into_view_if_needed()
    at = frame.evaluate(
        """(svg, [x, y]) => {
            const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
            return [at.x, at.y];
        }""",
        [float(x), float(y)],
    )
    page.mouse.click(*at)


def test_a_folder_becomes_a_session_and_gets_its_first_label(
    page, live_server, truth, tmp_path
):
    # The first look starts the process that looks.
    page.set_default_timeout(60_000)
    dana = make_user("dana", "admin")
    middle = truth._file["locations_x_y"][N_FRAMES // 2] + 30
    log_in(page, live_server, "dana")

    page.get_by_role("link", name="Sessions").first.click()
    page.get_by_role("link", name="Track videos").click()
    for name in ("A1", "monday", "Open 2 videos"):
        page.get_by_role("link", name=name).click()
    page.locator("pole-picker[data-state=ready]").wait_for()
    click_in_frame(page, *middle)
    chosen = [
        float(page.get_by_label(f"Pole, {axis} (px)").input_value()) for axis in "xy"
    ]
    page.get_by_role("button", name="Try on some trials").click()
    page.locator("#preview img").nth(1).wait_for()
    page.get_by_label("Session name").fill("from videos")
    page.get_by_role("button", name="Start tracking").click()
    page.get_by_text("Waiting for a worker").wait_for()
    work_off(start_job(job_id=Job.objects.get().pk))
    page.get_by_role("link", name="Open the session").click()
    page.get_by_role("link", name="Review trials").click()
    page.get_by_label("Trial 2: reason for exclusion").fill("the pole is bent")
    page.locator("#trial-2").get_by_role("button", name="Save").click()
    page.wait_for_url("**/tracking/?page=1*")

    session = Session.objects.get()
    page.goto(f"{live_server.url}{reverse('subset-new')}")
    page.get_by_label("Name").fill("first")
    page.get_by_label("from videos").check()
    page.get_by_label("Clips", exact=True).fill("1")
    page.get_by_label("Frames per clip").fill("20")
    page.get_by_role("button", name="Create subset").click()
    page.get_by_role("link", name="Assign to annotators").click()
    page.get_by_label("dana").check()
    page.get_by_role("button", name="Assign clips").click()
    page.get_by_text("Clips assigned: 1 to dana.").wait_for()
    assignment = Assignment.objects.get(annotator=dana)
    page.goto(f"{live_server.url}{reverse('assignment-detail', args=[assignment.pk])}")
    page.locator("label-page[data-state=ready]").wait_for()
    page.keyboard.press("ArrowUp")
    page.locator("label-page[data-unsaved='0']").wait_for()

    # A pixel of the screen is a part of a pixel of the video.
    assert max(abs(np.array(chosen) - middle)) <= 1
    excluded = session.trials.get(number=2).excluded_because
    assert excluded == "the pole is bent"
    assert assignment.clip.trial.number == 1
    assert (session.width_px, session.height_px) == (61, 61)
    first = assignment.clip.start
    assert runs_of(label_values(assignment), first=first)[0] == (first, first + 1, 1)
