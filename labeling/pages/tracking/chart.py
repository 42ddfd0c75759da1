"""The picture of a tracked session: where the pole was, and how well it matched."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from labeling.domain.tracking.review import Review
from labeling.pages.svg_chart import Chart, Panel, Point
from models_ml.tracking.tracked_file import TrackedFile

POINTS_MAX = 400
WIDTH, LEFT, PLOT = 760, 60, 680


def tracking_svg(review: Review) -> str:
    """Draw places and matches over a session's frames; odd trials have dots."""
    tracked = review.tracked
    if tracked is None:
        return ""
    chart = Chart(width=WIDTH, height=420, title="Where the pole was tracked")
    n_frames = len(tracked.scores)
    bins = _bins(n_frames)
    _places(chart, tracked, bins)
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
        chart.line(panel, points, series, ("half", "lowest twentieth")[series])
    for row in review.rows:
        if row.odd:
            middle = (row.trial.first_row + row.trial.stop_row) / 2
            said = f"Trial {row.trial.number}: {', '.join(row.odd)}"
            chart.dot(panel, (middle, 1.0), 1, said)
    chart.legend((LEFT, 402), ("x; match: half of the frames",))
    chart.text((LEFT + 330, 406), "dashed: y; the lowest twentieth. Dots: odd trials.")
    return chart.svg()


def _places(chart: Chart, tracked: TrackedFile, bins: list[tuple[int, int]]) -> None:
    """Draw how far the pole is from where it mostly is."""
    is_seen = tracked.states == 0
    places = tracked.corners - np.median(
        tracked.corners[is_seen] if is_seen.any() else tracked.corners, axis=0
    )
    lines = [_medians(places[:, axis], bins) for axis in (0, 1)]
    far = max(5.0, *(abs(y) for line in lines for _, y in line))
    panel = Panel(
        left=LEFT,
        top=34,
        width=PLOT,
        height=150,
        x=(0, len(places)),
        y=(-far, far),
    )
    ticks = [(value, f"{value:.0f}") for value in (-far, 0.0, far)]
    chart.axes(
        panel, x_ticks=[], y_ticks=ticks, y_title="Place (px from where it mostly is)"
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


def _starts(review: Review) -> list[tuple[float, str]]:
    return list(_some_starts(review))


def _some_starts(review: Review) -> Iterator[tuple[float, str]]:
    step = max(1, len(review.rows) // 15)
    for row in review.rows[::step]:
        yield float(row.trial.first_row), str(row.trial.number)
