"""Benchmark of CNN inference: frames/s of Keras as WhACC calls it, and of the product.

``make bench-cnn``. WhACC reads 500 lag images at a time, scales and resizes them, and
calls ``model.predict(images)``, which makes batches of 32. Both sides get the same
frames and the same CNN with random weights, in alternation, next to a float32 matrix
product. A lab waits for wall time; on a shared machine, CPU time describes the code
better.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from limits import multiply_adds

ROUNDS = int(os.environ.get("ROUNDS", "4"))
N_FRAMES = 500
MATRIX = 2048

Run = Callable[[], Any]


def main() -> None:
    from models_ml.cnn import compact as compact_cnn
    from models_ml.cnn import resnet

    for architecture in (resnet, compact_cnn):
        compare(architecture)


def compare(architecture: Any) -> None:
    from models_ml.cnn.backbone import load_backbone
    from models_ml.cnn.frames import cnn_input, lag_images

    model = architecture.build_model()
    kind = model.name
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "random.weights.h5"
        model.save_weights(weights)
        backbone = load_backbone(kind, weights)
        frames = np.random.default_rng(0).integers(0, 256, (N_FRAMES, 61, 61), np.uint8)
        images = lag_images(frames, [N_FRAMES])

        def as_whacc() -> Any:
            return model.predict(cnn_input(images, architecture.INPUT_PX), verbose=0)

        def ours() -> Any:
            return backbone.units(frames)

        expected, units = as_whacc(), ours()
        # The first two frames are not compared: their padding differs.
        off = np.abs(units - expected) / np.maximum(1, np.abs(expected))
        measure(kind, multiply_adds(model), as_whacc, ours)
    print(f"  units at most {off[2:].max():.1e} x max(1, |value|) from Keras")


def measure(kind: str, per_frame: int, as_whacc: Run, ours: Run) -> None:
    product = matrix_product()
    for clock, name in ((time.perf_counter, "wall"), (time.process_time, "CPU")):
        rounds = [
            [seconds(run, clock) for run in (as_whacc, ours, product)]
            for _ in range(ROUNDS)
        ]
        keras, own, matrix = np.array(rounds).T
        matrix_rate = 2 * MATRIX**3 / matrix
        own_rate = 2 * per_frame * N_FRAMES / own
        print(
            f"{kind}, {name} time, median of {ROUNDS} rounds, load "
            f"{os.getloadavg()[0]:.0f}:\n"
            f"  Keras as WhACC calls it {N_FRAMES / statistics.median(keras):8.0f} "
            "frames/s\n"
            f"  the product             {N_FRAMES / statistics.median(own):8.0f} "
            f"frames/s, {np.median(keras / own):.2f} times as fast (rounds: "
            f"{', '.join(f'{ratio:.2f}' for ratio in keras / own)})\n"
            f"  {per_frame / 1e6:.0f} million multiply-adds a frame: "
            f"{np.median(own_rate) / 1e9:.0f} GFLOP/s, "
            f"{np.median(own_rate / matrix_rate):.0%} of a {MATRIX} x {MATRIX} float32 "
            f"product's {np.median(matrix_rate) / 1e9:.0f}",
            flush=True,
        )


def matrix_product() -> Run:
    import tensorflow

    factor = tensorflow.random.normal((MATRIX, MATRIX))
    product = tensorflow.function(lambda: tensorflow.matmul(factor, factor))
    product()
    return lambda: product().numpy()


def seconds(run: Run, clock: Callable[[], float]) -> float:
    started = clock()
    run()
    return clock() - started


if __name__ == "__main__":
    main()
