"""An upper bound on the template's matches in a frame, from those of an earlier frame.

After subtraction of the template's mean, a match is the inner product of the template
and the pixels below it. From a reference frame to another frame, it changes by the
inner product of the template and the changes of the pixels: at most by the product of
their norms (Cauchy-Schwarz). In a video of a rig only whiskers and pole move, so this
is small nearly everywhere. See docs/decisions/0012-proved-matching-window.md.
"""

import cv2
import numpy as np
import numpy.typing as npt

TILE_PX = 8
# Much more than the rounding of sums in single precision.
_ROUNDING = 1 + 1e-4


class MatchBound:
    """An upper bound on the match in each tile of positions.

    Parameters
    ----------
    template : array of uint8, shape (height, width)
        The template.
    """

    def __init__(self, template: npt.NDArray[np.uint8]) -> None:
        centred = template.astype(np.float64) - template.mean()
        self._norm = float(np.linalg.norm(centred))
        height, width = template.shape
        # Number of blocks that the template covers, even in part, anywhere in a tile.
        self._n_blocks = tuple(
            (size + TILE_PX - 2) // TILE_PX + 1 for size in (width, height)
        )
        self._reference: npt.NDArray[np.uint8] | None = None
        self._maxima: npt.NDArray[np.float32] = np.empty((0, 0), np.float32)

    def is_set_for(self, grey: npt.NDArray[np.uint8]) -> bool:
        """Return whether there is a reference frame of the same size."""
        return self._reference is not None and self._reference.shape == _padded_shape(
            grey
        )

    def set_reference(
        self, grey: npt.NDArray[np.uint8], matches: npt.NDArray[np.float32]
    ) -> None:
        """Set a frame with known matches as the reference.

        Parameters
        ----------
        grey : array of uint8, shape (height, width)
            The frame.
        matches : array of float32, shape (rows, columns)
            The match at every position of the frame.
        """
        self._reference = _padded(grey)
        rows, columns = (-(-size // TILE_PX) for size in matches.shape)
        padded = np.full((rows * TILE_PX, columns * TILE_PX), -np.inf, np.float32)
        padded[: matches.shape[0], : matches.shape[1]] = matches
        # Rows first: numpy is slow over short axes, and then an eighth of them is left.
        of_rows = padded.reshape(rows, TILE_PX, columns * TILE_PX).max(axis=1)
        self._maxima = of_rows.reshape(rows, columns, TILE_PX).max(axis=2)

    def highest(self, grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return an upper bound on the matches in each tile.

        Parameters
        ----------
        grey : array of uint8, shape (height, width)
            A frame of the reference's size.

        Returns
        -------
        bound : array of float32, shape (tile_rows, tile_columns)
            One value for the 8 x 8 positions of each tile.
        """
        if self._reference is None:
            raise ValueError("Expected a reference frame; set one first.")
        change = cv2.absdiff(_padded(grey), self._reference)
        energy = cv2.multiply(change, change, dtype=cv2.CV_32F)
        in_block = cv2.resize(
            energy,
            (energy.shape[1] // TILE_PX, energy.shape[0] // TILE_PX),
            interpolation=cv2.INTER_AREA,
        )
        below = cv2.boxFilter(
            in_block,
            cv2.CV_32F,
            self._n_blocks,
            anchor=(0, 0),
            normalize=False,
            borderType=cv2.BORDER_CONSTANT,
        )
        rows, columns = self._maxima.shape
        below = below[:rows, :columns]
        np.maximum(below, 0, out=below)
        change_norm = np.sqrt(below) * np.float32(TILE_PX * self._norm * _ROUNDING)
        bound: npt.NDArray[np.float32] = self._maxima + change_norm
        return bound


def _padded_shape(grey: npt.NDArray[np.uint8]) -> tuple[int, int]:
    rows, columns = (-(-size // TILE_PX) * TILE_PX for size in grey.shape)
    return rows, columns


def _padded(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Pad the frame with zeros to a whole number of blocks."""
    rows, columns = _padded_shape(grey)
    if (rows, columns) == grey.shape:
        return grey
    padded = np.zeros((rows, columns), np.uint8)
    padded[: grey.shape[0], : grey.shape[1]] = grey
    return padded
