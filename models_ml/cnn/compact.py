"""The compact backbone: a small CNN for machines without a graphics card.

Its weights, made by `models_ml.making.build` from simulated frames, ship.
"""

from typing import Any

from models_ml.cnn.frames import Padding
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

INPUT_PX = 61
# What stands before a trial's first frame: it was trained with the first frame again.
PADDING: Padding = "repeat"
N_UNITS = 32
# Filters, their size in pixels, and their stride: from 61 px down to 2.
CONVOLUTIONS = ((16, 5, 2), (32, 3, 2), (48, 3, 2), (64, 3, 2), (64, 3, 2))


def build_model() -> Any:
    """Build the network without weights.

    Returns
    -------
    model : keras.Model
        Takes float32 of shape (n, 61, 61, 3) in [-1, 1], gives float32 of shape
        (n, 32), not negative.

    Notes
    -----
    Each image is first brought to mean 0 and variance 1, so that a dim rig looks as a
    bright one does. The units keep where in the crop a thing is: the pole stands in
    the same place in all crops.
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
    """Return the network with the head that it is trained with.

    Parameters
    ----------
    model : keras.Model
        As `build_model` makes it; the new model shares its weights.

    Returns
    -------
    model : keras.Model
        From images to the probability, of shape (n, 1), that frame t is a touch.
    """
    keras = quiet_tensorflow().keras
    dropped = keras.layers.Dropout(0.2)(model.output)
    touch = keras.layers.Dense(1, activation="sigmoid")(dropped)
    return keras.Model(model.input, touch)
