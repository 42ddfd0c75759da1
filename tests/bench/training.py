"""Benchmark of the training of a CNN: time and memory, beside running the same CNN.

``make bench-training`` trains the compact CNN on 12,000 simulated frames, with the
default plan, in a process of its own. KIND=resnet50v2 trains WhACC's CNN with random
weights instead; STEPS=n sets another number of steps.
"""

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models_ml.cnn.backbone import load_backbone  # noqa: E402
from models_ml.cnn_training.fine_tune import fine_tune  # noqa: E402
from models_ml.cnn_training.labelled_frames import LabelledImages  # noqa: E402
from models_ml.cnn_training.plan import cost_of, default_plan  # noqa: E402
from models_ml.shipped import shipped_model  # noqa: E402
from models_ml.simulator.rigs import rig_named  # noqa: E402
from models_ml.simulator.session import simulated_trials  # noqa: E402
from tests.bench.measured import Measurement  # noqa: E402

N_TRIALS, TRIAL_FRAMES = 20, 600


def main() -> None:
    kind = os.environ.get("KIND", "compact")
    plan = default_plan(kind)
    plan = replace(plan, n_steps=int(os.environ.get("STEPS", str(plan.n_steps))))
    trials = [
        (trial.frames, trial.touch.astype(np.int8))
        for trial in simulated_trials(
            rig_named("lab_b"), seed=3, n_trials=N_TRIALS, n_frames=TRIAL_FRAMES
        )
    ]
    n_frames = N_TRIALS * TRIAL_FRAMES
    with tempfile.TemporaryDirectory() as folder:
        weights = weights_of(kind, Path(folder))
        backbone = load_backbone(kind, weights)
        backbone.units(trials[0][0][:64])
        started = time.perf_counter()
        for frames, _ in trials[:4]:
            backbone.units(frames)
        rate = 4 * TRIAL_FRAMES / (time.perf_counter() - started)
        made = Measurement()
        with made.running():
            fine_tune(backbone, weights, LabelledImages(trials), plan=plan)
    n_images = plan.n_steps * plan.batch_images
    expected = cost_of(
        kind,
        plan,
        n_trainings=1,
        frame_bytes=n_frames * trials[0][0][0].nbytes,
    )
    print(f"{kind}: {n_frames:,} labelled frames, {plan.n_steps} steps of "
          f"{plan.batch_images} images, {os.cpu_count()} cores")  # fmt: skip
    print(f"training           {made.seconds:8.1f} s   "
          f"{n_images / made.seconds:10,.0f} images/s   "
          f"{made.process_mb / 1000:.2f} GB of the process")  # fmt: skip
    print(f"expected           {expected.minutes * 60:8.1f} s   {'':19}"
          f"{expected.memory_gb:.2f} GB")  # fmt: skip
    print(
        f"running, all cores          {'':6}{rate:10,.0f} frames/s, "
        f"{rate / (n_images / made.seconds):.1f} times the training's images"
    )


def weights_of(kind: str, folder: Path) -> Path:
    """Return the weights to start from: the shipped ones, or random ones."""
    if kind == "compact":
        return shipped_model().weights_path
    from models_ml.cnn import resnet

    path = folder / "random.weights.h5"
    resnet.build_model().save_weights(path)
    return path


if __name__ == "__main__":
    main()
