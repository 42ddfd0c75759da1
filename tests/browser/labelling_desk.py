"""An annotator at the labelling page: steps that many browser tests repeat."""

import shutil
from pathlib import Path

import numpy as np

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.recordings.sessions import import_session
from labeling.domain.versions.scores import save_scores
from tests.browser import labelling_page
from tests.browser.labelling_page import log_in
from tests.factories import make_subset, make_user, make_version

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
    log_in(page, live_server)
    labelling_page.open_clip(page, live_server, assignment)


def saved_runs(page, assignment):
    labelling_page.all_saved(page)
    return labelling_page.saved_runs(assignment)


def at_frame(page, frame):
    page.locator(f"label-page[data-frame='{frame}']").wait_for()


def hint(page):
    return page.locator(".label-hint:not([hidden])").text_content()
