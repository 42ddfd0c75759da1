"""Labels of a file become those of a named annotator, or a sentence says why not."""

import h5py
import numpy as np
import pytest

from labeling.domain.assignments.file_labels import (
    file_labels,
    has_labels,
    take_file_labels,
)
from labeling.domain.labels.operations import label_values, replayed_values
from labeling.domain.labels.sources import MAJORITY, source_labels_in_range
from labeling.domain.recordings.session_files import data_root
from labeling.domain.recordings.sessions import import_session
from labeling.errors import LabelingError, NotAllowedError
from labeling.models import Assignment, Session
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LENGTHS = {176: 30, 189: 40}
IMAGES = np.random.default_rng(0).integers(0, 256, (70, 7, 7), np.uint8)
LABELS = np.zeros(70)
LABELS[[5, 6, 7, 20, 45, 46]] = 1


@pytest.fixture
def write(data_files):
    def write_file(name, **values):
        path = data_root() / name
        with h5py.File(path, "w") as file:
            for key, value in values.items():
                file[key] = value
        return name

    return write_file


@pytest.fixture
def data_files(settings, tmp_path):
    settings.WHACC_DATA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def early_session(write):
    """A session in the layout of an early release, with labels."""
    write(
        "early.h5",
        images=IMAGES,
        labels=LABELS,
        file_name_nums=np.repeat(list(LENGTHS), list(LENGTHS.values())).astype(float),
        trial_nums_and_frame_nums=[list(LENGTHS), list(LENGTHS.values())],
    )
    return import_session(user=None, file="early.h5")


def write_windows(write, starts, length=10, **changes):
    rows = np.concatenate([np.arange(start, start + length) for start in starts])
    images = np.stack([IMAGES[np.maximum(rows - lag, 0)] for lag in (2, 1, 0)], -1)
    values = {
        "images": images,
        "labels": LABELS[rows].astype(int),
        "frame_nums": [length] * len(starts),
    }
    return write("TL_DATA_early.h5", **{**values, **changes})


def test_the_labels_of_a_session_file_become_those_of_an_annotator(early_session):
    hires = make_user("hires")
    assert has_labels(early_session)

    found = file_labels(user=None, session=early_session, annotator=hires)
    assert [(t.trial.number, t.n_labelled, t.n_touches) for t in found.trials] == [
        (176, 30, 2),
        (189, 40, 1),
    ]
    assert not Assignment.objects.exists()
    subset = take_file_labels(user=None, found=found)

    assert (found.n_labelled, found.n_touches, found.n_labelled_before) == (70, 3, 0)
    assert subset.name == "early, labels of hires"
    consensus = source_labels_in_range(MAJORITY, [subset])
    np.testing.assert_array_equal(
        np.concatenate([each.values for each in consensus]), LABELS
    )
    for assignment in Assignment.objects.all():
        assert assignment.annotator == hires
        np.testing.assert_array_equal(
            label_values(assignment), replayed_values(assignment)
        )


def test_chosen_trials_are_taken_alone_and_earlier_labels_are_counted(early_session):
    hires = make_user("hires")
    options = {"user": None, "session": early_session, "annotator": hires}
    take_file_labels(user=None, found=file_labels(**options, trials=[189]))

    found = file_labels(**options)

    assert found.n_labelled_before == 40
    with pytest.raises(LabelingError, match="is taken"):
        take_file_labels(user=None, found=found)
    with pytest.raises(LabelingError, match="has no trial 7, or it is excluded"):
        file_labels(**options, trials=[7, 176])


def test_a_curation_subset_is_found_by_its_pixels(early_session, write):
    file = write_windows(write, (3, 42))

    found = file_labels(
        user=None, session=early_session, annotator=make_user(), file=file
    )
    subset = take_file_labels(user=None, found=found, name="curated")

    assert (found.n_windows, found.n_windows_missing) == (2, 0)
    assert [(t.trial.number, t.n_labelled, t.n_touches) for t in found.trials] == [
        (176, 10, 1),
        (189, 10, 1),
    ]
    clips = subset.clips.order_by("trial__number")
    assert [(c.start, c.stop) for c in clips] == [(3, 13), (12, 22)]


def test_a_window_that_is_nowhere_in_the_session_is_left_out(early_session, write):
    file = write_windows(write, (3, 25))

    found = file_labels(
        user=None, session=early_session, annotator=make_user(), file=file
    )

    # The second window crosses the end of trial 176, so it is no run of frames.
    assert (found.n_windows, found.n_windows_missing, found.n_labelled) == (2, 1, 10)


def test_windows_with_different_labels_for_a_frame_are_refused(early_session, write):
    labels = [1] * 10 + [0] * 10
    file = write_windows(write, (3, 8), labels=labels)

    with pytest.raises(
        LabelingError, match="different labels for frame 8 of trial 176"
    ):
        file_labels(user=None, session=early_session, annotator=make_user(), file=file)


def test_windows_that_overlap_with_equal_labels_are_taken(early_session, write):
    file = write_windows(write, (3, 8))

    found = file_labels(
        user=None, session=early_session, annotator=make_user(), file=file
    )

    assert found.n_labelled == 15


def test_a_curation_subset_of_another_session_is_refused(early_session, write):
    file = write_windows(write, (3,), images=np.zeros((10, 7, 7, 3), np.uint8))

    with pytest.raises(LabelingError, match="None of the 1 windows of TL_DATA"):
        file_labels(user=None, session=early_session, annotator=make_user(), file=file)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"labels": [0, 1]},
            r"labels has the shape \(2,\), and the file has 10 frames",
        ),
        ({"frame_nums": [9]}, "The file has 10 images, but its windows have 9"),
    ],
)
def test_a_curation_subset_of_the_wrong_length_is_refused(
    early_session, write, changes, sentence
):
    file = write_windows(write, (3,), **changes)

    with pytest.raises(LabelingError, match=sentence):
        file_labels(user=None, session=early_session, annotator=make_user(), file=file)


def test_session_labels_of_the_wrong_length_are_refused_and_nothing_is_written(
    early_session,
):
    with h5py.File(data_root() / "early.h5", "r+") as file:
        del file["labels"]
        file["labels"] = LABELS[:-1]

    assert not has_labels(early_session)
    with pytest.raises(LabelingError, match=r"labels has the shape \(69,\)"):
        file_labels(user=None, session=early_session, annotator=make_user())
    assert not Assignment.objects.exists()


def test_a_path_out_of_the_data_root_is_refused(early_session):
    with pytest.raises(LabelingError):
        file_labels(
            user=None,
            session=early_session,
            annotator=make_user(),
            file="../outside.h5",
        )


def test_only_an_admin_takes_labels_and_only_for_who_may_label(early_session):
    options = {"session": early_session, "annotator": make_user("hires")}
    with pytest.raises(NotAllowedError):
        file_labels(user=make_user("bob"), **options)

    viewer = make_user("vera", "viewer")
    with pytest.raises(LabelingError, match="may not label"):
        file_labels(user=None, session=Session.objects.get(), annotator=viewer)
