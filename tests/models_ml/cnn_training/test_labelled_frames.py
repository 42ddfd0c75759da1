"""Which frames a CNN learns from, and the images of a batch."""

import numpy as np
import pytest

from models_ml.cnn_training.labelled_frames import (
    NEAR_AN_EDGE,
    LabelledImages,
    draw_weights,
)
from models_ml.training.labelled_trials import TrainingError


def numbered_frames(n_frames, first=0):
    """Return frames whose pixels are all the number of the frame."""
    numbers = np.arange(first, first + n_frames, dtype=np.uint8)
    return np.broadcast_to(numbers[:, None, None], (n_frames, 2, 3)).copy()


def test_touch_frames_and_frames_near_edges_are_drawn_most():
    labels = np.zeros(100, np.int8)
    labels[50:60] = 1

    weights = draw_weights(labels)

    near = slice(50 - NEAR_AN_EDGE, 60 + NEAR_AN_EDGE)
    assert (weights[near] == 1).all()
    assert (weights[: near.start] == 0.2).all()
    assert (weights[near.stop :] == 0.2).all()


def test_a_frame_without_a_label_is_never_drawn_and_makes_no_edge():
    labels = np.full(60, -1, np.int8)
    labels[20:30] = 1
    labels[40:60] = 0

    weights = draw_weights(labels)

    assert (weights[labels == -1] == 0).all()
    assert (weights[20:30] == 1).all()
    assert (weights[40:] == 0.2).all()


def test_half_of_the_images_show_frame_t_alone_and_none_leaves_its_trial():
    one, two = np.zeros(10, np.int8), np.ones(10, np.int8)
    images = LabelledImages(
        [(numbered_frames(10), one), (numbered_frames(10, first=100), two)]
    )

    drawn, touch = images.draw(400, np.random.default_rng(0))

    t_2, t_1, t = (drawn[:, 0, 0, channel].astype(int) for channel in range(3))
    is_still = (t_2 == t) & (t_1 == t)
    assert 0.4 < is_still.mean() < 0.65
    first = np.where(touch == 1, 100, 0)
    lagged = ~is_still
    np.testing.assert_array_equal(t_1[lagged], np.maximum(t - 1, first)[lagged])
    np.testing.assert_array_equal(t_2[lagged], np.maximum(t - 2, first)[lagged])
    np.testing.assert_array_equal(touch == 1, t >= 100)


def test_only_labelled_frames_and_the_two_before_each_are_kept():
    labels = np.full(200, -1, np.int8)
    labels[100:110] = 0
    images = LabelledImages([(numbered_frames(200), labels)])

    drawn, _ = images.draw(300, np.random.default_rng(1))

    assert set(np.unique(drawn)) <= set(range(98, 110))


def test_the_digest_depends_on_pixels_and_labels():
    frames, labels = numbered_frames(10), np.zeros(10, np.int8)
    other_frames, other_labels = frames.copy(), labels.copy()
    other_frames[4, 0, 0] += 1
    other_labels[4] = 1

    digests = {
        LabelledImages([pair]).sha256
        for pair in (
            (frames, labels),
            (frames.copy(), labels.copy()),
            (other_frames, labels),
            (frames, other_labels),
        )
    }

    assert len(digests) == 3


def test_trials_without_any_label_are_refused():
    with pytest.raises(TrainingError, match="No training trial has labels"):
        LabelledImages([(numbered_frames(5), np.full(5, -1, np.int8))])
