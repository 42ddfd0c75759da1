"""What this machine can do at most: memory copied, floats multiplied."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

COPIED_BYTES = 2**28
MATRIX_SIDE = 2048
REPEATS = 5


def n_cores() -> int:
    return len(os.sched_getaffinity(0))


def copy_rate() -> float:
    """Return bytes moved a second, read and written, by all cores together."""
    n_bytes = COPIED_BYTES // n_cores()
    pairs = [
        (np.ones(n_bytes, np.uint8), np.ones(n_bytes, np.uint8))
        for _ in range(n_cores())
    ]
    with ThreadPoolExecutor(n_cores()) as threads:

        def copy_all() -> None:
            list(threads.map(lambda pair: np.copyto(*pair), pairs))

        return 2 * n_bytes * n_cores() / fastest(copy_all)


def matmul_rate() -> float:
    """Return multiply-adds a second of TensorFlow's float32 matrix product."""
    from models_ml.quiet_tensorflow import quiet_tensorflow

    tensorflow = quiet_tensorflow()
    matrix = tensorflow.random.normal([MATRIX_SIDE, MATRIX_SIDE])
    return MATRIX_SIDE**3 / fastest(lambda: (matrix @ matrix).numpy())


def fastest(work: Any) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def multiply_adds(model: Any) -> int:
    """Return the multiply-adds of a CNN's convolutions and dense layers, per image."""
    return sum(
        int(np.prod(layer.kernel.shape)) * n_positions(layer)
        for layer in all_layers(model)
        if hasattr(layer, "kernel")
    )


def all_layers(model: Any) -> list[Any]:
    inner = [getattr(layer, "layers", [layer]) for layer in model.layers]
    return [layer for layers in inner for layer in layers]


def n_positions(layer: Any) -> int:
    # A depthwise kernel has a column for each channel that it reads, too.
    return int(np.prod(layer.output.shape[1:-1]))
