"""The whole loop: score, label with the keys, retrain, and see the new scores."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.labels.operations import label_values
from labeling.domain.labels.runs import runs_of
from labeling.domain.recordings.session_files import opened_file
from labeling.domain.recordings.sessions import import_session
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.models import ModelVersion
from models_ml.simulator.rigs import UNSEEN_RIGS
from models_ml.simulator.session import write_simulated_session
from models_ml.touches.detection import touches_from_mask
from tests.browser.labelling_page import log_in
from tests.factories import label, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

START, STOP = 60, 260


@pytest.fixture
def session(tmp_path, settings):
    """Six trials of a rig that the shipped model was not trained on."""
    settings.WHACC_DATA_ROOT = tmp_path
    write_simulated_session(
        tmp_path / "new-rig.h5", UNSEEN_RIGS[0], seed=5, n_trials=6, n_frames=320
    )
    return import_session(user=None, file="new-rig.h5")


def run_command(tmp_path, *arguments):
    """Run a command as a shell does, against the test's database and data root."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "WHACC_DATA_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )


def truth_runs(session, trial):
    """Return the simulation's labels of a clip, as runs of touch and not touch."""
    with opened_file(session.file) as source:
        truth = source.truth[trial.first_row : trial.stop_row]
    values = truth[START:STOP].astype("int8")
    return runs_of(values, first=START)


def open_clip(page, live_server, assignment):
    page.goto(f"{live_server.url}{reverse('assignment-detail', args=[assignment.pk])}")
    page.locator("label-page[data-state=ready]").wait_for()
    return json.loads(page.locator("#assignment-state").text_content())


def scores_shown(page, state):
    """Return the scores that the page fetched, by the page's own session."""
    return page.request.get(
        page.evaluate("url => new URL(url, location).href", state["scores"]["url"])
    ).body()


def label_with_the_keys(page, runs):
    """Label runs from the clip's first frame on: a label, carried to the run's end."""
    keys = {0: "ArrowDown", 1: "ArrowUp"}
    for start, stop, value in runs:
        page.keyboard.press(keys[value])
        for _ in range(stop - start - 1):
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowRight")
    page.locator("label-page[data-unsaved='0']").wait_for()


def test_labels_made_with_the_keys_train_a_model_whose_scores_are_shown(
    page, live_server, session, tmp_path
):
    alice, bob = make_user("alice"), make_user("bob")
    make_user("dana", "admin")
    run_command(tmp_path, "score", session.name)
    subset = create_subset(
        user=None,
        name="new rig",
        clips=[
            ClipDraft(trial=trial, start=START, stop=STOP, reason="random")
            for trial in session.trials.all()
        ],
    )
    assign_subset(user=None, subset=subset, annotators=[alice, bob], sees_scores=True)
    for assignment in assignments_for(bob):
        label(assignment, *truth_runs(session, assignment.clip.trial))
    with_touch = next(
        each for each in assignments_for(alice)
        if len(touches_from_mask(label_values(
            assignments_for(bob).get(clip=each.clip)) == 1, [STOP - START])) >= 1
    )  # fmt: skip
    truth = truth_runs(session, with_touch.clip.trial)

    log_in(page, live_server, "alice")
    before = open_clip(page, live_server, with_touch)
    scores_before = scores_shown(page, before)
    label_with_the_keys(page, truth)
    page.reload()
    page.locator(f"label-page[data-labelled='{STOP - START}']").wait_for()
    # Training on the shipped data as well takes minutes and tests nothing more. With
    # the CNN, the shipped model may win on this simulated rig and stay as it is.
    budget = ["--trainings", "1", "--without-shipped-data", "--trees-alone"]
    retrain = ["retrain", subset.name, *budget, "--rescore"]
    outcome = run_command(tmp_path, *retrain)
    after = open_clip(page, live_server, with_touch)
    scores_after = scores_shown(page, after)
    # A pending request without cookies would set a new cookie.
    page.goto("about:blank")
    page.context.clear_cookies()
    log_in(page, live_server, "dana")
    page.goto(f"{live_server.url}{reverse('session-detail', args=[session.pk])}")

    assert runs_of(label_values(with_touch), first=START) == truth
    assert (before["scores"]["version"], after["scores"]["version"]) == (1, 2)
    assert len(scores_before) == len(scores_after) == 4 * (STOP - START + 20)
    assert scores_before != scores_after
    assert "version 2" in page.locator("#published-version").text_content()
    version = ModelVersion.objects.get(number=2)
    assert version.snapshot.annotators == ["alice", "bob"]
    n_left_out = version.metrics["n_frames_out_of_reach_left_out"]
    assert version.snapshot.n_frames == 6 * (STOP - START) - n_left_out
    assert version.parent.number == 1
    assert "On held-out trials" in outcome.stdout
    assert "ROC AUC (frames)" in outcome.stdout
    assert outcome.stderr.count("Traceback") == 0
