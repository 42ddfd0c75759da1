"""Benchmark of retraining: touch-count errors on simulated rigs that are new to it.

``make bench-drift`` measures the errors before a retrain, and after retrains on 10, 30
and 100 labelled trials, for three rigs and three seeds. OUT=folder is the folder for
``drift.md`` (the table), ``drift.svg`` (the plot) and the units, which the next run
uses again. SMALL=1 is a quick test. TRAININGS=5 runs as many trainings as the retrain
command. CNN=1 trains the CNN too, as the product does. RIGS, SEEDS and TRIALS choose a
part. For a slow machine, FRAMES=400 sets the number of frames of a trial, and KEEP=4
uses one of four training trials of the shipped model; the command uses all of them.
"""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from labeling.pages.svg_chart import Chart, Panel, ticks_up_to  # noqa: E402
from models_ml.making.rig_benchmark import DriftRow, DriftSize, drift_rows  # noqa: E402
from models_ml.simulator.rigs import UNSEEN_RIGS  # noqa: E402

SIMULATION = (
    "This is a simulation with exact truth. Do not compare it with figure 6 of the "
    "WhACC paper, which has real recordings and another number of labels."
)


def main() -> None:
    folder = Path(os.environ.get("OUT", ROOT / "build/drift"))
    size = chosen_size()
    rows, started = [], time.monotonic()
    for row in drift_rows(size, folder / "units"):
        rows.append(row)
        seconds = time.monotonic() - started
        print(f"{line_of(row)} {seconds:,.0f} s", flush=True)
        # Written after each row, so that an interrupted run has its results.
        (folder / "drift.md").write_text(table(rows, size), encoding="utf-8")
        (folder / "drift.svg").write_text(plot(rows, size), encoding="utf-8")
        started = time.monotonic()
    print(f"\n{table(rows, size)}\nWritten to {folder}: drift.md, drift.svg")


def chosen_size() -> DriftSize:
    n_trainings = int(os.environ.get("TRAININGS", "1"))
    old_trials_step = int(os.environ.get("KEEP", "1"))
    trains_cnn = bool(os.environ.get("CNN"))
    if os.environ.get("SMALL"):
        return DriftSize(
            trains_cnn=trains_cnn,
            rigs=UNSEEN_RIGS[:1],
            seeds=(1,),
            n_labelled=(5, 10),
            n_held_out=6,
            n_frames=300,
            n_trainings=n_trainings,
            old_trials_step=20,
        )
    names = os.environ.get("RIGS", "").split()
    return DriftSize(
        rigs=tuple(r for r in UNSEEN_RIGS if not names or r.name in names),
        seeds=tuple(map(int, os.environ.get("SEEDS", "1 2 3").split())),
        n_labelled=tuple(map(int, os.environ.get("TRIALS", "10 30 100").split())),
        trains_cnn=trains_cnn,
        n_frames=int(os.environ.get("FRAMES", "500")),
        n_trainings=n_trainings,
        old_trials_step=old_trials_step,
    )


def line_of(row: DriftRow) -> str:
    all_values = [*row.errors_per_touch.values()]
    all_values += row.errors_per_touch_with_cnn.values()
    values = " | ".join(f"{value:.3f}" for value in all_values)
    return f"| {row.rig} | {row.seed} | {row.n_touches} | {values} |"


def table(rows: Sequence[DriftRow], size: DriftSize) -> str:
    titles = ["before", *(f"{n} trials" for n in size.n_labelled)]
    titles += [f"{n} trials, CNN too" for n in rows[0].with_cnn]
    names = " | ".join(titles)
    medians = [
        statistics.median(row.errors_per_touch[n] for row in rows)
        for n in rows[0].errors_per_touch
    ] + [
        statistics.median(row.errors_per_touch_with_cnn[n] for row in rows)
        for n in rows[0].with_cnn
    ]
    return "\n".join(
        [
            f"{SIMULATION}\n",
            "Touch-count errors per touch (edges count from 5 frames) on "
            f"{size.n_held_out} held-out trials of {size.n_frames} frames, before and "
            "after retraining on labelled trials, a fifth of them for validation. "
            f"Trainings of each search: {size.n_trainings}. Of the training trials of "
            f"the shipped model, one of {size.old_trials_step} is trained on again.\n",
            f"| rig | seed | touches | {names} |",
            "|---|---|---|" + "---|" * len(medians),
            *map(line_of, rows),
            "| median | | | " + " | ".join(f"{value:.3f}" for value in medians) + " |",
            "",
        ]
    )


def plot(rows: Sequence[DriftRow], size: DriftSize) -> str:
    """Return the plot as SVG: a panel for each rig, a line for each seed."""
    width, left, between = 250, 60, 40
    measured = [row.rig for row in rows]
    rigs = [rig.name for rig in size.rigs if rig.name in measured]
    chart = Chart(
        width=left + max(2, len(rigs)) * (width + between),
        height=400,
        title="Touch-count errors per touch on simulated rigs, before and after",
    )
    positions = {n: x for x, n in enumerate((0, *size.n_labelled))}
    ticks = ticks_up_to(max(max(row.errors_per_touch.values()) for row in rows))
    chart.text((left, 20), "Touch-count errors per touch on held-out trials")
    for number, rig in enumerate(rigs):
        panel = Panel(
            left=left + number * (width + between),
            top=65,
            width=width,
            height=200,
            x=(-0.3, len(positions) - 0.7),
            y=(0, ticks[-1][0]),
        )
        chart.axes(
            panel,
            x_ticks=[(x, str(n) if n else "before") for n, x in positions.items()],
            y_ticks=ticks,
            x_title="labelled training trials",
            y_title=rig,
        )
        draw_seeds(chart, panel, [row for row in rows if row.rig == rig], positions)
    chart.legend((left, 330), [f"seed {seed}" for seed in size.seeds])
    chart.text((left + 150, 334), "A simulation. Do not compare it with figure 6")
    chart.text((left + 150, 352), "of the WhACC paper: see drift.md.")
    return chart.svg()


def draw_seeds(
    chart: Chart, panel: Panel, rows: Sequence[DriftRow], positions: dict[int, int]
) -> None:
    for series, row in enumerate(rows):
        points = [(positions[n], value) for n, value in row.errors_per_touch.items()]
        chart.line(panel, points, series, f"{row.rig}, seed {row.seed}")
        for n, value in row.errors_per_touch.items():
            text = f"seed {row.seed}, {n} labelled trials: {value:.3f}"
            chart.dot(panel, (positions[n], value), series, text)


if __name__ == "__main__":
    main()
