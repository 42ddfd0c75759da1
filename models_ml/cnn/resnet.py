"""ResNet50V2 as WhACC builds it: 96 x 96 px lag images to 2,048 units.

Its weights do not ship with the product. WhACC publishes them as a TensorFlow
SavedModel, which Keras 3 does not load; `models_ml.whacc.backbone` reads it.
"""

from typing import Any

from models_ml.cnn.frames import Padding
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

INPUT_PX = 96
# Frames before the first frame of a trial, as in WhACC.
PADDING: Padding = "noise"
N_UNITS = 2048


def build_model() -> Any:
    """Build the network without weights.

    Returns
    -------
    model : keras.Model
        From float32 images of shape (n, 96, 96, 3) in [-1, 1] to float32 units of shape
        (n, 2048), at least 0.

    References
    ----------
    WhACC 1.4.3: ResNet50V2 without its top, global average pooling, and a dense layer
    of 2,048 rectified units. WhACC computes its features from these units.
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
