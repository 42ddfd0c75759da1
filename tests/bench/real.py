"""Benchmark on real frames: learn from some trials, and test on others.

``make bench-real`` learns from the runs of trial 176 in the demo's recording and tests
on those of trial 189, then the other way round, with several seeds. SOURCE=file is a
session file of which whole trials are taken: TRIALS="176 189". SEEDS=3 is the number of
seeds. Nothing is chosen on the tested trials.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models_ml.arrays import Frames, LabelValues  # noqa: E402
from models_ml.cnn.backbone import load_backbone  # noqa: E402
from models_ml.cnn_training.cnn_and_trees import retrain_cnn_and_trees  # noqa: E402
from models_ml.cnn_training.fine_tune import fine_tune  # noqa: E402
from models_ml.cnn_training.plan import default_plan  # noqa: E402
from models_ml.cnn_training.request import RetrainRequest  # noqa: E402
from models_ml.making.labelled_trials import (  # noqa: E402
    recordings_in_memory,
    shipped_parent,
)
from models_ml.session_files.file_labels import read_labels  # noqa: E402
from models_ml.session_files.reader import open_session_file  # noqa: E402
from models_ml.touches.evaluation import Metrics, evaluate  # noqa: E402
from models_ml.training.edge_nans import edge_masks  # noqa: E402
from models_ml.training.plan import TrainingPlan  # noqa: E402
from models_ml.training.retrain import retrain  # noqa: E402
from models_ml.training.shipped_trials import shipped_trials  # noqa: E402
from models_ml.trees.parameters import ClassifierParameters  # noqa: E402

DEMO = ROOT / "labeling/demo_recording/real_whisker.h5"
# The same weight as the default of a retrain.
WEIGHT = 2.0

Trials = Sequence[tuple[Frames, LabelValues]]


def main() -> None:
    groups = trials_of_source()
    (one, two), n_seeds = groups, int(os.environ.get("SEEDS", "3"))
    rows: dict[str, list[Metrics]] = {}
    print("| learned | tested | seed | trained | touch-count | edge | ROC AUC |")
    print("|---|---|---|---|---|---|---|")
    for seed in range(1, n_seeds + 1):
        for learned, tested in ((one, two), (two, one)):
            started = time.monotonic()
            for name, metrics in measured(groups[learned], groups[tested], seed):
                rows.setdefault(name, []).append(metrics)
                print(
                    f"| {learned} | {tested} | {seed} | {name} | {cells([metrics])} |"
                )
            print(f"  {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    for name, all_metrics in rows.items():
        print(f"| mean | | | {name} | {cells(all_metrics)} |")


def trials_of_source() -> dict[str, Trials]:
    """Return the trials of two groups by the name of the group."""
    source = Path(os.environ.get("SOURCE", DEMO))
    numbers = os.environ.get("TRIALS", "176 189").split()
    groups: dict[str, list[tuple[Frames, LabelValues]]] = {n: [] for n in numbers}
    with open_session_file(source) as session:
        labels = read_labels(source, session.n_frames)
        if labels is None:
            raise SystemExit(f"{source} has no labels.")
        for trial in session.trials:
            number = trial.video_name.split(",")[0].removeprefix("trial ")
            rows = trial.first_row, trial.first_row + trial.n_frames
            if number in groups:
                groups[number].append((session.frames(*rows), labels[slice(*rows)]))
    return dict(groups)


def measured(
    learned: Trials, tested: Trials, seed: int
) -> Iterator[tuple[str, Metrics]]:
    """Yield the metrics of each way of training on the tested trials."""
    parent, feature_set = shipped_parent()
    recordings = recordings_in_memory(
        [*learned, *tested],
        ["train"] * len(learned) + ["held_out"] * len(tested),
        feature_set,
        weight=WEIGHT,
    )
    plan = TrainingPlan(
        parameters=ClassifierParameters(seed=seed, num_threads=os.cpu_count() or 1),
        edge_masks=edge_masks(feature_set),
    )
    alone = retrain(
        recordings.trials(parent.backbone),
        old_trials=shipped_trials(feature_set, weight=1.0),
        parent=parent.classifier,
        parent_threshold=parent.threshold,
        plan=plan,
    )
    labels = [of for _, of in tested]
    with tempfile.TemporaryDirectory() as folder:
        cnn_plan = default_plan(parent.backbone.kind, seed=seed)
        images = recordings.images("train")
        if images is None:
            raise SystemExit("The learned trials have no labels.")
        tuned = fine_tune(parent.backbone, parent.weights_path, images, plan=cnn_plan)
        path = Path(folder) / "alone.weights.h5"
        path.write_bytes(tuned.weights)
        cnn = load_backbone("compact", path, channels="still")
        scores = [
            1 / (1 + np.exp(-(cnn.units(frames) @ tuned.head[:-1] + tuned.head[-1])))
            for frames, _ in tested
        ]
        both = retrain_cnn_and_trees(
            RetrainRequest(
                recordings=recordings,
                parent=parent,
                old_trials=shipped_trials(feature_set, weight=1.0),
                plan=plan,
                cnn_plan=cnn_plan,
                scratch=Path(folder),
            )
        )
    if alone.before is None or alone.after is None or both.result.after is None:
        raise SystemExit("The tested trials have no labels.")
    yield "nothing (the shipped model)", alone.before
    yield "trees alone", alone.after
    yield "CNN alone, frame t", evaluate(labels, scores, 0.5)
    yield "CNN and trees (the product's retrain)", both.result.after


def cells(metrics: Sequence[Metrics]) -> str:
    values = [
        (each.touch_count_errors_per_touch, each.edge_errors_per_touch, each.auc)
        for each in metrics
    ]
    means = [
        statistics.mean(v or 0.0 for v in column)
        for column in zip(*values, strict=True)
    ]
    return f"{means[0]:.3f} | {means[1]:.3f} | {means[2]:.4f}"


if __name__ == "__main__":
    main()
