"""A retrain from the browser: started, cancelled, killed, recovered, published."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from labeling.domain.recordings.in_range import out_of_range_in_subset
from labeling.domain.recordings.sessions import import_session
from labeling.domain.versions.scores import trial_scores
from labeling.domain.versions.scoring import score_session
from labeling.models import Job, ModelVersion, Scores
from labeling.pages.versions.changes import session_differences
from tests.browser.labelling_page import log_in
from tests.factories import make_user
from tests.factories_rig import FRAMES, TRIALS, subset_by_truth, write_rig

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PATIENCE_MS = 300_000


@pytest.fixture
def session(tmp_path, settings):
    """A session of a rig that the shipped model was not trained on, with its scores."""
    settings.WHACC_DATA_ROOT = tmp_path
    session = import_session(user=None, file=write_rig(tmp_path / "new-rig.h5").name)
    score_session(session=session)
    session.refresh_from_db()
    return session


@pytest.fixture
def subset(session):
    """Clips that three annotators labelled with the labels of the simulation."""
    people = [make_user(name) for name in ("ada", "ben", "cleo")]
    return subset_by_truth(session, people, name="new rig")


@pytest.fixture
def admin(page, live_server):
    make_user("dana", "admin")
    log_in(page, live_server, "dana")
    return page


def start_retrain(page, live_server, subset, *, trainings):
    """Start a retrain with this number of trainings, and open its job."""
    page.goto(f"{live_server.url}{reverse('subset-detail', args=[subset.pk])}")
    page.get_by_role("link", name="Retrain on this subset").click()
    preview = page.locator("#preview")
    left_out = out_of_range_in_subset(subset)
    n_used = TRIALS * FRAMES - left_out.n_in_clips
    expect(preview).to_contain_text(
        f"{n_used:,}, without {left_out.n_in_clips:,} frames with the pole out of reach"
    )
    expect(preview).to_contain_text("ada, ben, cleo")
    page.get_by_label("Train on the shipped training data too").uncheck()
    # test_real_recording.py trains the CNN too.
    page.get_by_label("Train the CNN too").uncheck()
    page.get_by_text("Weight, number of trainings, time limit, seed").click()
    page.get_by_label("Trainings").fill(str(trainings))
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile("/jobs/"))


def wait_until(page, says):
    """Wait until the job's page shows a text, without a reload."""
    progress = page.locator("#job-progress")
    expect(progress).to_contain_text(says, timeout=PATIENCE_MS)
    return progress


def touches_shown(page):
    cells = page.locator("#trials tbody td:nth-child(4)").all_inner_texts()
    return [int(text) for text in cells]


def touches_found(session, version):
    return [
        Scores.objects.get(trial=trial, version=version).n_touches
        for trial in session.trials.all()
    ]


def test_a_retrain_is_cancelled(admin, live_server, subset, workers):
    start_retrain(admin, live_server, subset, trainings=1000)
    workers()
    progress = wait_until(admin, "Training 2 of 1000 ")
    expect(progress).to_contain_text(re.compile("[1-9][0-9,]* of [1-9][0-9,]*"))

    admin.get_by_role("button", name="Cancel").click()

    state = progress.locator(".chip")
    expect(state).to_have_text("cancelled", timeout=PATIENCE_MS)
    assert Job.objects.get().state == "cancelled"
    assert ModelVersion.objects.filter(parent__isnull=False).count() == 0


def test_a_killed_retrain_recovers_and_its_version_is_published_and_rolled_back(
    admin, live_server, session, subset, workers
):
    old = session.published_version
    # Several trainings: a single one may end before the page shows it.
    start_retrain(admin, live_server, subset, trainings=6)
    worker = workers()
    wait_until(admin, "training (estimated)")
    worker.kill()
    worker.wait()
    # As if the last heartbeat were a minute old, without waiting for it.
    Job.objects.update(heartbeat_at=None)
    workers("--recovery")
    workers()

    wait_until(admin, "attempt 2")
    wait_until(admin, "done")
    admin.get_by_role("link", name="Open the report").click()
    new = ModelVersion.objects.get(parent=old)
    expect(admin.locator("#snapshot-hash")).to_have_text(new.snapshot.sha256)
    expect(admin.locator("#errors")).to_contain_text("ghost")
    expect(admin.locator("#search svg")).to_be_visible()
    admin.get_by_role("link", name="Compare with version").click()
    diff = session_differences(session, old, new)
    for row, (kind, n, n_labelled) in zip(
        admin.locator("#changes tbody tr").all(), diff.rows, strict=True
    ):
        assert row.locator("td").all_inner_texts() == [kind, str(n), str(n_labelled)]
    admin.go_back()
    admin.get_by_role("button", name="Publish").click()
    if (
        new.metrics["held_out_after"]["touch_count_errors_per_touch"]
        > (new.metrics["held_out_before"]["touch_count_errors_per_touch"])
    ):
        admin.get_by_role("button", name="Publish on").click()

    expect(admin.locator("#published-version")).to_contain_text(str(new))
    assert touches_shown(admin) == touches_found(session, new)
    admin.get_by_role("button", name="Roll back").click()
    expect(admin.locator("#published-version")).to_contain_text(str(old))
    assert touches_shown(admin) == touches_found(session, old)
    assert diff.changed_trials
    assert Job.objects.get().times_lost == 1
    assert new.snapshot.annotators == ["ada", "ben", "cleo"]
    assert all(
        (trial_scores(trial, old) != trial_scores(trial, new)).any()
        for trial in session.trials.all()
    )
