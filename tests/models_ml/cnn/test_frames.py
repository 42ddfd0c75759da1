from pathlib import Path

import numpy as np
import pytest

from models_ml.cnn.frames import cnn_input, lag_images

DATA = Path(__file__).parents[2] / "data"
FRAMES = np.random.default_rng(0).integers(0, 256, (9, 4, 6), np.uint8)


def test_channels_are_the_two_frames_before_and_the_frame():
    images = lag_images(FRAMES, [9], padding="repeat")

    assert images.shape == (9, 4, 6, 3)
    assert images.dtype == np.uint8
    for t in range(9):
        for channel, lag in enumerate((2, 1, 0)):
            np.testing.assert_array_equal(
                images[t, ..., channel], FRAMES[max(t - lag, 0)]
            )


def test_noise_is_before_the_first_frame_only():
    images = lag_images(FRAMES, [9])

    noise = images[0, ..., 0]
    np.testing.assert_array_equal(images[0, ..., 1], noise)
    np.testing.assert_array_equal(images[1, ..., 0], noise)
    np.testing.assert_array_equal(images[1, ..., 1], FRAMES[0])
    np.testing.assert_array_equal(
        images[2:], lag_images(FRAMES, [9], padding="repeat")[2:]
    )
    assert len(np.unique(noise)) > 15


@pytest.mark.parametrize("padding", ["noise", "repeat"])
def test_images_of_a_trial_are_equal_alone_and_among_others(padding):
    lengths = [1, 2, 3, 3]

    together = lag_images(FRAMES, lengths, padding=padding)

    trials = np.split(FRAMES, np.cumsum(lengths)[:-1])
    alone = [lag_images(trial, [len(trial)], padding=padding) for trial in trials]
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_noise_of_two_trials_differs():
    images = lag_images(FRAMES, [4, 5])

    assert (images[0, ..., 0] != images[4, ..., 0]).any()


@pytest.mark.parametrize("padding", ["noise", "repeat"])
@pytest.mark.parametrize("start", [1, 2, 3, 8])
def test_a_clip_inside_a_trial_has_the_frames_before_it(start, padding):
    clip = lag_images(
        FRAMES[start:], [9 - start], preceding=[FRAMES[:start]], padding=padding
    )

    whole = lag_images(FRAMES, [9], padding=padding)
    np.testing.assert_array_equal(clip, whole[start:])


def test_preceding_frames_belong_to_their_clip():
    images = lag_images(FRAMES[3:], [4, 2], preceding=[None, FRAMES[:3]])

    np.testing.assert_array_equal(images[4, ..., 0], FRAMES[1])
    np.testing.assert_array_equal(images[4, ..., 1], FRAMES[2])
    np.testing.assert_array_equal(images[:4], lag_images(FRAMES[3:7], [4]))


def test_cnn_input_equals_that_of_whacc():
    stored = np.load(DATA / "whacc_cnn_input.npz")

    made = cnn_input(stored["images"])

    np.testing.assert_allclose(made, stored["cnn_input"], rtol=0, atol=2e-5)
    assert made.dtype == np.float32


@pytest.mark.parametrize("size", [45, 81, 101])
def test_cnn_input_of_other_crop_sizes_equals_that_of_whacc(size):
    stored = np.load(DATA / "whacc_cnn_input_sizes.npz")
    images = np.repeat(stored[f"in_{size}"][..., np.newaxis], 3, axis=-1)

    made = cnn_input(images)

    for channel in range(3):
        np.testing.assert_allclose(
            made[..., channel], stored[f"out_{size}_ch0"], rtol=0, atol=2e-5
        )


def test_cnn_input_of_many_frames_equals_that_of_each():
    images = np.random.default_rng(1).integers(0, 256, (600, 6, 6, 3), np.uint8)

    together = cnn_input(images, 8)

    assert together.shape == (600, 8, 8, 3)
    np.testing.assert_array_equal(together[555:556], cnn_input(images[555:556], 8))
    assert cnn_input(images[:0]).shape == (0, 96, 96, 3)


@pytest.mark.parametrize("frames", [FRAMES.astype(float), FRAMES[0]])
def test_other_arrays_raise(frames):
    with pytest.raises(ValueError, match="Expected the frames of a trial as uint8"):
        lag_images(frames, [len(frames)])


@pytest.mark.parametrize("images", [np.zeros((1, 4, 4, 3)), FRAMES])
def test_other_images_raise(images):
    with pytest.raises(ValueError, match="Expected lag images as uint8"):
        cnn_input(images)


def test_an_empty_trial_raises():
    with pytest.raises(ValueError, match="trial 1, counted from 0, has 0"):
        lag_images(FRAMES, [9, 0])


def test_preceding_frames_that_do_not_fit_raise():
    with pytest.raises(ValueError, match="got 2 for 1 trials"):
        lag_images(FRAMES, [9], preceding=[None, None])
    with pytest.raises(ValueError, match=r"of \(4, 6\) pixels as the trial's; got"):
        lag_images(FRAMES, [9], preceding=[FRAMES[:2, :3]])
