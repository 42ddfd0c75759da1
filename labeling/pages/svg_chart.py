"""Charts as SVG text, drawn within a request and ready to print.

Every mark has a colour for print and a class. On pages, the stylesheet overrides the
colour by the class, for light and dark themes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

# The palette of Okabe and Ito: distinct for all kinds of colour vision.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
INK, SOFT, RULE = "#1b2a30", "#56656c", "#d5dcdf"
FONT = "system-ui, Helvetica, Arial, sans-serif"

Point = tuple[float, float]
Tick = tuple[float, str]

# The ticks of an axis from 0 to 1.
SHARE_TICKS: list[Tick] = [(i / 5, f"{i / 5:.1f}") for i in range(6)]


def series_colour(number: int) -> str:
    """Return the colour of a series; colours repeat after the last one."""
    return SERIES[number % len(SERIES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A rectangle of a chart with a scale for x and a scale for y."""

    left: float
    top: float
    width: float
    height: float
    x: Point
    y: Point

    def pixel(self, x: float, y: float) -> Point:
        """Return the pixel coordinates of a point."""
        (x_low, x_high), (y_low, y_high) = self.x, self.y
        return (
            self.left + self.width * (x - x_low) / (x_high - x_low),
            self.top + self.height * (1 - (y - y_low) / (y_high - y_low)),
        )


@dataclass(slots=True, kw_only=True)
class Chart:
    """A chart to which marks are added one by one."""

    width: int
    height: int
    title: str
    marks: list[str] = field(default_factory=list)

    def svg(self) -> str:
        """Return the chart as SVG text."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
            f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" font-family="{FONT}" font-size="12">'
        )
        return "\n".join(
            [head, f"<title>{escape(self.title)}</title>", *self.marks, "</svg>"]
        )

    def axes(
        self,
        panel: Panel,
        *,
        x_ticks: Sequence[Tick],
        y_ticks: Sequence[Tick],
        x_title: str = "",
        y_title: str = "",
    ) -> None:
        """Draw the axes of a panel, with a grid line for each tick of y."""
        bottom = panel.top + panel.height
        for value, name in y_ticks:
            _, y = panel.pixel(panel.x[0], value)
            self._line(
                (panel.left, y), (panel.left + panel.width, y), "chart-rule", RULE
            )
            self.text((panel.left - 6, y + 4), name, anchor="end")
        for value, name in x_ticks:
            x, _ = panel.pixel(value, panel.y[0])
            self.text((x, bottom + 17), name, anchor="middle")
        base = (panel.left, bottom), (panel.left + panel.width, bottom)
        self._line(*base, "chart-axis", SOFT)
        middle = panel.left + panel.width / 2
        if x_title:
            self.text((middle, bottom + 36), x_title, anchor="middle")
        if y_title:
            self.text((panel.left, panel.top - 10), y_title)

    def text(
        self, at: Point, text: str, *, anchor: str = "start", strong: bool = False
    ) -> None:
        """Add a line of text."""
        colour, kind = (INK, "chart-ink") if strong else (SOFT, "chart-soft")
        self.marks.append(
            f'<text class="{kind}" x="{at[0]:.1f}" y="{at[1]:.1f}" '
            f'text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
        )

    def line(
        self, panel: Panel, points: Sequence[Point], series: int, name: str
    ) -> None:
        """Draw a line through points, with its name as the tooltip."""
        drawn = " ".join(
            f"{x:.1f},{y:.1f}" for x, y in (panel.pixel(*each) for each in points)
        )
        self.marks.append(
            f'<polyline class="chart-line" data-series="{series % len(SERIES)}" '
            f'points="{drawn}" fill="none" stroke="{series_colour(series)}" '
            f'stroke-width="2"{_dashes(series)}>{_tip(name)}</polyline>'
        )

    def band(
        self, panel: Panel, low: Sequence[Point], high: Sequence[Point], series: int
    ) -> None:
        """Fill the area between two lines, lightly."""
        around = [panel.pixel(*each) for each in [*low, *reversed(high)]]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in around)
        self.marks.append(
            f'<polygon class="chart-band" data-series="{series % len(SERIES)}" '
            f'points="{drawn}" fill="{series_colour(series)}" fill-opacity="0.13"/>'
        )

    def bar(
        self, panel: Panel, end: Point, half_width: float, series: int, name: str
    ) -> None:
        """Draw a bar from zero to the middle of its end."""
        x, value = end
        left, top = panel.pixel(x - half_width, max(value, 0))
        right, bottom = panel.pixel(x + half_width, min(value, 0))
        self.marks.append(
            f'<rect class="chart-bar" data-series="{series % len(SERIES)}" '
            f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
            f'height="{bottom - top:.1f}" '
            f'fill="{series_colour(series)}" fill-opacity="0.3">{_tip(name)}</rect>'
        )

    def dot(self, panel: Panel, at: Point, series: int, name: str) -> None:
        """Draw a dot."""
        x, y = panel.pixel(*at)
        self.marks.append(
            f'<circle class="chart-dot" data-series="{series % len(SERIES)}" '
            f'cx="{x:.1f}" cy="{y:.1f}" r="3.5" '
            f'fill="{series_colour(series)}">{_tip(name)}</circle>'
        )

    def legend(self, at: Point, names: Sequence[str]) -> None:
        """Draw the names of the series, one below the other."""
        for number, name in enumerate(names):
            y = at[1] + 18 * number
            self.marks.append(
                f'<line class="chart-line" data-series="{number % len(SERIES)}" '
                f'x1="{at[0]:.1f}" x2="{at[0] + 18:.1f}" y1="{y:.1f}" y2="{y:.1f}" '
                f'stroke="{series_colour(number)}" stroke-width="2"{_dashes(number)}/>'
            )
            self.text((at[0] + 25, y + 4), name, strong=True)

    def _line(self, start: Point, stop: Point, kind: str, colour: str) -> None:
        self.marks.append(
            f'<line class="{kind}" x1="{start[0]:.1f}" y1="{start[1]:.1f}" '
            f'x2="{stop[0]:.1f}" y2="{stop[1]:.1f}" stroke="{colour}"/>'
        )


def ticks_up_to(highest: float, *, n: int = 4) -> list[Tick]:
    """Return round ticks from zero to the value or just above it."""
    for power in range(-6, 7):
        for step in (1, 2, 5):
            distance = step * 10.0**power
            if distance * n >= highest:
                count = max(1, -int(-highest // distance))
                return [(distance * i, f"{distance * i:.6g}") for i in range(count + 1)]
    raise ValueError(f"{highest} is too large for a scale: ten million is the limit.")


def _dashes(series: int) -> str:
    """Return the dashes of a line, which distinguish series without colours too."""
    pattern = ("", "6 3", "2 3", "8 3 2 3")[series % 4]
    return f" stroke-dasharray={quoteattr(pattern)}" if pattern else ""


def _tip(name: str) -> str:
    return f"<title>{escape(name)}</title>"
