"""Workspace: memory for intermediate arrays that is reused between calculations."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt


class Workspace:
    """Named intermediate arrays for one thread.

    Allocating memory from the system takes longer than most calculations on it here.
    """

    def __init__(self) -> None:
        self._memory: dict[str, npt.NDArray[np.uint8]] = {}
        self._latest: dict[str, npt.NDArray[Any]] = {}

    def array(
        self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64
    ) -> npt.NDArray[Any]:
        """Return an array with undefined values.

        Parameters
        ----------
        name : str
            Name of the memory. A later array with the same name overwrites this one.
        shape : tuple of int
            Shape of the array.
        dtype : dtype
            Type of its values.

        Returns
        -------
        array : array of `dtype`, shape `shape`
            C-contiguous array.
        """
        array = self._latest.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
            memory = self._memory.get(name)
            if memory is None or len(memory) < n_bytes:
                memory = self._memory[name] = np.empty(n_bytes, np.uint8)
            array = self._latest[name] = memory[:n_bytes].view(dtype).reshape(shape)
        return array
