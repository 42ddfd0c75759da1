"""Three annotators label the same clips; an admin sees who differs where and how."""

import csv
import io

import numpy as np
import pytest
from django.urls import reverse

from labeling.domain.assignments.labelling import assign_subset
from labeling.domain.recordings.sessions import import_session
from labeling.domain.subsets.curation import ClipDraft, create_subset
from labeling.domain.versions.scores import save_scores
from models_ml.simulator.rigs import UNSEEN_RIGS
from models_ml.simulator.session import write_simulated_session
from tests.browser.labelling_page import log_in
from tests.factories import label, make_user, make_version

pytestmark = pytest.mark.django_db(transaction=True)

START, STOP = 40, 140
# The touches of ada and the model, in frames of each trial.
TRUE = [(50, 62), (70, 78), (86, 100), (104, 116)]
# Ben labels every onset 3 ms late.
LATE = [(onset + 3, offset) for onset, offset in TRUE]
# In one trial a ghost, an append, a miss, a split and a deduct; in one a join.
WRONG = [(44, 47), (50, 64), (86, 91), (93, 98), (104, 116)]
ODD = [(50, 62), (70, 100), (104, 116)]


@pytest.fixture
def subset(tmp_path, settings):
    """Three clips that ada, ben and cleo have labelled, and that a version scored."""
    settings.WHACC_DATA_ROOT = tmp_path
    write_simulated_session(
        tmp_path / "rig.h5", UNSEEN_RIGS[0], seed=5, n_trials=3, n_frames=180
    )
    session = import_session(user=None, file="rig.h5")
    trials = list(session.trials.all())
    clips = [ClipDraft(trial=t, start=START, stop=STOP, reason="r") for t in trials]
    subset = create_subset(user=None, name="planted", clips=clips)
    people = [make_user(name) for name in ("ada", "ben", "cleo")]
    assign_subset(user=None, subset=subset, annotators=people)
    labelled = {
        "ada": [TRUE, TRUE, TRUE],
        "ben": [LATE, LATE, LATE],
        "cleo": [WRONG, ODD, TRUE],
    }
    for position, clip in enumerate(subset.clips.order_by("trial__first_row")):
        for assignment in clip.assignments.select_related("annotator"):
            label(assignment, (START, STOP, 0))
            for run in labelled[assignment.annotator.username][position]:
                label(assignment, (*run, 1))
    score(trials)
    return subset


def score(trials):
    """Score the trials with ada's touches, except the last one, which is a miss."""
    version = make_version()
    for trial in trials:
        scores = np.zeros(trial.n_frames, np.float32)
        for onset, offset in TRUE[:-1]:
            scores[onset:offset] = 0.9
        save_scores(trial=trial, version=version, scores=scores)


@pytest.fixture
def comparison(page, live_server, subset):
    """The page of the comparison, as an admin sees it."""
    make_user("dana", "admin")
    log_in(page, live_server, "dana")
    page.goto(f"{live_server.url}{reverse('subset-detail', args=[subset.pk])}")
    page.get_by_role("link", name="Compare annotators").click()
    page.locator("#rates").wait_for()
    return page


def pk_of(subset, name):
    return subset.clips.first().assignments.get(annotator__username=name).annotator_id


def rate_cells(page, contrast, *kinds):
    row = page.locator(f"#rates tr[data-contrast='{contrast}']")
    return [row.locator(f"[data-of={kind}] .figure").inner_text() for kind in kinds]


def behind(page):
    """Return the rows of the list of touches: trial, frames, kind."""
    return [
        (cells[2], cells[3], cells[5])
        for cells in (
            row.locator("td").all_inner_texts()
            for row in page.locator("tbody tr").all()
        )
    ]


def test_the_planted_mistakes_are_found_and_nothing_else(comparison, subset):
    ada, ben, cleo = (pk_of(subset, name) for name in ("ada", "ben", "cleo"))
    kinds = ("ghost", "miss", "join", "split", "append", "deduct")

    # Twelve touches. Cleo is wrong once in each way.
    found = rate_cells(comparison, f"a{ada}-a{cleo}", *kinds)
    assert found == ["0.083", "0.083", "0.083", "0.083", "0.083", "0.083"]
    found = rate_cells(comparison, f"a{ada}-a{ben}", *kinds)
    assert found == ["0.000", "0.000", "0.000", "0.000", "0.000", "1.000"]
    found = rate_cells(comparison, f"a{ben}-a{ada}", *kinds)
    assert found == ["0.000", "0.000", "0.000", "0.000", "1.000", "0.000"]
    # Where cleo has a miss and ben is late, the majority is "not touch" for 3 frames.
    found = rate_cells(comparison, "all-m", *kinds)
    assert found == ["0.000", "0.250", "0.000", "0.000", "0.083", "0.000"]
    late = comparison.locator(f"#shifts tr[data-contrast='a{ada}-a{ben}']")
    assert late.locator("[data-of=onset] .figure").inner_text() == "+3.0 ms"
    assert late.locator("[data-of=offset] .figure").inner_text() == "0 ms"
    late = comparison.locator(f"#shifts tr[data-contrast='o{ben}-a{ben}']")
    assert late.locator("[data-of=onset] .figure").inner_text() == "+3.0 ms"
    curve = comparison.locator(f"#events tr[data-contrast='a{ada}-a{ben}'] [data-of]")
    assert curve.all_inner_texts() == ["0.000"] * 3 + ["1.000"] * 8


def test_every_number_leads_to_the_touches_behind_it(comparison, subset):
    ada, ben, cleo = (pk_of(subset, name) for name in ("ada", "ben", "cleo"))
    row = comparison.locator(f"#rates tr[data-contrast='a{ada}-a{cleo}']")

    row.locator("[data-of=touch_count] a").click()

    assert behind(comparison) == [
        ("1", "44 to 46", "ghost"),
        ("1", "70 to 77", "miss"),
        ("1", "91 to 92", "split"),
        ("2", "78 to 85", "join"),
    ]
    comparison.go_back()
    comparison.locator(f"#shifts tr[data-contrast='a{ada}-a{ben}']").get_by_role(
        "link", name="3: 12"
    ).click()
    assert len(behind(comparison)) == 12
    assert behind(comparison)[0] == ("1", "50 to 61", "onset +3 ms")
    comparison.go_back()
    shifts = comparison.locator(f"#shifts tr[data-contrast='a{ada}-a{ben}']")
    shifts.locator("[data-of=onset] a").click()
    assert {kind for _, _, kind in behind(comparison)} == {"onset +3 ms"}
    assert len(behind(comparison)) == 12
    comparison.go_back()
    model = comparison.locator("#ceiling tbody tr", has_text="Miss")
    model.locator(f"a[href*='contrast=o{ada}-m&']").click()
    assert [row[2] for row in behind(comparison)] == ["miss"] * 3
    comparison.go_back()
    curve = comparison.locator(f"#events tr[data-contrast='a{ada}-a{cleo}']")
    curve.locator("[data-of='f1:10'] a").click()
    assert behind(comparison) == [
        ("1", "44 to 46", "extra"),
        ("1", "70 to 77", "only in the reference"),
        ("1", "93 to 97", "extra"),
        ("2", "70 to 77", "only in the reference"),
        ("2", "70 to 99", "extra"),
        ("2", "86 to 99", "only in the reference"),
    ]


def test_one_key_steps_through_the_touches(comparison, subset):
    ada, cleo = pk_of(subset, "ada"), pk_of(subset, "cleo")
    row = comparison.locator(f"#rates tr[data-contrast='a{ada}-a{cleo}']")
    row.locator("[data-of=touch_count] a").click()
    comparison.get_by_role("link", name="Step through touches").click()
    # The page reacts to keys only when it is loaded.
    comparison.wait_for_url("**/comparison/touch/**")
    title = comparison.get_by_role("heading", level=1)

    seen = [title.inner_text()]
    for key, at in (("n", 1), ("n", 2), ("n", 3), ("b", 2)):
        comparison.keyboard.press(key)
        comparison.wait_for_url(f"**&at={at}")
        seen.append(title.inner_text())

    assert seen == [
        f"{kind}, rig trial {trial}"
        for kind, trial in (
            ("Ghost", 1),
            ("Miss", 1),
            ("Split", 1),
            ("Join", 2),
            ("Split", 1),
        )
    ]


def test_a_touch_is_shown_with_its_frames_and_the_lanes_of_all_raters(
    comparison, subset
):
    ada, cleo = pk_of(subset, "ada"), pk_of(subset, "cleo")
    row = comparison.locator(f"#rates tr[data-contrast='a{ada}-a{cleo}']")
    row.locator("[data-of=miss] a").click()
    comparison.locator("tbody a").first.click()

    image = comparison.locator(".lane-strip img")
    frames = comparison.locator(".lane-frame").all_inner_texts()
    lanes = {
        lane.locator("th").inner_text(): [
            frame
            for frame, cell in zip(frames, lane.locator("td").all(), strict=True)
            if cell.get_attribute("data-label") == "touch"
        ]
        for lane in comparison.locator(".lanes tbody tr").all()
    }

    width, height = image.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert (width, height) == (61 * len(frames), 61)
    touch = [str(frame) for frame in range(70, 78)]
    assert frames == [str(frame) for frame in range(62, 86)]
    assert lanes["ada"] == lanes["version 1"] == touch
    assert lanes["ben"] == touch[3:]
    assert lanes["cleo"] == ["62", "63"]
    meant = comparison.locator(".lanes tr[data-meant] th").all_inner_texts()
    assert meant == ["ada", "cleo"]


def test_plots_are_saved_as_pictures_with_their_numbers(comparison, tmp_path):
    plot = comparison.locator("#plot-f1")
    saved = {}
    for name in ("SVG", "PNG", "CSV"):
        with comparison.expect_download() as download:
            plot.get_by_text(name, exact=True).click()
        saved[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[name])

    from PIL import Image

    assert saved["SVG"].read_text().startswith("<svg xmlns=")
    with Image.open(saved["PNG"]) as picture:
        assert picture.format == "PNG"
        assert picture.width == 3 * 760
        assert len(set(picture.convert("L").resize((200, 100)).tobytes())) > 10
    rows = list(csv.DictReader(io.StringIO(saved["CSV"].read_text())))
    late = [
        (row["tolerance_ms"], row["f1"])
        for row in rows
        if (row["judged"], row["reference"], row["edges"]) == ("ben", "ada", "both")
    ]
    assert late[2:4] == [("2", "0.0"), ("3", "1.0")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_the_page_is_wider_than_a_laptop(comparison, scheme):
    comparison.emulate_media(color_scheme=scheme)
    comparison.set_viewport_size({"width": 1280, "height": 720})

    wide = comparison.evaluate(
        """() => [...document.querySelectorAll(".table-scroll, main")]
          .filter((each) => each.scrollWidth > each.clientWidth + 1)
          .map((each) => [each.parentElement.id, each.scrollWidth])"""
    )

    assert wide == []
