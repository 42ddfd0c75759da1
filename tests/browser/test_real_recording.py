"""A real recording from the browser: imported, learned from, published, rolled back."""

import re
import shutil
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from labeling.models import Job, ModelVersion, Scores, Session
from tests.browser.labelling_page import log_in
from tests.factories import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RECORDING = Path(__file__).parent.parent / "data/real_recording/real_recording.h5"
TRIALS = 6
# In each trial, by the labels of the lab.
TOUCHES = 2
PATIENCE_MS = 300_000
# Fewer than a lab needs, and enough to see each part of a retrain.
STEPS = 24
# More than are done before the cancellation.
STEPS_TO_CANCEL = 5000


@pytest.fixture
def admin(page, live_server, tmp_path, settings):
    """The page of an admin, with the recording in the data root."""
    settings.WHACC_DATA_ROOT = tmp_path
    shutil.copy(RECORDING, tmp_path)
    make_user("alice")
    make_user("dana", "admin")
    log_in(page, live_server, "dana")
    return page


def import_recording(page, live_server):
    page.goto(f"{live_server.url}{reverse('session-new')}")
    page.get_by_label("Session file").fill(RECORDING.name)
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#trials tbody tr")).to_have_count(TRIALS)
    return Session.objects.get()


def take_labels(page):
    page.get_by_role("link", name="Take labels of a file").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("891 labelled frames, 12 touches in 6 trials")
    page.get_by_label("Name of the new subset").fill("labels of the lab")
    page.get_by_role("button", name="Take these labels").click()
    page.get_by_role("link", name="Retrain on this subset").wait_for()
    return page.url


def start_retrain(page, subset_url, *, steps):
    page.goto(subset_url)
    page.get_by_role("link", name="Retrain on this subset").click()
    expect(page.locator("#preview")).to_contain_text("Ready to train")
    expect(page.get_by_label("Train the CNN too")).to_be_checked()
    page.get_by_label("Train on the shipped training data too").uncheck()
    page.get_by_text("Steps of the CNN, weight").click()
    page.get_by_label("Steps of the CNN").fill(str(steps))
    page.get_by_label("Trainings", exact=True).fill("1")
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile("/jobs/"))


def cancel_while_the_cnn_trains(page):
    progress = page.locator("#job-progress")
    expect(progress).to_contain_text("training the CNN", timeout=PATIENCE_MS)
    expect(progress).to_contain_text(
        re.compile(rf"[1-9][0-9]* of {STEPS_TO_CANCEL:,}"), timeout=PATIENCE_MS
    )
    page.get_by_role("button", name="Cancel").click()
    expect(progress.locator(".chip")).to_have_text("cancelled", timeout=PATIENCE_MS)


def touches_shown(page):
    cells = page.locator("#trials tbody td:nth-child(4)").all_inner_texts()
    return [int(text) for text in cells]


def touches_found(session, version):
    return [
        Scores.objects.get(trial=trial, version=version).n_touches
        for trial in session.trials.all()
    ]


def wrong_touches(session, version):
    """Return by how many touches the trials differ from the labels of the lab."""
    return sum(abs(found - TOUCHES) for found in touches_found(session, version))


def test_a_lab_learns_from_the_labels_of_its_own_recording(admin, live_server, workers):
    session = import_recording(admin, live_server)
    workers()
    admin.get_by_role("button", name="Score this session").click()
    admin.get_by_role("link", name="Open the session").click(timeout=PATIENCE_MS)
    old = ModelVersion.objects.get()
    expect(admin.locator("#published-version")).to_contain_text(str(old))
    subset_url = take_labels(admin)

    start_retrain(admin, subset_url, steps=STEPS_TO_CANCEL)
    cancel_while_the_cnn_trains(admin)
    assert ModelVersion.objects.count() == 1
    start_retrain(admin, subset_url, steps=STEPS)
    admin.get_by_role("link", name="Open the report").click(timeout=PATIENCE_MS)

    new = ModelVersion.objects.get(parent=old)
    steps = admin.locator("#steps tbody tr")
    expect(steps.filter(has_text="CNN and trees")).to_have_count(2)
    expect(steps.filter(has_text="kept")).to_have_count(1)
    assert new.snapshot.annotators == ["alice"]
    admin.get_by_role("link", name=session.name).first.click()
    admin.locator("#versions").get_by_role("button", name="Publish").click()
    expect(admin.locator("#published-version")).to_contain_text(str(new))
    assert touches_shown(admin) == touches_found(session, new)
    assert wrong_touches(session, new) < wrong_touches(session, old)

    admin.get_by_role("button", name="Roll back").click()

    expect(admin.locator("#published-version")).to_contain_text(str(old))
    assert touches_shown(admin) == touches_found(session, old)
    assert sorted(Job.objects.values_list("state", flat=True)) == [
        "cancelled",
        "done",
        "done",
    ]
