"""Types of the arrays that functions exchange, and the values of labels.

The names say what an array holds or which type its elements have; docstrings say its
shape, unit and range.
"""

import numpy as np
import numpy.typing as npt

# The values of a label in an array; -1 where an annotator has not labelled a frame.
UNLABELLED, NOT_TOUCH, TOUCH, UNSURE = -1, 0, 1, 2

Frames = npt.NDArray[np.uint8]
Units = npt.NDArray[np.float32]
Features = npt.NDArray[np.float32]
Scores = npt.NDArray[np.floating]
LabelValues = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]

Int8s = npt.NDArray[np.int8]
Int64s = npt.NDArray[np.int64]
Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]
