"""Inputs of both sides of peers.py: simulated or random, always with equal seeds."""

import shutil
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

from models_ml.features.temporal import temporal_features, whacc_feature_set
from models_ml.simulator.rigs import rig_named
from models_ml.simulator.session import write_simulated_session, write_simulated_videos
from models_ml.simulator.trial import simulate_trial

RIG = "dim_faint"
CNN_FRAMES = [250, 250]
UNIT_FRAMES = [1000] * 10
SCORE_FRAMES = [1000] * 5
ERROR_FRAMES = [1000] * 20
VIDEO_FRAMES = [300] * 4
# Number of frames; each trial has 1,000.
BOOSTING_FRAMES = {"train": 6000, "validation": 2000, "test": 2000}


def write_inputs(folder: Path, whacc_pickle: Path) -> None:
    """Write the inputs of all stages, except the weights, which WhACC's side writes."""
    rng = np.random.default_rng(1)
    shutil.copy(whacc_pickle, folder)
    write_simulated_session(
        folder / "session.h5",
        rig_named(RIG),
        seed=1,
        n_trials=len(CNN_FRAMES),
        n_frames=CNN_FRAMES[0],
    )
    write_trials(folder / "units.h5", UNIT_FRAMES, FD__original=units(rng, UNIT_FRAMES))
    features = temporal_features(
        units(rng, SCORE_FRAMES), SCORE_FRAMES, whacc_feature_set()
    )
    write_trials(folder / "features.h5", SCORE_FRAMES, final_features_2105=features)
    write_labels(folder / "labels.npz", rng)
    write_videos(folder / "videos")
    write_boosting(folder, rng)


def units(rng: np.random.Generator, trial_lengths: list[int]) -> np.ndarray:
    """Return units that change slowly, with values that float16 represents exactly.

    With units of full precision, WhACC's running sums lose digits, and the results of
    both sides differ in the last bits.
    """
    n_frames = sum(trial_lengths)
    drawn = rng.normal(0, 1, (n_frames // 5, 2048)).astype(np.float16)
    return np.maximum(np.repeat(drawn, 5, axis=0), 0).astype(np.float32)


def write_trials(path: Path, trial_lengths: list[int], **arrays: np.ndarray) -> None:
    with h5py.File(path, "w") as file:
        file["frame_nums"] = np.array(trial_lengths, np.float64)
        for key, values in arrays.items():
            file[key] = values


def write_labels(path: Path, rng: np.random.Generator) -> None:
    n_frames = sum(ERROR_FRAMES)
    truth = np.repeat(rng.random(n_frames // 20) > 0.7, 20)
    late = np.roll(truth, 2) * 0.7 + rng.normal(0.1, 0.15, n_frames)
    np.savez(
        path,
        truth=truth,
        scores=np.clip(late, 0, 1),
        trial_lengths=ERROR_FRAMES,
        thresholds=np.linspace(0.4, 0.8, 5),
    )


def write_boosting(folder: Path, rng: np.random.Generator) -> None:
    """Write WhACC's 2,105 columns and touches, of which the columns show only some.

    WhACC fails to count errors when there is only one, or when all have the same
    length. So touches differ in length, and a classifier misses some of them.
    """
    for name, n_frames in BOOSTING_FRAMES.items():
        lengths = [1000] * (n_frames // 1000)
        touch, shown = np.zeros(n_frames, bool), np.zeros(n_frames, bool)
        for onset in range(10, n_frames - 50, 60):
            frames = slice(onset, onset + rng.integers(6, 40))
            touch[frames], shown[frames] = True, rng.random() > 0.15
        shifted = units(rng, lengths)
        shifted[:, :10] += shown[:, np.newaxis]
        features = temporal_features(shifted, lengths, whacc_feature_set())
        np.savez(folder / f"{name}.npz", features=features, touch=touch)


def write_videos(folder: Path) -> None:
    n_frames = VIDEO_FRAMES[0]
    paths = write_simulated_videos(
        folder, rig_named(RIG), seed=1, n_trials=len(VIDEO_FRAMES), n_frames=n_frames
    )
    assert len(paths) == len(VIDEO_FRAMES)
    template = simulate_trial(rig_named(RIG), seed=1, n_frames=n_frames).template
    Image.fromarray(template).save(folder / "template_img.png")
