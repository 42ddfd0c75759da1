"""Benchmark of every stage from a session file to touch errors.

``make bench`` prints frames/s, peak memory, and the growth of CPU time with the number
of frames, then the limits of this machine and the fraction of them that each stage
reaches. ARGS="features scores" runs some stages only, SMALL=1 a tenth of the frames,
and TRAININGS=5 as many trainings as the retrain command. Each stage runs at each size
in its own process, and its input is ready before the measurement starts.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stages_inputs as inputs
from limits import n_cores
from measured import Measurement

ROOT = Path(__file__).resolve().parents[2]
SMALLER = 10 if os.environ.get("SMALL") else 1
SIZES = (10_000 // SMALLER, 100_000 // SMALLER)
# ResNet50V2 processes at most a hundred frames a second on two cores.
FEWER = (200, 1_000)


@dataclass(frozen=True)
class Stage:
    """A stage to measure, with its numbers of frames."""

    title: str
    sizes: tuple[int, int] = SIZES


STAGES = {
    "reading": Stage("reading the session file, 61 px"),
    "compact": Stage("lag images and the compact CNN, 32 units"),
    "resnet": Stage("lag images and ResNet50V2, 2,048 units", FEWER),
    "cache": Stage("finding and reading cached units, 792 columns"),
    "shipped_features": Stage("temporal features, shipped feature set"),
    "features": Stage("temporal features, WhACC's 2,105"),
    "shipped_scores": Stage("scores, the shipped model"),
    "scores": Stage("scores, 734 trees of 78 leaves on 2,105 columns"),
    "touches": Stage("median filter and touches"),
    "errors": Stage("touch errors"),
    "retrain": Stage("retrain: features, 100 trees, parent and child"),
    "rescoring": Stage(
        "rescoring: cached units to touches",
        (100_000 // SMALLER, 1_000_000 // SMALLER),
    ),
}


def main() -> None:
    chosen = sys.argv[1:] or list(STAGES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs.write_inputs(folder, SIZES, chosen)
        print(
            f"On {n_cores()} cores, with a load of {os.getloadavg()[0]:.0f}.\n"
            "Each stage has its own process. Memory is without its input, with its "
            "results.\nWork of less than a second is repeated; the fastest counts.\n"
            f"{'':50}{'frames':>8}{'frames/s':>12}{'CPU us/frame':>14}{'peak MB':>9}"
            f"{'growth':>8}"
        )
        measured = {name: print_stage(name, folder) for name in chosen}
        print_limits(measured, run("limits", folder).found)


def print_stage(name: str, folder: Path) -> Measurement:
    """Print a line for each size; return the measurement of the larger."""
    stage, costs = STAGES[name], []
    for n_frames in stage.sizes:
        made = run(name, folder, n_frames)
        costs.append(made.cpu_seconds / n_frames)
        growth = f"{costs[1] / costs[0]:8.2f}" if len(costs) == 2 else ""
        print(
            f"{stage.title:50}{n_frames:8,}{n_frames / made.seconds:12,.0f}"
            f"{1e6 * costs[-1]:14,.2f}{made.peak_mb:9,.0f}{growth}",
            flush=True,
        )
    made.found["cpu_seconds"] = costs[-1]
    return made


def run(stage: str, folder: Path, n_frames: int = 0) -> Measurement:
    result = folder / "result.json"
    worker = Path(__file__).with_name("stages_work.py")
    subprocess.run(
        [sys.executable, worker, stage, result, folder, str(n_frames)],
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return Measurement(**json.loads(result.read_text()))


def print_limits(measured: dict[str, Measurement], limits: dict[str, Any]) -> None:
    moved, multiplied = limits["bytes"], limits["multiply_adds"]
    print(
        "\nGrowth: CPU time of a frame at the larger size, divided by the smaller.\n"
        f"This machine: {moved['per_second'] / 1e9:.1f} GB/s in a memory copy, "
        f"{multiplied['per_second'] / 1e9:.0f} billion multiply-adds a second in a "
        "float32 matrix product.\nFraction of these limits in the same CPU time:"
    )
    for name, made in measured.items():
        for unit, limit in limits.items():
            if unit in made.found:
                amount = made.found[unit]
                rate = amount / made.found["cpu_seconds"]
                print(
                    f"{STAGES[name].title:50}{amount:13,.0f} {unit.replace('_', '-')} "
                    f"a frame: {rate / limit['per_cpu_second']:.0%}"
                )


if __name__ == "__main__":
    main()
