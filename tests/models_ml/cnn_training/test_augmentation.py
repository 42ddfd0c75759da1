"""Augmentation and views keep the size, the range and the centre of images."""

import numpy as np

from models_ml.cnn_training.augmentation import augmented
from models_ml.cnn_training.views import labelled_excerpt, n_views_of, view_of


def dark_pole(n_images, n_channels):
    images = np.full((n_images, 21, 21, n_channels), 200, np.uint8)
    images[:, 8:13, 8:13] = 10
    return images


def test_the_pole_stays_in_the_middle_and_channels_change_alike():
    images = dark_pole(40, 3)

    changed = augmented(images, np.random.default_rng(0)).numpy()

    assert changed.shape == images.shape
    assert changed.min() >= 0
    assert changed.max() <= 255
    assert (changed[:, 10, 10] < 60).all()
    # Noise differs between channels; everything else is equal.
    assert np.abs(changed[..., 0] - changed[..., 2]).mean() < 6
    assert np.abs(changed[0] - changed[1]).mean() > 1


def test_the_same_generator_gives_the_same_images():
    images = dark_pole(4, 3)

    one, two = (augmented(images, np.random.default_rng(7)).numpy() for _ in range(2))

    np.testing.assert_array_equal(one, two)


def test_a_view_changes_all_frames_of_a_trial_in_the_same_way():
    frames = dark_pole(600, 1)[..., 0]
    frames[:, 0:3] = 90

    view = view_of(frames, np.random.default_rng(3)).astype(float)

    assert view.shape == frames.shape
    means = view.mean(axis=(1, 2))
    assert np.ptp(means) < 2
    assert np.abs(view[0] - frames[0]).mean() > 1


def test_the_excerpt_of_a_trial_has_all_labels_and_a_margin():
    labels = np.full(100, -1, np.int8)
    labels[[30, 44]] = 0

    assert labelled_excerpt(labels, 20) == slice(10, 65)
    assert labelled_excerpt(labels, 50) == slice(0, 95)


def test_of_many_frames_fewer_views_are_made():
    assert [n_views_of(n) for n in (1, 1_000, 6_000, 20_000)] == [12, 12, 2, 0]
