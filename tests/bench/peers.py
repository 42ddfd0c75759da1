"""Benchmark of WhACC 1.4.3 and this product, on the same input in one run.

``make bench-peers`` installs unmodified WhACC with the libraries of its time into its
own environment and runs this script. ARGS="temporal cnn" runs some stages only, and
ROUNDS=1 is faster. Each side of each stage runs in its own process, in alternation.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import peers_inputs as inputs
from limits import n_cores
from measured import Measurement

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv-peers"
PICKLES = "lib/python3*/site-packages/whacc/whacc_data/final_model/*/*_model.pkl"
ROUNDS = int(os.environ.get("ROUNDS", "3"))


@dataclass(frozen=True)
class Stage:
    """A stage to compare: the functions of both sides, each with its title."""

    trial_lengths: list[int]
    theirs: dict[str, str]
    ours: dict[str, str]
    compare: Callable[[Path, dict[str, Measurement]], str]

    @property
    def n_frames(self) -> int:
        return sum(self.trial_lengths)


def main() -> None:
    chosen = sys.argv[1:] or list(STAGES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs.write_inputs(folder, next(PEERS.glob(PICKLES)))
        print_heading()
        for stage in (STAGES[name] for name in chosen):
            if stage is STAGES["cnn"]:
                prepare_weights(folder)
            print_stage(stage, *measure_in_alternation(stage, folder), folder)


def print_heading() -> None:
    print(
        f"On {n_cores()} cores, with a load of {os.getloadavg()[0]:.0f}.\n"
        f"Medians of {ROUNDS} rounds, in which the sides alternate. Memory is without "
        "that of the process at the start.\n"
        f"{'':44}{'frames':>8}{'frames/s':>10}{'peak MB':>9}{'faster':>9}"
        f"{'in each round':>22}{'less CPU':>10}{'memory':>8}"
    )


def prepare_weights(folder: Path) -> None:
    """Create the network on WhACC's side, and store it in the product's format."""
    from models_ml.whacc.backbone import read_whacc_backbone

    run("whacc", "weights", folder)
    read = read_whacc_backbone(folder / "keras2_weights.h5")
    read.model.save_weights(folder / "whacc.weights.h5")


def measure_in_alternation(
    stage: Stage, folder: Path
) -> tuple[dict[str, list[Measurement]], dict[str, list[Measurement]]]:
    theirs = {name: [] for name in stage.theirs}
    ours = {name: [] for name in stage.ours}
    for _ in range(ROUNDS):
        for side, made in (("whacc", theirs), ("ours", ours)):
            for name, results in made.items():
                results.append(run(side, name, folder))
    return theirs, ours


def run(side: str, stage: str, folder: Path) -> Measurement:
    """Run one stage of one side in its own process."""
    python = PEERS / "bin/python" if side == "whacc" else Path(sys.executable)
    result = folder / "result.json"
    libraries = [str(PEERS / "lib/native"), os.environ.get("LD_LIBRARY_PATH", "")]
    environment = os.environ | {
        "LD_LIBRARY_PATH": ":".join(libraries),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [python, Path(__file__).with_name(f"peers_{side}.py"), stage, result, folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(
            f"{side}, {stage} failed:\n{done.stdout[-500:]}\n{done.stderr[-3000:]}"
        )
    return Measurement(**json.loads(result.read_text()))


def print_stage(
    stage: Stage,
    theirs: dict[str, list[Measurement]],
    ours: dict[str, list[Measurement]],
    folder: Path,
) -> None:
    for name, made in theirs.items():
        print(cells(stage, "WhACC: " + stage.theirs[name], made))
    for name, made in ours.items():
        line = cells(stage, "product: " + stage.ours[name], made)
        for other in theirs.values():
            line += ratios(other, made)
            print(line, flush=True)
            line = " " * len(cells(stage, "", made))
    last = {name: made[-1] for name, made in (theirs | ours).items()}
    print(f"  {stage.compare(folder, last)}\n", flush=True)


def cells(stage: Stage, name: str, made: list[Measurement]) -> str:
    rate = statistics.median(stage.n_frames / one.seconds for one in made)
    peak = statistics.median(one.peak_mb for one in made)
    memory = f"{peak:,.0f}" if peak else "-"
    return f"{name:44}{stage.n_frames:8,}{rate:10,.0f}{memory:>9}"


def ratios(theirs: list[Measurement], ours: list[Measurement]) -> str:
    faster = [a.seconds / b.seconds for a, b in zip(theirs, ours, strict=True)]
    peaks = [statistics.median(one.peak_mb for one in side) for side in (ours, theirs)]
    less = [
        a.cpu_seconds / b.cpu_seconds
        for a, b in zip(theirs, ours, strict=True)
        if b.cpu_seconds
    ]
    each = " ".join(f"{ratio:.3g}" for ratio in faster)
    share = f"{peaks[0] / peaks[1]:.2f}" if min(peaks) > 1 else "-"
    cpu = f"{statistics.median(less):.3g}x" if less else "-"
    return f"{statistics.median(faster):8.3g}x{each:>22}{cpu:>10}{share:>8}"


def compare_features(folder: Path, _: dict[str, Measurement]) -> str:
    key = "final_features_2105"
    with h5py.File(folder / "whacc_features.h5") as file:
        theirs = file[key][:]
    with h5py.File(folder / "our_features.h5") as file:
        ours = file[key][:]
    known = ~np.isnan(theirs)
    same_nan = np.array_equal(known, ~np.isnan(ours))
    ulp = np.abs(ours[known] - theirs[known]) / np.spacing(np.abs(theirs[known]))
    return (
        f"NaN pattern equal: {same_nan}; {(ulp > 0).sum()} of {known.sum():,} "
        f"values differ, by at most {ulp.max():.0f} ulp"
    )


def compare_units(folder: Path, last: dict[str, Measurement]) -> str:
    with h5py.File(folder / "whacc_units.h5") as file:
        theirs = file["FD__original"][:]
    ours = np.load(folder / "our_units.npy")
    # The first two images of a trial contain noise, which WhACC draws at each call.
    first = np.cumsum([0, *inputs.CNN_FRAMES[:-1]])
    rows = np.delete(np.arange(len(ours)), np.concatenate([first, first + 1]))
    apart = np.abs(ours[rows] - theirs[rows]) / np.maximum(1, np.abs(theirs[rows]))
    found = last["our_cnn"].found
    amount = found["multiply_adds"]
    shares = [
        amount * len(ours) / last[name].cpu_seconds / found["limit"]["per_cpu_second"]
        for name in ("our_cnn", "predict")
    ]
    return (
        f"units at most {apart.max():.1e} x max(1, value) apart; {amount / 1e6:.0f} "
        f"million multiply-adds a frame; fraction of the rate of a float32 matrix "
        f"product: product {shares[0]:.0%}, model.predict {shares[1]:.0%}"
    )


def compare_labels(folder: Path, _: dict[str, Measurement]) -> str:
    theirs = np.load(folder / "whacc_labels.npy")
    ours = np.load(folder / "our_labels.npy")
    flipped = int((theirs != ours).sum())
    return f"{flipped} of {len(ours):,} labels differ, {theirs.sum()} touch frames"


def compare_counts(_: Path, last: dict[str, Measurement]) -> str:
    theirs, ours = last["errors"].found, last["our_errors"].found
    n_wrong = sum(ours[key] != theirs[key] for key in theirs)
    return f"{n_wrong} of {len(theirs)} kinds of error are counted differently"


def compare_positions(folder: Path, _: dict[str, Measurement]) -> str:
    with h5py.File(next((folder / "videos").glob("*.h5"))) as file:
        theirs = file["locations_x_y"][:]
    with h5py.File(folder / "tracked.h5") as file:
        ours = file["locations_x_y"][:]
    apart = np.abs(theirs - ours).max(axis=1)
    n_equal = (apart == 0).sum()
    return f"{n_equal} of {len(apart)} positions equal, {apart.max()} px at most"


def compare_trees(_: Path, last: dict[str, Measurement]) -> str:
    theirs, ours = last["boosting"].found, last["our_boosting"].found
    return (
        f"ROC AUC of validation frames: WhACC {theirs['auc']:.5f}, product "
        f"{ours['auc']:.5f}; rounds: {theirs['rounds']} and {ours['rounds']}"
    )


STAGES = {
    "temporal": Stage(
        inputs.UNIT_FRAMES,
        {"features": "temporal features, file to file"},
        {
            "our_features": "temporal features, file to memory",
            "our_features_file": "temporal features, file to file",
        },
        compare_features,
    ),
    "cnn": Stage(
        inputs.CNN_FRAMES,
        {
            "cnn": "3-lag file, ResNet50V2, file of units",
            "predict": "ResNet50V2, model.predict alone",
        },
        {"our_cnn": "frames in a file to units of ResNet50V2"},
        compare_units,
    ),
    "scores": Stage(
        inputs.SCORE_FRAMES,
        {"scores": "scores and labels, 734 trees"},
        {"our_scores": "scores and labels, 734 trees"},
        compare_labels,
    ),
    "errors": Stage(
        inputs.ERROR_FRAMES,
        {"errors": "touch errors, 5 thresholds"},
        {"our_errors": "touch errors, 5 thresholds"},
        compare_counts,
    ),
    "tracking": Stage(
        inputs.VIDEO_FRAMES,
        {"tracking": "videos to a session file, H.264"},
        {
            "our_tracking": "videos to crops, one after the other",
            "our_tracking_session": "videos to a session file, all cores",
            "decoding": "decoding alone, 640 x 480",
        },
        compare_positions,
    ),
    "boosting": Stage(
        [inputs.BOOSTING_FRAMES["train"]],
        {"boosting": "50 boosting rounds, 2,105 columns"},
        {"our_boosting": "50 boosting rounds, 2,105 columns"},
        compare_trees,
    ),
}

if __name__ == "__main__":
    main()
