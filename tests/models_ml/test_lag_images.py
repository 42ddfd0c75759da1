import numpy as np
import pytest

from models_ml.lag_images import lag_images

FRAMES = np.random.default_rng(0).integers(0, 256, (5, 4, 6), np.uint8)


def test_channels_are_the_two_frames_before_and_the_frame():
    images = lag_images(FRAMES)

    assert images.shape == (5, 4, 6, 3)
    assert images.dtype == np.uint8
    for t in range(5):
        for channel, lag in enumerate((2, 1, 0)):
            np.testing.assert_array_equal(
                images[t, ..., channel], FRAMES[max(t - lag, 0)]
            )


def test_noise_stands_before_the_first_frame_only():
    images = lag_images(FRAMES, pad="noise")

    noise = images[0, ..., 0]
    np.testing.assert_array_equal(images[0, ..., 1], noise)
    np.testing.assert_array_equal(images[1, ..., 0], noise)
    np.testing.assert_array_equal(images[2:], lag_images(FRAMES)[2:])
    assert len(np.unique(noise)) > 15


def test_noise_is_the_same_every_time():
    first, second = (lag_images(FRAMES, pad="noise") for _ in range(2))

    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("pad", ["repeat", "noise"])
@pytest.mark.parametrize("n_frames", [0, 1, 2])
def test_short_trials_have_one_image_per_frame(n_frames, pad):
    images = lag_images(FRAMES[:n_frames], pad=pad)

    assert images.shape == (n_frames, 4, 6, 3)
    np.testing.assert_array_equal(images[..., 2], FRAMES[:n_frames])


@pytest.mark.parametrize("frames", [FRAMES.astype(float), FRAMES[0]])
def test_other_arrays_are_refused(frames):
    with pytest.raises(ValueError, match="Expected the frames of a trial as uint8"):
        lag_images(frames)
