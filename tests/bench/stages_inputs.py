"""Inputs of the stages of stages.py: simulated or random, always with equal seeds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from models_ml.features.temporal import temporal_features, whacc_feature_set
from models_ml.session_files.writer import write_session_file
from models_ml.simulator.rigs import rig_named
from models_ml.simulator.trial import simulate_trial
from models_ml.trees.classifier import LabelledFrames, train_classifier
from models_ml.trees.parameters import ClassifierParameters

TRIAL_FRAMES = 2_500
RIG = "dim_faint"


def write_inputs(folder: Path, sizes: tuple[int, ...], stages: list[str]) -> None:
    """Write the files that stages share; each stage creates its other inputs."""
    if {"reading", "compact", "resnet", "cache"} & set(stages):
        for n_frames in sizes:
            write_session(folder / f"session_{n_frames}.h5", n_frames)
    if {"resnet", "cache"} & set(stages):
        from models_ml.cnn.resnet import build_model

        build_model().save_weights(folder / "resnet.weights.h5")
    if "scores" in stages:
        (folder / "forest.txt").write_text(forest_like_whacc())


def lengths(n_frames: int) -> list[int]:
    """Return trials of 2,500 frames, the last one shorter."""
    whole, rest = divmod(n_frames, TRIAL_FRAMES)
    return [TRIAL_FRAMES] * whole + ([rest] if rest else [])


def write_session(path: Path, n_frames: int) -> None:
    trials = lengths(n_frames)
    names = [(number, f"SIM-{number}.mp4") for number in range(1, len(trials) + 1)]
    write_session_file(path, trials=names, frames=simulated_trials(len(trials)))


def simulated_trials(n_trials: int) -> Iterator[np.ndarray]:
    """Yield different trials: one simulated trial, rotated by a few frames."""
    frames = simulate_trial(rig_named(RIG), seed=1, n_frames=TRIAL_FRAMES).frames
    for trial in range(n_trials):
        yield np.roll(frames, 7 * trial, axis=0)


def units(n_frames: int, n_units: int) -> np.ndarray:
    """Return random units of full float32 precision, at least 0."""
    drawn = np.random.default_rng(1).standard_normal((n_frames, n_units), np.float32)
    return np.maximum(drawn, 0, out=drawn)


def features(n_frames: int) -> np.ndarray:
    """Return WhACC's 2,105 columns: those of one trial, repeated."""
    few = min(n_frames, TRIAL_FRAMES)
    once = temporal_features(units(few, 2048), [few], whacc_feature_set())
    return np.resize(once, (n_frames, once.shape[1]))


def forest_like_whacc() -> str:
    """Return LightGBM's text of 734 trees with 78 leaves, the size of WhACC's model."""
    n_frames = 8 * TRIAL_FRAMES // 5
    data = LabelledFrames(
        features=features(n_frames),
        labels=np.random.default_rng(2).random(n_frames) > 0.6,
        weights=np.ones(n_frames, np.float32),
    )
    parameters = ClassifierParameters(
        num_iterations=734, num_leaves=78, min_data_in_leaf=14, feature_fraction=0.05
    )
    return train_classifier(data, parameters=parameters).text


def truth_and_scores(n_frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Return touches of 20 or more frames, and scores that are delayed by 2 frames."""
    rng = np.random.default_rng(3)
    truth = np.repeat(rng.random(n_frames // 20) > 0.7, 20)
    late = np.roll(truth, 2) * 0.7 + rng.normal(0.1, 0.15, n_frames)
    return truth, np.clip(late, 0, 1)
