"""ResNet50V2 as WhACC builds it: 96 x 96 px lag images to 2,048 units.

Its weights do not ship. WhACC offers them as a TensorFlow SavedModel, which Keras 3
does not load: `whacc_backbone` reads them from it.
"""

from typing import Any

from models_ml.cnn.frames import Padding
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

INPUT_PX = 96
# What stands before a trial's first frame, as in WhACC.
PADDING: Padding = "noise"
N_UNITS = 2048


def build_model() -> Any:
    """Build the network without weights.

    Returns
    -------
    model : keras.Model
        Takes float32 of shape (n, 96, 96, 3) in [-1, 1], gives float32 of shape
        (n, 2048), not negative.

    References
    ----------
    WhACC 1.4.3: ResNet50V2 without its top, global average pooling, and a dense layer
    of 2,048 rectified units, which are the units that its features are made of.
    """
    keras = quiet_tensorflow().keras
    base = keras.applications.ResNet50V2(
        include_top=False,
        weights=None,
        input_shape=(INPUT_PX, INPUT_PX, 3),
        pooling="avg",
    )
    units = keras.layers.Dense(N_UNITS, activation="relu", name="units")(base.output)
    return keras.Model(base.input, units, name="resnet50v2")
