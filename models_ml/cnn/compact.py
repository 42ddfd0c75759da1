"""The compact backbone: a small CNN for machines without a graphics card.

`models_ml.making.build` trains it on simulated frames. Its weights ship with the
product.
"""

from typing import Any

from models_ml.cnn.frames import Padding
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

INPUT_PX = 61
# Frames before the first frame of a trial, as in its training: the first frame.
PADDING: Padding = "repeat"
N_UNITS = 32
# Number of filters, their size in pixels, and their stride; from 61 px down to 2 px.
CONVOLUTIONS = ((16, 5, 2), (32, 3, 2), (48, 3, 2), (64, 3, 2), (64, 3, 2))


def build_model() -> Any:
    """Build the network without weights.

    Returns
    -------
    model : keras.Model
        From float32 images of shape (n, 61, 61, 3) in [-1, 1] to float32 units of shape
        (n, 32), at least 0.

    Notes
    -----
    Each image is first scaled to mean 0 and variance 1, so that a dim rig looks like a
    bright one. There is no global pooling, because positions matter: the pole is at the
    same position in all crops.
    """
    keras = quiet_tensorflow().keras
    layers = keras.layers
    images = keras.Input((INPUT_PX, INPUT_PX, 3))
    x = layers.LayerNormalization(
        axis=(1, 2, 3), center=False, scale=False, epsilon=1e-5
    )(images)
    for n_filters, size, strides in CONVOLUTIONS:
        x = layers.Conv2D(
            n_filters, size, strides=strides, padding="same", activation="relu"
        )(x)
    units = layers.Dense(N_UNITS, activation="relu", name="units")(layers.Flatten()(x))
    return keras.Model(images, units, name="compact")


def with_touch_head(model: Any) -> Any:
    """Return the network with a head for its training.

    Parameters
    ----------
    model : keras.Model
        The network from `build_model`. The new model shares its weights.

    Returns
    -------
    model : keras.Model
        From images to the probability of a touch in frame t, float32 of shape (n, 1).
    """
    keras = quiet_tensorflow().keras
    dropped = keras.layers.Dropout(0.2)(model.output)
    touch = keras.layers.Dense(1, activation="sigmoid")(dropped)
    return keras.Model(model.input, touch)
