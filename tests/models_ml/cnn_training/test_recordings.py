"""Recordings read frames and features when needed; folds divide their labels."""

import numpy as np
import pytest

from models_ml.cnn_training.recordings import LabelledRecordings, folds_of
from models_ml.features.feature_set import compact


def recordings_of(labels, roles, features=None):
    return LabelledRecordings(
        labels=labels,
        roles=roles,
        frames=lambda number: np.full((len(labels[number]), 2, 2), number, np.uint8),
        features=features
        or (lambda _backbone: [np.zeros((len(x), 1)) for x in labels]),
        feature_set=compact(32),
    )


def with_touches(n_frames, n_touch):
    labels = np.zeros(n_frames, np.int8)
    labels[:n_touch] = 1
    return labels


def test_images_are_those_of_one_role():
    labels = [with_touches(8, 4)] * 3
    recordings = recordings_of(labels, ["train", "validation", "held_out"])

    images, _ = recordings.images("validation").draw(50, np.random.default_rng(0))

    assert set(np.unique(images)) == {1}


def test_a_role_without_labels_has_no_images():
    labels = [with_touches(8, 4), np.full(8, -1, np.int8)]

    assert recordings_of(labels, ["train", "validation"]).images("validation") is None


def test_folds_of_many_trials_hide_whole_trials_with_similar_touches():
    labels = [with_touches(20, n) for n in (1, 9, 2, 8, 3, 7)]
    recordings = recordings_of(labels, ["train"] * 6)

    folds = folds_of(recordings, 3)

    for fold in folds:
        for number, of in enumerate(labels):
            hidden = (fold.hidden[number] != -1).any()
            shown = fold.shown[number] if not hidden else fold.hidden[number]
            np.testing.assert_array_equal(shown, of)
            assert hidden != (fold.shown[number] != -1).any()
    assert all(sum((x != -1).any() for x in f.hidden.values()) == 2 for f in folds)


@pytest.mark.parametrize("n_frames", [30, 31])
def test_folds_of_one_trial_hide_consecutive_parts(n_frames):
    labels = with_touches(n_frames, 12)
    labels[5] = -1

    folds = folds_of(recordings_of([labels], ["train"]), 3)

    for fold in folds:
        hidden = np.flatnonzero(fold.hidden[0] != -1)
        assert len(hidden) in (n_frames // 3 - 1, n_frames // 3, n_frames // 3 + 1)
        assert (labels[hidden[0] : hidden[-1] + 1] == -1).sum() == np.ptp(
            hidden
        ) + 1 - len(hidden)
    together = np.max([fold.hidden[0] for fold in folds], axis=0)
    np.testing.assert_array_equal(together, labels)


def test_held_out_and_validation_labels_are_in_no_fold():
    labels = [with_touches(9, 3)] * 3
    recordings = recordings_of(labels, ["held_out", "train", "validation"])

    assert all(set(fold.hidden) == {1} for fold in folds_of(recordings, 3))
