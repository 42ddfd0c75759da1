"""Benchmark of the comparison of annotators: all statistics of a million frames.

``make bench-comparison`` measures the statistics of three annotators without and with
intervals, and in the same run the statistics of frames by scikit-learn, statsmodels and
krippendorff. It exits with status 1 when a limit is exceeded.
"""

import sys
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

N_TRIALS, N_FRAMES = 1000, 1000
LIMIT_SECONDS, LIMIT_WITH_INTERVALS_SECONDS = 5.0, 60.0


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from models_ml.agreement.comparison import ComparedLabels, compare_raters
    from models_ml.agreement.rater_labels import rater_labels
    from models_ml.agreement.resampling import Resampling

    labels, model = random_labels()
    compared = ComparedLabels(
        raters=rater_labels(labels, [N_FRAMES] * N_TRIALS),
        frame_ms=np.ones(N_TRIALS),
        model=model,
    )

    def without_intervals() -> object:
        return compare_raters(compared)

    def with_intervals() -> object:
        resampling = Resampling(N_TRIALS)
        return compare_raters(compared, resampling=resampling)

    libraries(labels[:, :1000])  # Import the libraries before measuring.
    comparison, *own = timed(without_intervals)
    _, *library = timed(lambda: libraries(labels))
    _, *resampled = timed(with_intervals)
    n_touches = len(comparison.model.touches.touches)
    print(f"{labels.size} labels of {n_touches} touches, {N_TRIALS} trials")
    print(f"{'seconds':32}{'CPU':>10}{'wall':>8}{'limit':>8}")
    for name, seconds, limit in (
        ("all statistics, no intervals", own, LIMIT_SECONDS),
        ("all, 1000 resamples of trials", resampled, LIMIT_WITH_INTERVALS_SECONDS),
        ("libraries, statistics of frames", library, None),
    ):
        limit_text = "" if limit is None else f"{limit:8.0f}"
        print(f"{name:32}{seconds[0]:10.2f}{seconds[1]:8.2f}{limit_text}")
    print(f"{'libraries / all of ours':32}{library[0] / own[0]:10.1f}")
    # CPU time, because wall time depends on other processes of the machine.
    sys.exit(own[0] > LIMIT_SECONDS or resampled[0] > LIMIT_WITH_INTERVALS_SECONDS)


def random_labels() -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of three annotators and of a model, with differing edges."""
    rng = np.random.default_rng(0)
    onsets = np.arange(20, N_TRIALS * N_FRAMES - 20, 50)
    onsets = onsets + rng.integers(0, 10, len(onsets))
    rows = []
    for late, missing in ((0, 0.02), (1, 0.01), (2, 0.03), (0, 0.02)):
        starts = onsets + late + rng.integers(-1, 2, len(onsets))
        stops = onsets + 15 + rng.integers(-2, 3, len(onsets))
        present = rng.random(len(onsets)) > missing
        steps = np.zeros(N_TRIALS * N_FRAMES + 1, np.int64)
        np.add.at(steps, starts[present], 1)
        np.subtract.at(steps, stops[present], 1)
        rows.append((np.cumsum(steps[:-1]) > 0).astype(np.int8))
    labels = np.stack(rows)
    labels[:3][rng.random((3, labels.shape[1])) < 0.001] = 2
    return labels[:3], labels[3]


def libraries(labels: np.ndarray) -> None:
    """Compute the statistics of frames with well-known libraries."""
    import krippendorff
    from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    for a, b in combinations(range(3), 2):
        both = (labels[a] < 2) & (labels[b] < 2)
        for statistic in (accuracy_score, cohen_kappa_score, f1_score):
            statistic(labels[a][both], labels[b][both])
    by_all = (labels < 2).all(axis=0)
    counts, _ = aggregate_raters(labels[:, by_all].T, n_cat=2)
    fleiss_kappa(counts)
    floats = np.where(labels < 2, labels, np.nan)
    krippendorff.alpha(floats, level_of_measurement="nominal")


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result of work, its CPU seconds and its wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    main()
