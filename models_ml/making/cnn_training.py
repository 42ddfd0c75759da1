"""Training of the compact CNN, on simulated frames that are never repeated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.cnn.compact import build_model, with_touch_head
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow
from models_ml.cnn_training.augmentation import augmented
from models_ml.simulator.rig import Rig
from models_ml.simulator.session import trial_seeds
from models_ml.simulator.trial import SimulatedTrial, simulate_trial

FRAMES_PER_TRIAL = 800
TRIALS_PER_RIG = 5
PASSES = 2
BATCH = 256
# About 11,000 frames are used in a round; this determines the decay of the learning
# rate.
STEPS_PER_PASS = 42
# Frames this close to an edge of a touch are hard; all of them are used.
NEAR_AN_EDGE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of training with its own head and learning rate.

    Attributes
    ----------
    seed : int
        Seed of the simulation, the augmentation and the initial weights.
    n_rounds : int
        Number of rounds; each trains two passes over about 11,000 new frames.
    rate : float
        Initial learning rate; it falls to a hundredth, by a cosine.
    """

    seed: int
    n_rounds: int
    rate: float


def train_compact_cnn(
    rigs: Sequence[Rig], stages: Sequence[Stage], *, progress: Callable[[str], None]
) -> Any:
    """Train the compact CNN to recognise touches in simulated rigs.

    Parameters
    ----------
    rigs : sequence of Rig
        Rigs; each round simulates new trials of each.
    stages : sequence of Stage
        Stages of training; each continues with the weights of the one before.
    progress : callable
        Called with one line of progress after each round.

    Returns
    -------
    model : keras.Model
        The model of `models_ml.cnn.compact.build_model`, from images to units.
    """
    keras = quiet_tensorflow().keras
    model = None
    for stage in stages:
        keras.utils.set_random_seed(stage.seed)
        if model is None:
            model = build_model()
        train_stage(model, rigs, stage, progress)
    return model


def train_stage(
    model: Any, rigs: Sequence[Rig], stage: Stage, progress: Callable[[str], None]
) -> None:
    """Train the compact CNN further; changes `model`.

    Parameters
    ----------
    model : keras.Model
        The model of `models_ml.cnn.compact.build_model`.
    rigs : sequence of Rig
        Rigs; each round simulates new trials of each.
    stage : Stage
        Number of rounds and learning rate.
    progress : callable
        Called with one line of progress after each round.
    """
    keras = quiet_tensorflow().keras
    network = with_touch_head(model)
    n_steps = stage.n_rounds * PASSES * STEPS_PER_PASS
    rate = keras.optimizers.schedules.CosineDecay(stage.rate, n_steps, alpha=0.01)
    network.compile(keras.optimizers.Adam(rate), "binary_crossentropy")
    rng = np.random.default_rng(stage.seed)
    for number in range(stage.n_rounds):
        images, touch = training_frames(rigs, seed=stage.seed + number, rng=rng)
        losses = []
        for _ in range(PASSES):
            for batch in _batches(len(images), rng):
                shown = augmented(images[batch], rng) / 127.5 - 1.0
                network.reset_metrics()
                losses.append(float(network.train_on_batch(shown, touch[batch])))
        progress(f"round {number + 1}: mean loss {np.mean(losses):.4f}")


def training_frames(
    rigs: Sequence[Rig], *, seed: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Return 3-lag images of new simulated trials; hard frames are preferred.

    Parameters
    ----------
    rigs : sequence of Rig
        Rigs to simulate.
    seed : int
        Seed of the trials.
    rng : numpy Generator
        Source of the choice among easy frames.

    Returns
    -------
    images : array of uint8, shape (n_images, 61, 61, 3)
        Frames t-2, t-1 and t.
    touch : array of float32, shape (n_images,)
        1 if frame t is a touch frame, else 0.
    """
    images, touch = [], []
    for rig in rigs:
        for trial_seed in trial_seeds(seed, TRIALS_PER_RIG):
            trial = simulate_trial(rig, seed=trial_seed, n_frames=FRAMES_PER_TRIAL)
            rows = _useful_frames(trial, rng)
            lags = [trial.frames[np.maximum(rows - lag, 0)] for lag in (2, 1, 0)]
            images.append(np.stack(lags, axis=-1))
            touch.append(trial.touch[rows].astype(np.float32))
    return np.concatenate(images), np.concatenate(touch)


def _useful_frames(
    trial: SimulatedTrial, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    n_frames = len(trial.touch)
    edges = np.flatnonzero(np.diff(trial.touch.astype(np.int8)))
    frame = np.arange(n_frames)
    near = np.zeros(n_frames, np.bool_)
    for edge in edges:
        near |= np.abs(frame - edge) <= NEAR_AN_EDGE
    share = np.where(trial.in_range, 0.3, 0.15)
    return np.flatnonzero(trial.touch | near | (rng.random(n_frames) < share))


def _batches(n_images: int, rng: np.random.Generator) -> list[npt.NDArray[np.int64]]:
    order = rng.permutation(n_images)
    return [order[start : start + BATCH] for start in range(0, n_images, BATCH)]
