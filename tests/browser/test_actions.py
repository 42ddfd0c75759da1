"""The actions of the labelling page, pressed in a real browser, reach the database."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse

from labeling.domain.assignments import assign_subset, assignments_for
from labeling.domain.label_runs import runs_of
from labeling.domain.labels import label_values, replayed_values
from labeling.domain.scores import save_scores
from labeling.domain.sessions import import_session
from labeling.models import Label
from tests.factories import PASSWORD, make_subset, make_user, make_version

REAL_SESSION = Path(__file__).parents[1] / "data" / "whacc_session_small.h5"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(tmp_path, settings):
    settings.WHACC_DATA_ROOT = tmp_path
    shutil.copy(REAL_SESSION, tmp_path / "real.h5")
    return import_session(user=None, file="real.h5")


@pytest.fixture
def blind(session):
    """Alice's only clip: frames [5, 35), no scores."""
    return give_clip(session, sees_scores=False)


@pytest.fixture
def assisted(session):
    """Alice's only clip, with a suggested touch [12, 17) and doubt at frame 25."""
    version = make_version(threshold=0.5)
    for trial in session.trials.all():
        scores = np.full(trial.n_frames, 0.05, np.float32)
        scores[12:17] = 0.9
        scores[25] = 0.45
        save_scores(trial=trial, version=version, scores=scores)
    session.published_version = version
    session.save()
    return give_clip(session, sees_scores=True)


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


def test_holding_shift_and_a_label_key_paints(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, "ArrowRight")
    page.keyboard.down("Shift")
    for _ in range(15):
        page.keyboard.down("ArrowUp")
    page.keyboard.up("ArrowUp")
    page.keyboard.up("Shift")
    at_frame(page, 21)

    assert saved_runs(page, blind) == [(6, 21, 1)]
    press(page, "Control+z")
    assert saved_runs(page, blind) == []


def test_a_marked_range_is_labelled_and_esc_gives_one_up(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, "i", ".", "ArrowUp", "i", ".", "Escape", "q")

    assert saved_runs(page, blind) == [(5, 16, 1), (25, 26, 2)]


def test_edges_are_nudged_and_followed(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, ".", "i", "ArrowRight", "ArrowRight", "ArrowUp", ".")
    press(page, "w", "w", "t", "r", "r")
    at_frame(page, 16)

    assert saved_runs(page, blind) == [(13, 17, 1), (17, 19, 0)]


def test_jumps_stop_at_the_ends_and_say_so(page, live_server, blind):
    open_clip(page, live_server, blind)
    press(page, ".", "ArrowUp", ".", "ArrowUp", "Shift+N")
    at_frame(page, 15)
    press(page, "n")
    at_frame(page, 25)
    press(page, "n")

    assert hint(page) == "No touch after this in the clip"
    press(page, "Shift+U")
    at_frame(page, 24)
    assert saved_runs(page, blind) == [(15, 16, 1), (25, 26, 1)]


def test_suggestions_fill_only_what_nobody_labelled(page, live_server, assisted):
    open_clip(page, live_server, assisted)

    press(page, "n")
    at_frame(page, 12)
    press(page, "ArrowDown", "y")
    at_frame(page, 17)
    press(page, "j")
    at_frame(page, 25)
    press(page, "Shift+Y")

    assert saved_runs(page, assisted) == [(12, 13, 0), (13, 17, 1), (25, 35, 0)]
    press(page, "Control+z", "Control+z")
    assert saved_runs(page, assisted) == [(12, 13, 0)]


def test_whether_a_suggestion_was_on_the_screen_is_kept_with_each_label(
    page, live_server, assisted
):
    open_clip(page, live_server, assisted)

    press(page, "ArrowDown", "h", "ArrowRight", "ArrowDown", "Shift+Y")
    assert hint(page) == "The suggestions are hidden: show them first"
    press(page, "h", "ArrowRight", "ArrowDown")
    saved_runs(page, assisted)

    labels = Label.objects.filter(assignment=assisted).order_by("frame__index")
    assert list(labels.values_list("frame__index", "suggestion_shown")) == [
        (5, True), (6, False), (7, True)
    ]  # fmt: skip


def test_a_blind_page_offers_nothing_of_the_model(page, live_server, blind):
    open_clip(page, live_server, blind)

    press(page, "y", "Shift+Y", "h")
    assert hint(page) == "This clip is labelled without the model's suggestions"
    press(page, "?")
    help_text = page.locator("key-help dialog").text_content()

    assert "suggest" not in help_text.lower()
    assert saved_runs(page, blind) == []
