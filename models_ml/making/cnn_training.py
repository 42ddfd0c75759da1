"""Training of the compact CNN, on simulated frames that are never repeated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.cnn.compact import INPUT_PX, build_model, with_touch_head
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow
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
                shown = augmented(images[batch], rng)
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


def augmented(images: npt.NDArray[np.uint8], rng: np.random.Generator) -> Any:
    """Augment images: rotate, mirror, zoom, shift, dim and add noise.

    Parameters
    ----------
    images : array of uint8, shape (n_images, 61, 61, 3)
        The three channels of an image are changed in the same way.
    rng : numpy Generator
        Source of randomness.

    Returns
    -------
    images : tensor of float32, same shape
        In [-1, 1].
    """
    tensorflow = quiet_tensorflow()
    n_images = len(images)
    transformed = tensorflow.raw_ops.ImageProjectiveTransformV3(
        images=tensorflow.constant(images, tensorflow.float32),
        transforms=_transforms(n_images, rng),
        output_shape=[INPUT_PX, INPUT_PX],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )
    shape = (n_images, 1, 1, 1)
    light = rng.uniform(0.3, 1.2, shape).astype(np.float32)
    noise = rng.standard_normal(images.shape, dtype=np.float32)
    noise *= rng.uniform(0, 4, shape).astype(np.float32)
    return (
        tensorflow.clip_by_value(transformed * light + noise, 0.0, 255.0) / 127.5 - 1.0
    )


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


def _transforms(n_images: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return one projective transform per image, in TensorFlow's format."""
    quarter = np.pi / 2 * rng.integers(0, 4, n_images)
    # Half of the images are rotated by right angles only, which blurs no pixels.
    is_free = rng.random(n_images) < 0.5
    angle = np.where(is_free, rng.uniform(0, 2 * np.pi, n_images), quarter)
    zoom = np.where(is_free, np.exp(rng.uniform(-0.22, 0.22, n_images)), 1.0)
    mirror = rng.choice([-1.0, 1.0], n_images)
    shift = rng.integers(-2, 3, (n_images, 2))
    middle = (INPUT_PX - 1) / 2
    cos, sin = np.cos(angle) * zoom, np.sin(angle) * zoom
    transforms = np.zeros((n_images, 8), np.float32)
    transforms[:, 0], transforms[:, 1] = cos * mirror, -sin
    transforms[:, 3], transforms[:, 4] = sin * mirror, cos
    along = transforms[:, 0] + transforms[:, 1]
    down = transforms[:, 3] + transforms[:, 4]
    transforms[:, 2] = middle - middle * along + shift[:, 0]
    transforms[:, 5] = middle - middle * down + shift[:, 1]
    return transforms


def _batches(n_images: int, rng: np.random.Generator) -> list[npt.NDArray[np.int64]]:
    order = rng.permutation(n_images)
    return [order[start : start + BATCH] for start in range(0, n_images, BATCH)]
