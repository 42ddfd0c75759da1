"""Touch-count errors on simulated rigs that the shipped model never saw.

Run by ``make bench-drift``: before, and after 10, 30 and 100 labelled trials, three
rigs, three seeds. OUT=folder takes ``drift.md`` (the table) and ``drift.svg`` (the
plot); units are kept beside them for the next run. SMALL=1 is a quick try, TRAININGS=5
searches as long as the retrain command does. FRAMES=400 are the frames of a trial, and
KEEP=4 keeps one of four trials that the shipped model learned from, for a slow machine:
the command keeps them all.
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
    "A simulation: recordings are drawn, their truth is exact. Never to be set beside "
    "figure 6 of the WhACC paper, which is of real recordings and another count of "
    "labels."
)


def main() -> None:
    folder = Path(os.environ.get("OUT", ROOT / "build/drift"))
    size = chosen_size()
    rows, started = [], time.monotonic()
    for row in drift_rows(size, folder / "units"):
        rows.append(row)
        seconds = time.monotonic() - started
        print(f"{line_of(row)} {seconds:,.0f} s", flush=True)
        # After each row: whoever stops it has what was measured.
        (folder / "drift.md").write_text(table(rows, size), encoding="utf-8")
        (folder / "drift.svg").write_text(plot(rows, size), encoding="utf-8")
        started = time.monotonic()
    print(f"\n{table(rows, size)}\nWritten to {folder}: drift.md, drift.svg")


def chosen_size() -> DriftSize:
    n_trainings = int(os.environ.get("TRAININGS", "1"))
    one_kept_of = int(os.environ.get("KEEP", "1"))
    if os.environ.get("SMALL"):
        return DriftSize(
            rigs=UNSEEN_RIGS[:1],
            seeds=(1,),
            n_labelled=(5, 10),
            n_held_out=6,
            n_frames=300,
            n_trainings=n_trainings,
            one_kept_of=20,
        )
    return DriftSize(
        n_frames=int(os.environ.get("FRAMES", "500")),
        n_trainings=n_trainings,
        one_kept_of=one_kept_of,
    )


def line_of(row: DriftRow) -> str:
    values = " | ".join(f"{value:.3f}" for value in row.errors_per_touch.values())
    return f"| {row.rig} | {row.seed} | {row.n_touches} | {values} |"


def table(rows: Sequence[DriftRow], size: DriftSize) -> str:
    names = " | ".join(["before", *(f"{n} trials" for n in size.n_labelled)])
    medians = [
        statistics.median(row.errors_per_touch[n] for row in rows)
        for n in rows[0].errors_per_touch
    ]
    return "\n".join(
        [
            f"{SIMULATION}\n",
            "Touch-count errors per touch (edges count from 5 frames) on "
            f"{size.n_held_out} held-out trials of {size.n_frames} frames, before and "
            "after retraining on labelled trials, a fifth of them for validation; "
            f"trainings tried: {size.n_trainings}; of the trials that the shipped "
            f"model learned from, one of {size.one_kept_of} is learned from again.\n",
            f"| rig | seed | touches | {names} |",
            "|---|---|---|" + "---|" * len(medians),
            *map(line_of, rows),
            "| median | | | " + " | ".join(f"{value:.3f}" for value in medians) + " |",
            "",
        ]
    )


def plot(rows: Sequence[DriftRow], size: DriftSize) -> str:
    """Draw a panel for each rig, a line for each seed."""
    width, left, between = 250, 60, 40
    measured = [row.rig for row in rows]
    rigs = [rig.name for rig in size.rigs if rig.name in measured]
    chart = Chart(
        width=left + max(2, len(rigs)) * (width + between),
        height=400,
        title="Touch-count errors per touch on simulated rigs, before and after",
    )
    places = {n: place for place, n in enumerate((0, *size.n_labelled))}
    ticks = ticks_up_to(max(max(row.errors_per_touch.values()) for row in rows))
    chart.text((left, 20), "Touch-count errors per touch on held-out trials")
    for number, rig in enumerate(rigs):
        panel = Panel(
            left=left + number * (width + between),
            top=65,
            width=width,
            height=200,
            x=(-0.3, len(places) - 0.7),
            y=(0, ticks[-1][0]),
        )
        chart.axes(
            panel,
            x_ticks=[(at, str(n) if n else "before") for n, at in places.items()],
            y_ticks=ticks,
            x_title="labelled trials learned from",
            y_title=rig,
        )
        draw_seeds(chart, panel, [row for row in rows if row.rig == rig], places)
    chart.legend((left, 330), [f"seed {seed}" for seed in size.seeds])
    chart.text((left + 150, 334), "A simulation. Never to be set beside figure 6")
    chart.text((left + 150, 352), "of the WhACC paper: see drift.md.")
    return chart.svg()


def draw_seeds(
    chart: Chart, panel: Panel, rows: Sequence[DriftRow], places: dict[int, int]
) -> None:
    for series, row in enumerate(rows):
        points = [(places[n], value) for n, value in row.errors_per_touch.items()]
        chart.line(panel, points, series, f"{row.rig}, seed {row.seed}")
        for n, value in row.errors_per_touch.items():
            says = f"seed {row.seed}, {n} labelled trials: {value:.3f}"
            chart.dot(panel, (places[n], value), series, says)


if __name__ == "__main__":
    main()
