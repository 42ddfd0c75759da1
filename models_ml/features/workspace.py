"""Memory for passing results, kept from one calculation to the next."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt


class Workspace:
    """Arrays to write over, for one thread at a time.

    Asking the system for memory takes longer than most of what is done with it here.
    """

    def __init__(self) -> None:
        self._memory: dict[str, npt.NDArray[np.uint8]] = {}
        self._latest: dict[str, npt.NDArray[Any]] = {}

    def array(
        self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64
    ) -> npt.NDArray[Any]:
        """Return an array whose values are undefined.

        Parameters
        ----------
        name : str
            What it is for. A later array of the same name has the same memory.
        shape : tuple of int
            Its shape.
        dtype : dtype
            Its type.

        Returns
        -------
        array : array of this type and shape
            C-contiguous.
        """
        array = self._latest.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
            memory = self._memory.get(name)
            if memory is None or len(memory) < n_bytes:
                memory = self._memory[name] = np.empty(n_bytes, np.uint8)
            array = self._latest[name] = memory[:n_bytes].view(dtype).reshape(shape)
        return array
