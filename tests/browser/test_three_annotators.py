"""Three annotators label the same clips by keys; errors are found, decided and logged.

All of it in the browser, from the first key to the log: labels with planted mistakes,
the comparison that shows exactly those, an adjudicator who decides them and changes a
decision.
"""

import csv
import io

import numpy as np
import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset, assignments_for
from labeling.domain.labels.sources import ADJUDICATED, source_labels
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.models import Subset, User
from tests.browser.labelling_page import all_saved, log_in, open_clip, press, saved_runs
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

START, STOP = 5, 35
TRUE = [(7, 11), (15, 19), (25, 31)]
# Ben labels every onset 2 ms late.
LATE = [(onset + 2, offset) for onset, offset in TRUE]
LABELLED = {
    "ada": [TRUE, TRUE],
    "ben": [LATE, LATE],
    # A split, a miss and a ghost; then a join, an append and a deduct.
    "cleo": [[(7, 8), (9, 11), (21, 23), (25, 31)], [(7, 19), (24, 29)]],
}
KINDS = ("ghost", "miss", "join", "split", "append", "deduct")


@pytest.fixture
def subset(session):
    clips = [
        ClipDraft(trial=trial, start=START, stop=STOP, reason="r")
        for trial in session.trials.all()[:2]
    ]
    subset = create_subset(user=None, name="planted", clips=clips)
    assign_subset(
        user=None, subset=subset, annotators=[make_user(name) for name in LABELLED]
    )
    make_user("dana", "admin")
    return subset


def runs_of(touches):
    """Return the labels of a clip as runs, from its first frame to its last."""
    edges = [START, *(edge for touch in touches for edge in touch), STOP]
    runs = zip(edges, edges[1:], [0, 1] * len(edges), strict=False)
    return [(start, stop, value) for start, stop, value in runs if start < stop]


def label_by_keys(page, touches):
    for start, stop, value in runs_of(touches):
        press(page, "ArrowUp" if value else "ArrowDown")
        press(page, *["Shift+ArrowRight"] * (stop - start - 1))
        if stop < STOP:
            press(page, "ArrowRight")
    all_saved(page)


def all_label(page, live_server):
    for name, labelled in LABELLED.items():
        log_in(page, live_server, name)
        own = assignments_for(User.objects.get(username=name))
        for assignment, touches in zip(own, labelled, strict=True):
            open_clip(page, live_server, assignment)
            label_by_keys(page, touches)
            assert saved_runs(assignment) == runs_of(touches)
        page.context.clear_cookies()


def rates(page, reference, judged):
    ids = {user.username: user.pk for user in User.objects.all()}
    row = page.locator(f"#rates tr[data-contrast='a{ids[reference]}-a{ids[judged]}']")
    return [row.locator(f"[data-of={kind}] .figure").inner_text() for kind in KINDS]


def onset_bias(page, reference, judged):
    ids = {user.username: user.pk for user in User.objects.all()}
    row = page.locator(f"#shifts tr[data-contrast='a{ids[reference]}-a{ids[judged]}']")
    return row.locator("[data-of=onset] .figure").inner_text()


def at(page, stretch, *, is_settled=False):
    mark = "[data-is-adjudicated]" if is_settled else ":not([data-is-adjudicated])"
    place = f"[data-state=ready][data-stretch='{stretch}']{mark}"
    page.locator(f"adjudication-page{place}").wait_for()


def settle_everything(page):
    # Ben is late; cleo has a split, a miss and a ghost: lane A is right.
    press(page, "a", "t", "1", "t", "Enter")
    at(page, 2)
    press(page, "a", "Enter")
    # Where cleo joins, appends and deducts, and ben is late, the majority is right.
    at(page, 3)
    press(page, "m", "Enter")
    at(page, 4)
    press(page, "m", "Enter")
    page.locator("adjudication-page[data-open='0'][data-unsaved='0']").wait_for()


def settled_touches():
    """Return the touches of the consensus, trial by trial."""
    found = []
    for trial in source_labels(ADJUDICATED, [Subset.objects.get()]):
        touch = np.r_[False, trial.values == 1, False]
        found.append(np.flatnonzero(np.diff(touch)).reshape(-1, 2).tolist())
    return found


def downloaded(page, name):
    with page.expect_download() as download:
        page.locator(f"a[href^='{name}']").click()
    return list(csv.DictReader(io.StringIO(download.value.path().read_text())))


def test_from_the_first_label_to_the_log(page, live_server, subset):
    all_label(page, live_server)
    log_in(page, live_server, "dana")

    page.goto(f"{live_server.url}{reverse('subset-comparison', args=[subset.pk])}")
    page.locator("#rates").wait_for()
    # Of six touches cleo errs once in each way, and ben is late at all of them.
    assert rates(page, "ada", "cleo") == ["0.167"] * 6
    assert rates(page, "ada", "ben") == ["0.000"] * 5 + ["1.000"]
    assert onset_bias(page, "ada", "ben") == "+2.0 ms"

    page.goto(f"{live_server.url}{reverse('subset-adjudication', args=[subset.pk])}")
    at(page, 1)
    settle_everything(page)
    truth = [[list(touch) for touch in TRUE]] * 2
    assert settled_touches() == truth

    # The first decision is reopened: now ben's onset holds.
    page.reload()
    at(page, 1, is_settled=True)
    press(page, "u")
    at(page, 1)
    press(page, "b", "Enter")
    page.locator("adjudication-page[data-open='0'][data-unsaved='0']").wait_for()
    assert settled_touches() == [[[9, 11], *truth[0][1:]], truth[1]]

    url = reverse("subset-adjudication-log", args=[subset.pk])
    answers = [
        (row["trial"], row["start"], row["stop"], row["labels"], row["reasons"])
        for row in downloaded(page, url)
    ]
    number = str(subset.clips.first().trial.number)
    first, second = (number, "7", "9"), (number, "15", "27")
    assert [answers[0], *answers[4:]] == [
        (*first, "11", "onset late"),
        (*first, "reopened", ""),
        # Its reason stays until it is removed.
        (*first, "00", "onset late"),
    ]
    assert answers[1] == (*second, "111100000011", "")
    page.goto(f"{live_server.url}{reverse('operation-list')}")
    log = downloaded(page, reverse("operation-log"))
    n_frames = {
        name: sum(
            int(row["touch_frames"]) + int(row["not_touch_frames"])
            for row in log
            if row["annotator"] == name
        )
        for name in LABELLED
    }
    assert n_frames == dict.fromkeys(LABELLED, 2 * (STOP - START))
