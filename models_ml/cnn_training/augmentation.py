"""Augmentation: a CNN sees each training image turned, mirrored, shifted and dimmed."""

from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Frames
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

_ZOOM = 0.22
_SHIFT_PX = 2
_LIGHT = (0.3, 1.2)
_NOISE_MAX = 4.0


def augmented(images: Frames, rng: np.random.Generator, *, as_one: bool = False) -> Any:
    """Augment images: rotate, mirror, zoom, shift, dim and add noise.

    Parameters
    ----------
    images : array of uint8, shape (n_images, height, width, n_channels)
        The channels of an image are changed in the same way.
    rng : numpy Generator
        Source of randomness.
    as_one : bool
        Change all images in the same way, but for the noise.

    Returns
    -------
    images : tensor of float32, same shape
        In [0, 255].
    """
    tensorflow = quiet_tensorflow()
    n_images, height, width, _ = images.shape
    n_changes = 1 if as_one else n_images
    middle = (width - 1) / 2, (height - 1) / 2
    transforms = np.broadcast_to(_transforms(n_changes, middle, rng), (n_images, 8))
    transformed = tensorflow.raw_ops.ImageProjectiveTransformV3(
        images=tensorflow.constant(images, tensorflow.float32),
        transforms=transforms,
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
    shape = (n_changes, 1, 1, 1)
    light = rng.uniform(*_LIGHT, shape).astype(np.float32)
    noise_level = rng.uniform(0, _NOISE_MAX, shape).astype(np.float32)
    noise = rng.standard_normal(images.shape, dtype=np.float32) * noise_level
    return tensorflow.clip_by_value(transformed * light + noise, 0.0, 255.0)


def _transforms(
    n_images: int, middle: tuple[float, float], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return one projective transform per image, in TensorFlow's format."""
    quarter = np.pi / 2 * rng.integers(0, 4, n_images)
    # Half of the images are rotated by right angles only, which blurs no pixels.
    is_free = rng.random(n_images) < 0.5
    angle = np.where(is_free, rng.uniform(0, 2 * np.pi, n_images), quarter)
    zoom = np.where(is_free, np.exp(rng.uniform(-_ZOOM, _ZOOM, n_images)), 1.0)
    mirror = rng.choice([-1.0, 1.0], n_images)
    shift = rng.integers(-_SHIFT_PX, _SHIFT_PX + 1, (n_images, 2))
    x, y = middle
    cos, sin = np.cos(angle) * zoom, np.sin(angle) * zoom
    transforms = np.zeros((n_images, 8), np.float32)
    transforms[:, 0], transforms[:, 1] = cos * mirror, -sin
    transforms[:, 3], transforms[:, 4] = sin * mirror, cos
    transforms[:, 2] = x - x * transforms[:, 0] - y * transforms[:, 1] + shift[:, 0]
    transforms[:, 5] = y - x * transforms[:, 3] - y * transforms[:, 4] + shift[:, 1]
    return transforms
