"""Frames out of range do not count, and pages follow corrections of pole times."""

import csv

import numpy as np
import pytest
from django.core.management import call_command
from django.urls import reverse

from labeling.domain.agreement.adjudication import stretches_of
from labeling.domain.agreement.comparison import choice_of, compare, comparison_key
from labeling.domain.assignments.select_and_assign import select_and_assign
from labeling.domain.labels.sources import (
    MAJORITY,
    source_labels,
    source_labels_in_range,
)
from labeling.domain.recordings.sessions import import_session
from labeling.domain.subsets.by_model import ModelSelection
from labeling.domain.tracking.review import correct_trial
from labeling.domain.training.preview import preview_subsets
from labeling.domain.versions.publishing import versions_on
from labeling.domain.versions.scores import save_scores
from labeling.domain.versions.store import publish_version
from labeling.errors import LabelingError
from labeling.models import Scores
from labeling.pages.touch_table import touch_table
from labeling.pages.versions.changes import session_differences
from models_ml.session_files.writer import SessionArrays, write_session_file
from tests.factories import (
    labelled_by_two,
    make_subset,
    make_user,
    make_version,
    noise_frames,
    score_touches,
)

pytestmark = pytest.mark.django_db

# In each trial: before the pole comes, across its coming, while it stands.
TOUCHES = [(2, 8), (15, 25), (40, 46)]


def write_file(path, up_and_down):
    write_session_file(
        path,
        trials=[(number, f"{number}.mp4") for number in (1, 2)],
        frames=[noise_frames(seed, n_frames=60) for seed in range(2)],
        arrays=SessionArrays(
            pole_times=up_and_down,
        ),
    )


@pytest.fixture
def session(data_root):
    """Two scored trials of 60 frames; of the second it is not known."""
    write_file(data_root / "poles.h5", np.array([[19.5, np.nan], [50, np.nan]]))
    session = import_session(user=None, file="poles.h5")
    version = make_version()
    score_touches(session, version, [TOUCHES, TOUCHES])
    publish_version(session=session, version=version)
    session.refresh_from_db()
    return session


@pytest.fixture
def correct(session):
    """Let an admin say when the pole is in reach in trial 1."""
    dana = make_user("dana", "admin")

    def correct(up, down):
        return correct_trial(
            user=dana, session=session, number=1, up=up, down=down,
            excluded_because="",
        )  # fmt: skip

    return correct


def exported(session):
    return [row[1:4] for row in touch_table(session).rows]


def counts(session):
    return list(Scores.objects.order_by("trial").values_list("n_touches", flat=True))


def test_touches_are_in_range(session):
    assert exported(session) == [(1, 20, 25), (1, 40, 46), *((2, *t) for t in TOUCHES)]
    assert touch_table(session).n_left_out == 30
    assert counts(session) == [2, 3]
    assert versions_on(session)[0].n_touches == 5


def test_touches_and_their_numbers_follow_a_correction(session, correct):
    correct(0, 30)
    assert exported(session)[:2] == [(1, 2, 8), (1, 15, 25)]
    assert counts(session) == [2, 3]

    correct(42, 43)
    assert exported(session)[0] == (1, 42, 43)
    assert counts(session) == [1, 3]

    correct(None, None)
    assert exported(session)[:2] == [(1, 20, 25), (1, 40, 46)]
    assert counts(session) == [2, 3]


def test_scores_after_a_correction_are_counted_by_it(session, correct):
    trial = session.trials.get(number=1)
    correct(0, 10)

    # As a scoring job has it that began before.
    save_scores(trial=trial, version=make_version(number=2), scores=np.ones(60))

    assert Scores.objects.get(version__number=2).n_touches == 1
    assert [row.n_touches for row in versions_on(session)] == [1, 4]


def test_raw_scores_stay_and_all_frames_can_be_exported(session, data_root):
    raw = Scores.objects.get(trial__number=1).values

    assert np.frombuffer(raw, "<f4")[2:8].tolist() == [np.float32(0.9)] * 6
    (data_root / "poles.h5").unlink()
    assert len(touch_table(session, all_frames=True).rows) == 6
    with pytest.raises(LabelingError, match="Put the file back, or count all frames"):
        touch_table(session)


def test_the_export_prints_how_much_is_out_of_range(session, tmp_path, capsys):
    call_command("export_touches", "poles", output=tmp_path / "touches.csv")

    rows = list(csv.reader((tmp_path / "touches.csv").open()))
    assert len(rows) == 1 + 5
    assert capsys.readouterr().err == (
        "poles: 30 frames with the pole out of reach left out.\n"
    )


def test_differences_between_versions_are_in_range(session):
    other = make_version(number=2)
    score_touches(session, other, [[(2, 7), (40, 46)], TOUCHES])

    diff = session_differences(session, session.published_version, other)

    assert diff.rows == [("gained", 0, 0), ("lost", 1, 0), ("moved", 0, 0)]
    assert (diff.n_same, diff.n_left_out) == (4, 30)


def choose(session, **options):
    standard = {"n_clips": 99, "clip_frames": 10, "random_share": 0.0, "seed": 0}
    selection = ModelSelection(sessions=[session], **{**standard, **options})
    subset, _ = select_and_assign(user=None, name="selected", selection=selection)
    return list(subset.clips.filter(trial__number=1).values_list("start", "stop"))


@pytest.mark.parametrize("random_share", [0.0, 1.0])
def test_no_selected_clip_is_out_of_range_or_in_an_earlier_subset(
    session, random_share
):
    make_subset(session, start=0, stop=22, name="earlier")

    spans = choose(session, random_share=random_share)

    assert len(spans) == 2
    assert all(22 <= start < stop <= 50 for start, stop in spans)


def test_of_whole_trials_the_frames_in_range_are_selected(session):
    make_subset(session, start=0, stop=10, name="earlier").clips.filter(
        trial__number=2
    ).delete()

    assert choose(session, clip_frames=None) == [(20, 50)]


def test_a_selection_is_refused_if_the_pole_is_never_in_range(data_root):
    write_file(data_root / "never.h5", np.array([[0, 70], [0, 80]]))
    session = import_session(user=None, file="never.h5")

    with pytest.raises(LabelingError, match="The pole is never in range in never"):
        choose(session)


def test_labels_out_of_range_are_left_out_of_training(session):
    subset = labelled_by_two(make_subset(session))

    plain, taken = (
        source_labels(MAJORITY, [subset]),
        source_labels_in_range(MAJORITY, [subset]),
    )
    preview = preview_subsets([subset], parent=None, with_shipped_data=True)

    assert [each.n_out_of_range for each in taken] == [10, 0]
    assert (taken[0].values[:20] == -1).all()
    assert np.array_equal(taken[0].values[20:], plain[0].values[20:])
    assert np.array_equal(taken[1].values, plain[1].values)
    assert preview.n_out_of_reach == 10


def test_frames_out_of_range_need_no_decision(session, correct):
    subset = labelled_by_two(make_subset(session))

    def open_stretches():
        return [(s.trial.number, s.start, s.stop) for s in stretches_of(subset)]

    assert open_stretches() == [(1, 20, 22), (2, 20, 22)]
    correct(21, 50)
    assert open_stretches() == [(1, 21, 22), (2, 20, 22)]
    correct(30, 50)
    assert open_stretches() == [(2, 20, 22)]


def test_a_comparison_follows_corrections_and_the_file(session, correct, data_root):
    choice = choice_of(labelled_by_two(make_subset(session)))
    first = compare(choice).result["n_out_of_reach"]
    correct(15, 50)
    second = compare(choice).result["n_out_of_reach"]
    key = comparison_key(choice)
    # The same frames, other times.
    write_file(data_root / "poles.h5", np.array([[19.5, 30], [50, 60]]))

    assert (first, second) == (10, 5)
    assert comparison_key(choice) != key
    assert compare(choice).result["n_out_of_reach"] == 25


def test_pages_show_how_much_is_out_of_range(session, client):
    subset = make_subset(session, start=10, stop=30)
    other = make_version(number=2)
    score_touches(session, other, [[], []])
    client.force_login(make_user("vera", "viewer"))

    def page(name, *args):
        return client.get(reverse(name, args=args)).content.decode()

    not_counted = "30 frames with the pole out of reach do not count in touches"
    assert not_counted in page("session-detail", session.pk)
    assert not_counted in page("session-tracking", session.pk)
    changes = page("session-changes", session.pk, 1, 2)
    assert "30 frames with the pole out of reach are not counted" in changes
    of_subset = page("subset-detail", subset.pk)
    assert "30 frames with the pole out of reach were not eligible" in of_subset
    assert "10 such frames are in clips" in of_subset


def test_the_preview_of_a_selection_shows_how_much_is_out_of_range(session, client):
    client.force_login(make_user("dana", "admin"))

    page = client.get(
        reverse("subset-preview"), {"by": "trials", "session": session.pk, "trials": ""}
    ).content.decode()

    assert "<dt>Frames</dt><dd>90</dd>" in page
    assert "<dd>30 frames with the pole out of reach</dd>" in page


def test_pages_report_a_file_that_cannot_be_read(session, client, data_root):
    (data_root / "poles.h5").unlink()
    client.force_login(make_user("vera", "viewer"))

    page = client.get(reverse("session-detail", args=[session.pk])).content.decode()

    assert "The pole times of poles could not be read" in page
