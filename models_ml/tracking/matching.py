"""Finding the pole in a frame: the template's best match, as WhACC finds it.

WhACC looks at every position of every frame. Here a small window around the last place
is looked at, and the whole frame whenever the window's best cannot be proved to be the
frame's best. The place is the same, at a small part of the cost.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models_ml.tracking.exceptions import TemplateError
from models_ml.tracking.match_bound import TILE_PX, MatchBound

# Matching by Fourier transform in single precision is off by about 4 / 2^24 of the
# norms' product on real frames; matches closer than four times that are not told apart.
_ROUNDING = 2.0**-20
# Positions of the window, on a side: room for 24 px of movement from frame to frame.
_WINDOW_TILES = 8
_BEFORE_TILES = 3
# Looking beside the window at more than this part of a frame gains nothing.
_BESIDE_SHARE = 4
# Without a pole in the picture nothing can be proved: after some vain tries in a row,
# no more are made for some frames.
_FAILED_IN_A_ROW = 2
_SKIPPED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where the template matches a frame best.

    Attributes
    ----------
    x, y : int
        Top-left corner of the template in the frame: WhACC's.
    value : float
        The match there, WhACC's ``max_val_stack``: not normalised.
    score : float
        The same, normalised: the correlation of template and pixels, -1 to 1.
    x_fine, y_fine : float
        The corner between pixels: the top of parabolas through the neighbours.
    looked_everywhere : bool
        The window was not enough.
    """

    x: int
    y: int
    value: float
    score: float
    x_fine: float
    y_fine: float
    looked_everywhere: bool


class PoleMatcher:
    """Finds the template in one frame of a video after the other.

    Parameters
    ----------
    template : array of uint8, shape (height, width)
        A picture of the pole.

    Raises
    ------
    TemplateError
        If the template is empty or of one grey.
    """

    def __init__(self, template: npt.NDArray[np.uint8]) -> None:
        if template.dtype != np.uint8 or template.ndim != 2 or not template.size:
            raise TemplateError(
                "Expected a template of uint8, height x width; got "
                f"{template.dtype} of shape {template.shape}."
            )
        if template.min() == template.max():
            raise TemplateError(
                "Expected a template that shows the pole; every pixel of it has the "
                f"grey value {template.min()}: choose another place or frame."
            )
        self._template = np.ascontiguousarray(template)
        self._norm = float(np.linalg.norm(template.astype(np.float64)))
        centred = template.astype(np.float64) - template.mean()
        self._centred_norm = float(np.linalg.norm(centred))
        self._bound = MatchBound(template)
        self._last: tuple[int, int] | None = None
        self._looked_at_beside = 0
        self._n_failed = 0
        self._n_to_skip = 0

    def match(self, grey: npt.NDArray[np.uint8]) -> Match:
        """Find the template in the next frame.

        Parameters
        ----------
        grey : array of uint8, shape (height, width)
            The frame.

        Returns
        -------
        match : Match
            The best of all positions; of equal ones the first, row by row.

        Raises
        ------
        TemplateError
            If the frame is smaller than the template.
        """
        if grey.shape[0] < self._template.shape[0] or (
            grey.shape[1] < self._template.shape[1]
        ):
            raise TemplateError(
                f"Expected frames larger than the template of "
                f"{self._template.shape[1]}x{self._template.shape[0]} px; found one of "
                f"{grey.shape[1]}x{grey.shape[0]}."
            )
        found = self._tried_in_window(grey)
        looked_everywhere = found is None
        if found is None:
            matches = self._matches(grey)
            if not self._n_to_skip:
                self._bound.set_reference(grey, matches)
            self._looked_at_beside = 0
            found = matches, (0, 0)
        matches, corner = found
        match = self._described(grey, matches, corner, looked_everywhere)
        self._last = match.x, match.y
        return match

    def _tried_in_window(
        self, grey: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], tuple[int, int]] | None:
        """Try the window, unless that was vain lately."""
        if self._n_to_skip:
            self._n_to_skip -= 1
            return None
        found = self._proved_in_window(grey)
        self._n_failed = self._n_failed + 1 if found is None else 0
        if self._n_failed >= _FAILED_IN_A_ROW:
            self._n_to_skip = _SKIPPED
        return found

    def _proved_in_window(
        self, grey: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], tuple[int, int]] | None:
        """Return the window's matches and its corner if its best is the frame's."""
        if self._last is None or not self._bound.is_set_for(grey):
            return None
        highest = self._bound.highest(grey)
        rows = _tiles_around(self._last[1] // TILE_PX, highest.shape[0])
        columns = _tiles_around(self._last[0] // TILE_PX, highest.shape[1])
        matches = self._matches_in(grey, rows, columns)
        # Whatever comes closer than rounding is decided as WhACC does, on all of it.
        too_close = matches.max() - self._margin(grey)
        if np.count_nonzero(matches >= too_close) > 1:
            return None
        highest[rows, columns] = -np.inf
        if not self._is_below(too_close, grey, highest >= too_close):
            return None
        return matches, (columns.start * TILE_PX, rows.start * TILE_PX)

    def _is_below(
        self,
        limit: np.float32,
        grey: npt.NDArray[np.uint8],
        open_tiles: npt.NDArray[np.bool_],
    ) -> bool:
        """Say whether the tiles that the bound leaves open all match less."""
        if not open_tiles.any():
            return True
        _, _, boxes, _ = cv2.connectedComponentsWithStats(open_tiles.astype(np.uint8))
        places = [
            (slice(top, top + height), slice(left, left + width))
            for left, top, width, height, _ in boxes[1:].tolist()
        ]
        n_pixels = sum(self._n_pixels(*place) for place in places)
        self._looked_at_beside += n_pixels
        # Once as much was spent as a look at the whole frame costs, that look is due:
        # its matches make a better reference.
        if self._looked_at_beside > grey.size:
            return False
        if n_pixels > grey.size // _BESIDE_SHARE:
            return False
        return all(self._matches_in(grey, *place).max() < limit for place in places)

    def _n_pixels(self, rows: slice, columns: slice) -> int:
        height, width = self._template.shape
        return int(
            ((rows.stop - rows.start) * TILE_PX + height)
            * ((columns.stop - columns.start) * TILE_PX + width)
        )

    def _matches_in(
        self, grey: npt.NDArray[np.uint8], rows: slice, columns: slice
    ) -> npt.NDArray[np.float32]:
        height, width = self._template.shape
        return self._matches(
            grey[
                rows.start * TILE_PX : rows.stop * TILE_PX + height - 1,
                columns.start * TILE_PX : columns.stop * TILE_PX + width - 1,
            ]
        )

    def _matches(self, grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        matches = cv2.matchTemplate(grey, self._template, cv2.TM_CCOEFF)
        return matches.astype(np.float32, copy=False)

    def _margin(self, grey: npt.NDArray[np.uint8]) -> np.float32:
        return np.float32(_ROUNDING * self._norm * cv2.norm(grey))

    def _described(
        self,
        grey: npt.NDArray[np.uint8],
        matches: npt.NDArray[np.float32],
        corner: tuple[int, int],
        looked_everywhere: bool,
    ) -> Match:
        _, value, _, (column, row) = cv2.minMaxLoc(matches)
        x, y = corner[0] + column, corner[1] + row
        height, width = self._template.shape
        _, spread = cv2.meanStdDev(grey[y : y + height, x : x + width])
        norm = float(spread[0, 0]) * (height * width) ** 0.5 * self._centred_norm
        return Match(
            x=x,
            y=y,
            value=value,
            score=min(max(value / norm, -1.0), 1.0) if norm > 0 else 0.0,
            x_fine=x + _peak_offset(matches[row, :], column),
            y_fine=y + _peak_offset(matches[:, column], row),
            looked_everywhere=looked_everywhere,
        )


def _tiles_around(tile: int, n_tiles: int) -> slice:
    start = min(max(tile - _BEFORE_TILES, 0), max(n_tiles - _WINDOW_TILES, 0))
    return slice(start, min(start + _WINDOW_TILES, n_tiles))


def _peak_offset(values: npt.NDArray[np.float32], peak: int) -> float:
    """Return where, off the highest value, a parabola through it has its top."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, top, after = (float(value) for value in values[peak - 1 : peak + 2])
    curvature = before - 2 * top + after
    return 0.5 * (before - after) / curvature if curvature < 0 else 0.0
