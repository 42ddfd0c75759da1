"""The pole in a frame: the template's best match, at the same position as in WhACC.

WhACC matches the template at every position of every frame. This module matches it in a
small window around the last position. It matches the whole frame only if the best match
of the window cannot be proved to be the best of the frame. The result is the same and
much faster.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models_ml.tracking.exceptions import TemplateError
from models_ml.tracking.match_bound import TILE_PX, MatchBound

# Matching by Fourier transform in single precision has an error of about 4 / 2^24 of
# the product of the norms on real frames. Matches that differ by less than four times
# that are treated as equal.
_ROUNDING = 2.0**-20
# Side of the window, in tiles: room for 24 px of movement from frame to frame.
_WINDOW_TILES = 8
_BEFORE_TILES = 3
# If more than this part of a frame is left open, matching the whole frame is faster.
_BESIDE_SHARE = 4
# Without a pole in the picture nothing can be proved. After two failed attempts in a
# row, no attempt is made for six frames.
_FAILED_IN_A_ROW = 2
_SKIPPED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The best match of the template in a frame.

    Attributes
    ----------
    x, y : int
        Top-left corner of the template in the frame, as in WhACC.
    value : float
        The match, not normalised: WhACC's ``max_val_stack``.
    score : float
        The normalised match: the correlation of template and pixels, -1 to 1.
    x_fine, y_fine : float
        The corner between pixels, at the top of parabolas through the neighbours.
    searched_all : bool
        The whole frame was searched, because the window was not enough.
    """

    x: int
    y: int
    value: float
    score: float
    x_fine: float
    y_fine: float
    searched_all: bool


class PoleMatcher:
    """Finder of the template in successive frames of a video.

    Parameters
    ----------
    template : array of uint8, shape (height, width)
        A picture of the pole.

    Raises
    ------
    TemplateError
        If the template is empty or of a single grey value.
    """

    def __init__(self, template: npt.NDArray[np.uint8]) -> None:
        if template.dtype != np.uint8 or template.ndim != 2 or not template.size:
            raise TemplateError(
                "Expected a template of uint8, height x width; got "
                f"{template.dtype} of shape {template.shape}."
            )
        if template.min() == template.max():
            raise TemplateError(
                "The template does not show the pole: every pixel has the grey value "
                f"{template.min()}. Choose another position or frame."
            )
        self._template = np.ascontiguousarray(template)
        self._norm = float(np.linalg.norm(template.astype(np.float64)))
        centred = template.astype(np.float64) - template.mean()
        self._centred_norm = float(np.linalg.norm(centred))
        self._bound = MatchBound(template)
        self._last: tuple[int, int] | None = None
        self._n_pixels_beside = 0
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
            The best of all positions; of equally good ones, the first by rows.

        Raises
        ------
        TemplateError
            If the frame is smaller than the template.
        """
        if grey.shape[0] < self._template.shape[0] or (
            grey.shape[1] < self._template.shape[1]
        ):
            raise TemplateError(
                f"A frame of {grey.shape[1]}x{grey.shape[0]} px is smaller than the "
                f"template of {self._template.shape[1]}x{self._template.shape[0]} px."
            )
        found = self._attempt_in_window(grey)
        searched_all = found is None
        if found is None:
            matches = self._matches(grey)
            if not self._n_to_skip:
                self._bound.set_reference(grey, matches)
            self._n_pixels_beside = 0
            found = matches, (0, 0)
        matches, corner = found
        match = self._match_at(grey, matches, corner, searched_all)
        self._last = match.x, match.y
        return match

    def _attempt_in_window(
        self, grey: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], tuple[int, int]] | None:
        """Match in the window, unless recent attempts failed."""
        if self._n_to_skip:
            self._n_to_skip -= 1
            return None
        found = self._proven_in_window(grey)
        self._n_failed = self._n_failed + 1 if found is None else 0
        if self._n_failed >= _FAILED_IN_A_ROW:
            self._n_to_skip = _SKIPPED
        return found

    def _proven_in_window(
        self, grey: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], tuple[int, int]] | None:
        """Return matches and corner of the window if its best is proved the frame's."""
        if self._last is None or not self._bound.is_set_for(grey):
            return None
        highest = self._bound.highest(grey)
        rows = _tiles_around(self._last[1] // TILE_PX, highest.shape[0])
        columns = _tiles_around(self._last[0] // TILE_PX, highest.shape[1])
        matches = self._matches_in(grey, rows, columns)
        # If two matches differ by less than rounding, match the whole frame, as WhACC.
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
        """Return whether all matches in the tiles that are left open are lower."""
        if not open_tiles.any():
            return True
        _, _, boxes, _ = cv2.connectedComponentsWithStats(open_tiles.astype(np.uint8))
        areas = [
            (slice(top, top + height), slice(left, left + width))
            for left, top, width, height, _ in boxes[1:].tolist()
        ]
        n_pixels = sum(self._n_pixels(*area) for area in areas)
        self._n_pixels_beside += n_pixels
        # After as many pixels as a frame has, match the whole frame: its matches are a
        # better reference.
        if self._n_pixels_beside > grey.size:
            return False
        if n_pixels > grey.size // _BESIDE_SHARE:
            return False
        return all(self._matches_in(grey, *area).max() < limit for area in areas)

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

    def _match_at(
        self,
        grey: npt.NDArray[np.uint8],
        matches: npt.NDArray[np.float32],
        corner: tuple[int, int],
        searched_all: bool,
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
            searched_all=searched_all,
        )


def _tiles_around(tile: int, n_tiles: int) -> slice:
    start = min(max(tile - _BEFORE_TILES, 0), max(n_tiles - _WINDOW_TILES, 0))
    return slice(start, min(start + _WINDOW_TILES, n_tiles))


def _peak_offset(values: npt.NDArray[np.float32], peak: int) -> float:
    """Return the offset of a parabola's top from the highest value."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, top, after = (float(value) for value in values[peak - 1 : peak + 2])
    curvature = before - 2 * top + after
    return 0.5 * (before - after) / curvature if curvature < 0 else 0.0
