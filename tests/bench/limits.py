"""Limits of this machine: memory bandwidth and float32 multiplications."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

COPIED_BYTES = 2**28
MATRIX_SIDE = 2048
REPEATS = 5


def n_cores() -> int:
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Rate:
    """An amount of work for each second, and for each second of CPU time."""

    per_second: float
    per_cpu_second: float


def copy_rate() -> Rate:
    """Return the bytes that all cores together read and write in a memory copy."""
    n_bytes = COPIED_BYTES // n_cores()
    pairs = [
        (np.ones(n_bytes, np.uint8), np.ones(n_bytes, np.uint8))
        for _ in range(n_cores())
    ]
    with ThreadPoolExecutor(n_cores()) as threads:

        def copy_all() -> None:
            list(threads.map(lambda pair: np.copyto(*pair), pairs))

        return fastest(copy_all, 2 * n_bytes * n_cores())


def matmul_rate() -> Rate:
    """Return the multiply-adds of a float32 matrix product in TensorFlow."""
    from models_ml.cnn.quiet_tensorflow import quiet_tensorflow

    tensorflow = quiet_tensorflow()
    matrix = tensorflow.random.normal([MATRIX_SIDE, MATRIX_SIDE])
    return fastest(lambda: (matrix @ matrix).numpy(), MATRIX_SIDE**3)


def fastest(work: Callable[[], Any], amount: int) -> Rate:
    rates = []
    for _ in range(REPEATS):
        started, cpu_started = time.perf_counter(), time.process_time()
        work()
        seconds = time.perf_counter() - started
        cpu_seconds = time.process_time() - cpu_started
        rates.append((amount / seconds, amount / cpu_seconds))
    return Rate(*(max(each) for each in zip(*rates, strict=True)))


def multiply_adds(model: Any) -> int:
    """Return the multiply-adds of convolutions and dense layers for each image."""
    return sum(
        int(np.prod(layer.kernel.shape)) * n_positions(layer)
        for layer in all_layers(model)
        if hasattr(layer, "kernel")
    )


def all_layers(model: Any) -> list[Any]:
    inner = [getattr(layer, "layers", [layer]) for layer in model.layers]
    return [layer for layers in inner for layer in layers]


def n_positions(layer: Any) -> int:
    # The kernel of a depthwise convolution has a column for each input channel.
    return int(np.prod(layer.output.shape[1:-1]))
