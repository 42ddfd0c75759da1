"""The chart of a tracked session: the position of the pole, and how well it matched."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from labeling.domain.tracking.review import Review
from labeling.pages.svg_chart import Chart, Panel, Point, Tick
from models_ml.tracking.tracked_file import TrackedFile

POINTS_MAX = 400
WIDTH, LEFT, PLOT = 760, 60, 680


def tracking_svg(review: Review) -> str:
    """Draw positions and matches over the frames; trials with warnings have dots."""
    tracked = review.tracked
    if tracked is None:
        return ""
    chart = Chart(width=WIDTH, height=420, title="Tracked pole position")
    n_frames = len(tracked.scores)
    bins = _bins(n_frames)
    _positions(chart, tracked, bins)
    panel = Panel(left=LEFT, top=240, width=PLOT, height=110, x=(0, n_frames), y=(0, 1))
    scores = np.nan_to_num(tracked.scores.clip(0, 1))
    ticks = [(0.0, "0"), (0.5, "0.5"), (1.0, "1")]
    starts = _starts(review)
    chart.axes(
        panel, x_ticks=starts, y_ticks=ticks, x_title="Trial", y_title="Match (0 to 1)"
    )
    for series, share in ((0, 0.5), (1, 0.05)):
        points = [
            ((low + high) / 2, float(np.quantile(scores[low:high], share)))
            for low, high in bins
        ]
        chart.line(panel, points, series, ("median", "lowest 5 %")[series])
    for row in review.rows:
        if row.warnings:
            middle = (row.trial.first_row + row.trial.stop_row) / 2
            tip = f"Trial {row.trial.number}: {', '.join(row.warnings)}"
            chart.dot(panel, (middle, 1.0), 1, tip)
    chart.legend((LEFT, 402), ("x; median match",))
    chart.text(
        (LEFT + 330, 406), "dashed: y; 5 % lowest match. Dots: trials with warnings."
    )
    return chart.svg()


def _positions(chart: Chart, tracked: TrackedFile, bins: list[tuple[int, int]]) -> None:
    """Draw the distance of the pole from its median position."""
    is_seen = tracked.states == 0
    positions = tracked.corners - np.median(
        tracked.corners[is_seen] if is_seen.any() else tracked.corners, axis=0
    )
    lines = [_medians(positions[:, axis], bins) for axis in (0, 1)]
    far = max(5.0, *(abs(y) for line in lines for _, y in line))
    panel = Panel(
        left=LEFT,
        top=34,
        width=PLOT,
        height=150,
        x=(0, len(positions)),
        y=(-far, far),
    )
    ticks = [(value, f"{value:.0f}") for value in (-far, 0.0, far)]
    chart.axes(
        panel, x_ticks=[], y_ticks=ticks, y_title="Position (px from the median)"
    )
    for series, line in enumerate(lines):
        chart.line(panel, line, series, "xy"[series])


def _bins(n_frames: int) -> list[tuple[int, int]]:
    edges = np.linspace(0, n_frames, min(n_frames, POINTS_MAX) + 1).astype(int).tolist()
    return list(pairwise(edges))


def _medians(
    values: npt.NDArray[np.float64], bins: list[tuple[int, int]]
) -> list[Point]:
    return [
        ((low + high) / 2, float(np.median(values[low:high]))) for low, high in bins
    ]


def _starts(review: Review) -> list[Tick]:
    """Return the first rows of as many trials as fit, with their numbers."""
    step = max(1, len(review.rows) // 15)
    return [
        (float(row.trial.first_row), str(row.trial.number))
        for row in review.rows[::step]
    ]
