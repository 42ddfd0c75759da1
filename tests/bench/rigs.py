"""Touch-count errors on simulated rigs that the shipped model never saw.

Run by ``make bench-rigs``. Prints nine rows, before and after retraining on 30
labelled trials, and their medians.
"""

import statistics
import sys
import time
from pathlib import Path


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from models_ml.rig_benchmark import (
        FRAMES_PER_TRIAL,
        TRIALS_PER_ROLE,
        benchmark_rows,
    )

    n_labelled = TRIALS_PER_ROLE["train"] + TRIALS_PER_ROLE["validation"]
    print(
        f"Touch-count errors per touch (edges from 5 frames) on "
        f"{TRIALS_PER_ROLE['held_out']} held-out trials of {FRAMES_PER_TRIAL} frames,\n"
        f"before and after retraining on {n_labelled} labelled trials. Simulated rigs."
    )
    print(f"{'rig':14}{'seed':>5}{'touches':>9}{'before':>9}{'after':>9}{'seconds':>9}")
    befores, afters = [], []
    started = time.monotonic()
    for row in benchmark_rows():
        befores.append(row.errors_before)
        afters.append(row.errors_after)
        seconds = time.monotonic() - started
        started = time.monotonic()
        print(
            f"{row.rig:14}{row.seed:5}{row.before.n_touches:9}"
            f"{befores[-1]:9.3f}{afters[-1]:9.3f}{seconds:9.0f}",
            flush=True,
        )
    print(
        f"{'median':28}{statistics.median(befores):9.3f}{statistics.median(afters):9.3f}"
    )


if __name__ == "__main__":
    main()
