"""Benchmark of rescoring: stored units to touches, and LightGBM's predict alone.

``make bench-rescoring`` measures the shipped model. MODEL=FILE is the text of WhACC's
LightGBM model, to measure it as well. The units are random and at least 0, like those
of a CNN, and are read from files. Both sides get the same rows in alternation; the
medians are printed, also of the ratio.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

N_TRIALS, N_FRAMES, TURNS = 40, 1000, 15
# As many as `labeling.domain.versions.scoring` scores together.
BATCH_TRIALS = 10


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from models_ml.features.feature_set import FeatureSet
    from models_ml.features.temporal import whacc_feature_set
    from models_ml.shipped import shipped_model
    from models_ml.trees.classifier import load

    shipped = shipped_model()
    text = shipped.feature_set_path.read_text("ascii")
    models = {
        "shipped": (load(shipped.classifier_path), FeatureSet.from_json(text)),
    }
    if "MODEL" in os.environ:
        models["WhACC's"] = (load(os.environ["MODEL"]), whacc_feature_set())
    else:
        print("WhACC's model is not measured: MODEL=FILE would be its text.")
    print(
        f"{N_TRIALS} trials of {N_FRAMES} frames; frames/s, medians of {TURNS} turns\n"
        f"{'model':10}{'trees':>6}{'predict':>10}{'rescoring':>11}{'ratio':>7}"
        f"{'quartiles':>17}"
    )
    for name, (classifier, feature_set) in models.items():
        measure(name, classifier, feature_set)


def measure(name, classifier, feature_set) -> None:
    from models_ml.features.unit_set import unit_set_of
    from models_ml.touches.detection import touch_mask, touches_from_mask
    from models_ml.trees.rescoring import Scorer

    unit_set = unit_set_of(feature_set)
    scorer = Scorer(classifier, feature_set, unit_set)
    with tempfile.TemporaryDirectory() as folder:
        paths = write_units(Path(folder), unit_set, feature_set.n_units)
        features = np.concatenate(
            [unit_set.features(np.load(path), feature_set) for path in paths]
        )

        def batches():
            for first in range(0, N_TRIALS, BATCH_TRIALS):
                yield [np.load(path) for path in paths[first : first + BATCH_TRIALS]]

        def predict():
            return classifier.scores(features)

        def rescore():
            scores = []
            for batch in scorer.scores_of_batches(batches()):
                scores += batch
            for of_trial in scores:
                lengths = [len(of_trial)]
                touches_from_mask(touch_mask(of_trial, lengths, 0.5), lengths)
            return np.concatenate(scores)

        assert (predict() == rescore()).all()
        predicted, rescored = times_of(predict, rescore)
    n = N_TRIALS * N_FRAMES
    ratios = [a / b for a, b in zip(predicted, rescored, strict=True)]
    low, ratio, high = statistics.quantiles(ratios)
    print(
        f"{name:10}{classifier.n_trees:6}{n / statistics.median(predicted):10.0f}"
        f"{n / statistics.median(rescored):11.0f}{ratio:7.2f}{low:9.2f} to {high:.2f}",
        flush=True,
    )


def write_units(folder, unit_set, n_units) -> list[Path]:
    rng = np.random.default_rng(0)
    paths = [folder / f"{number}.npy" for number in range(N_TRIALS)]
    for path in paths:
        units = rng.normal(size=(N_FRAMES, n_units)).astype(np.float32)
        np.save(path, unit_set.select(np.maximum(units, 0)))
    return paths


def times_of(*functions) -> list[list[float]]:
    """Return the seconds of each call of the functions, called in alternation."""
    times = [[] for _ in functions]
    for _ in range(TURNS):
        for seconds, function in zip(times, functions, strict=True):
            started = time.perf_counter()
            function()
            seconds.append(time.perf_counter() - started)
    return times


if __name__ == "__main__":
    main()
