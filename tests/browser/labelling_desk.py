"""Somebody at the labelling page: what browser tests do there again and again."""

import shutil
from pathlib import Path

import numpy as np
from django.urls import reverse

from labeling.domain.assignments import assign_subset, assignments_for
from labeling.domain.label_runs import runs_of
from labeling.domain.labels import label_values, replayed_values
from labeling.domain.scores import save_scores
from labeling.domain.sessions import import_session
from tests.factories import PASSWORD, make_subset, make_user, make_version

REAL_SESSION = Path(__file__).parents[1] / "data" / "whacc_session_small.h5"


def import_real_session(data_root):
    shutil.copy(REAL_SESSION, data_root / "real.h5")
    return import_session(user=None, file="real.h5")


def publish_scores(session):
    version = make_version(threshold=0.5)
    for trial in session.trials.all():
        scores = np.full(trial.n_frames, 0.05, np.float32)
        scores[12:17] = 0.9
        scores[25] = 0.45
        save_scores(trial=trial, version=version, scores=scores)
    session.published_version = version
    session.save()


def give_clip(session, *, sees_scores):
    subset = make_subset(session, start=5, stop=35)
    alice = make_user()
    assign_subset(user=None, subset=subset, annotators=[alice], sees_scores=sees_scores)
    return assignments_for(alice).first()


def open_clip(page, live_server, assignment):
    page.goto(f"{live_server.url}{reverse('login')}")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}{reverse('subset-list')}")
    page.goto(f"{live_server.url}{reverse('assignment-detail', args=[assignment.pk])}")
    page.locator("label-page[data-state=ready]").wait_for()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def saved_runs(page, assignment):
    page.locator("label-page[data-unsaved='0']").wait_for()
    values = label_values(assignment)
    assert values.tolist() == replayed_values(assignment).tolist()
    return runs_of(values, first=assignment.clip.start)


def at_frame(page, frame):
    page.locator(f"label-page[data-frame='{frame}']").wait_for()


def hint(page):
    return page.locator(".label-hint:not([hidden])").text_content()
