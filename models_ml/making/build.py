"""The script that makes the shipped model: ``python -m models_ml.making.build``.

1. Train the compact CNN to recognise touches, on new trials of the training rigs. Hard
   frames are preferred; images are rotated, mirrored, zoomed, dimmed and made noisy.
2. Compute the CNN's units of further trials, which it was not trained on, as float16.
3. Train a classifier on their temporal features. Validation trials determine its size
   and threshold; it is measured on held-out trials of the same rigs.

The seeds below fix the simulation and the initial weights. TensorFlow's sums depend on
the processor, so another machine makes a slightly different model.
"""

import argparse
import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models_ml.atomic_file import replaced_file
from models_ml.cnn import compact as compact_cnn
from models_ml.cnn.backbone import Backbone, load_backbone
from models_ml.cnn.runner import frames_to_units, frozen_graph
from models_ml.features.feature_set import FeatureSet, compact
from models_ml.features.temporal import temporal_features
from models_ml.making.cnn_training import Stage, train_compact_cnn
from models_ml.shipped import (
    CLASSIFIER,
    DESCRIPTION,
    FEATURE_SET,
    FOLDER,
    GRAPH,
    TRAINING_UNITS,
    WEIGHTS,
)
from models_ml.simulator.rig import Rig
from models_ml.simulator.rigs import TRAINING_RIGS
from models_ml.simulator.session import simulated_trials
from models_ml.touches.evaluation import evaluate
from models_ml.training.labelled_trials import LabelledTrial, Role
from models_ml.training.retrain import TrainingResult, retrain
from models_ml.trees.classifier import Classifier

NAME = "simulated-1"
CNN_STAGES = (
    Stage(seed=1000, n_rounds=22, rate=1.5e-3),
    Stage(seed=2000, n_rounds=20, rate=1e-3),
)
CLASSIFIER_SEED = 5000
FRAMES_PER_TRIAL = 600
TRIALS_PER_RIG: dict[Role, int] = {"train": 14, "validation": 4, "held_out": 10}

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnitTrial:
    rig: str
    role: Role
    units: Any  # float16, (n_frames, n_units)
    touch: Any  # bool, (n_frames,)


def main() -> None:
    """Make the files, from the command line."""
    parser = argparse.ArgumentParser(description="Make the shipped model.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument(
        "--keep-cnn",
        action="store_true",
        help="use the CNN weights in the folder and make the other files",
    )
    arguments = parser.parse_args()

    def progress(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    build(arguments.folder, keep_cnn=arguments.keep_cnn, progress=progress)


def build(folder: Path, *, keep_cnn: bool, progress: Progress) -> None:
    """Make the files of the shipped model.

    Parameters
    ----------
    folder : Path
        Folder of the files; created if missing.
    keep_cnn : bool
        Use the CNN weights in the folder instead of training the CNN.
    progress : callable
        Called with lines of progress.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / WEIGHTS
    if not keep_cnn:
        model = train_compact_cnn(TRAINING_RIGS, CNN_STAGES, progress=progress)
        model.save_weights(weights)
    write_graph(weights, folder / GRAPH)
    backbone = load_backbone("compact", weights)
    feature_set = compact(compact_cnn.N_UNITS)
    trials = [
        trial
        for index, rig in enumerate(TRAINING_RIGS)
        for trial in _unit_trials(rig, CLASSIFIER_SEED + index, backbone)
    ]
    progress(f"units of {len(trials)} trials")
    labelled = [_labelled(trial, feature_set) for trial in trials]
    progress("training the classifier")
    result = retrain(labelled)
    metrics = _metrics(trials, labelled, result)
    progress(json.dumps(metrics))
    _write(folder, trials, feature_set, result, metrics)


def write_graph(weights: Path, path: Path) -> None:
    """Write the CNN with its weights as a graph for OpenVINO.

    Parameters
    ----------
    weights : Path
        Weights as Keras 3 writes them.
    path : Path
        The file to write.
    """
    model = compact_cnn.build_model()
    model.load_weights(weights)
    graph = frames_to_units(model, compact_cnn.INPUT_PX)
    with replaced_file(path) as part:
        part.write_bytes(frozen_graph(graph))


def _unit_trials(rig: Rig, seed: int, backbone: Backbone) -> Iterator[_UnitTrial]:
    roles = [role for role, count in TRIALS_PER_RIG.items() for _ in range(count)]
    simulated = simulated_trials(
        rig, seed=seed, n_trials=len(roles), n_frames=FRAMES_PER_TRIAL
    )
    for role, trial in zip(roles, simulated, strict=True):
        units = backbone.units(trial.frames).astype(np.float16)
        yield _UnitTrial(rig=rig.name, role=role, units=units, touch=trial.touch)


def _labelled(trial: _UnitTrial, feature_set: FeatureSet) -> LabelledTrial:
    units = trial.units.astype(np.float32)
    return LabelledTrial(
        features=temporal_features(units, [len(units)], feature_set),
        labels=trial.touch.astype(np.int8),
        role=trial.role,
    )


def _metrics(
    trials: list[_UnitTrial], labelled: list[LabelledTrial], result: TrainingResult
) -> dict[str, Any]:
    """Return metrics on held-out trials, of all training rigs and of each."""
    classifier = Classifier.from_text(result.classifier_text)
    rigs = {"all training rigs": {rig.name for rig in TRAINING_RIGS}}
    rigs |= {rig.name: {rig.name} for rig in TRAINING_RIGS}
    metrics = {}
    for name, members in rigs.items():
        held_out = [
            one
            for trial, one in zip(trials, labelled, strict=True)
            if trial.role == "held_out" and trial.rig in members
        ]
        metrics[name] = evaluate(
            [trial.labels for trial in held_out],
            [classifier.scores(trial.features) for trial in held_out],
            result.threshold,
        ).as_dict()
    return metrics


def _write(
    folder: Path,
    trials: list[_UnitTrial],
    feature_set: FeatureSet,
    result: TrainingResult,
    metrics: dict[str, Any],
) -> None:
    used = [trial for trial in trials if trial.role != "held_out"]
    with (
        replaced_file(folder / TRAINING_UNITS) as part,
        part.open("wb") as file,
    ):
        np.savez_compressed(
            file,
            units=np.concatenate([trial.units for trial in used]),
            touch=np.concatenate([trial.touch for trial in used]),
            trial_lengths=np.array([len(trial.touch) for trial in used]),
        )
    _write_text(folder / CLASSIFIER, result.classifier_text)
    _write_text(folder / FEATURE_SET, feature_set.to_json())
    names = (WEIGHTS, GRAPH, CLASSIFIER, FEATURE_SET, TRAINING_UNITS)
    description = {
        "name": NAME,
        "backbone_kind": "compact",
        "threshold": result.threshold,
        "sha256": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in names
        },
        "metrics": metrics,
        "origin": (
            "python -m models_ml.making.build: simulated recordings of the rigs "
            f"{', '.join(rig.name for rig in TRAINING_RIGS)}; CNN in "
            f"{[dataclasses.asdict(stage) for stage in CNN_STAGES]}; "
            f"classifier seed {CLASSIFIER_SEED}, "
            f"{FRAMES_PER_TRIAL} frames in each trial, trials per rig "
            f"{json.dumps(TRIALS_PER_RIG)}. No real recording was used."
        ),
    }
    _write_text(folder / DESCRIPTION, json.dumps(description, indent=2) + "\n")


def _write_text(path: Path, text: str) -> None:
    with replaced_file(path) as part:
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
