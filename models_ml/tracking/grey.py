"""Decoded frames to grey, bit for bit as in WhACC.

WhACC converts each frame to BGR and then to grey. For a video without colour, the
result depends on the luma alone. A table of 256 entries, made by the same conversion,
then produces the same bytes much faster.
"""

from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

# Planar formats with eight bits of luma in their first plane.
_PLANAR = {
    *(f"yuv{kind}{sub}p" for kind in ("", "j") for sub in ("420", "422", "444")),
    "gray",
}
_NEUTRAL = 128
_RAMP_ROWS = 16


class GreyTables:
    """Converter of frames to grey, with one table per pixel format."""

    def __init__(self) -> None:
        self._tables: dict[str, npt.NDArray[np.uint8]] = {}

    def grey(self, frame: Any) -> npt.NDArray[np.uint8]:
        """Convert a decoded frame to grey.

        Parameters
        ----------
        frame : av.VideoFrame
            A frame of any pixel format.

        Returns
        -------
        grey : array of uint8, shape (height, width)
            As OpenCV converts it, to BGR and then to grey.
        """
        if frame.format.name not in _PLANAR or not _is_without_colour(frame):
            return _grey_of_bgr(frame)
        table = self._table(frame.format.name)
        return cv2.LUT(_plane(frame, 0), table).astype(np.uint8, copy=False)

    def _table(self, pixel_format: str) -> npt.NDArray[np.uint8]:
        if pixel_format not in self._tables:
            self._tables[pixel_format] = _grey_of_each_luma(pixel_format)
        return self._tables[pixel_format]


def _is_without_colour(frame: Any) -> bool:
    planes = (_plane(frame, number) for number in range(1, len(frame.planes)))
    return all(plane.min() == plane.max() == _NEUTRAL for plane in planes)


def _grey_of_each_luma(pixel_format: str) -> npt.NDArray[np.uint8]:
    ramp = av.VideoFrame(256, _RAMP_ROWS, pixel_format)
    for number in range(len(ramp.planes)):
        _plane(ramp, number)[:] = np.arange(256) if number == 0 else _NEUTRAL
    table: npt.NDArray[np.uint8] = _grey_of_bgr(ramp)[0]
    return table


def _grey_of_bgr(frame: Any) -> npt.NDArray[np.uint8]:
    bgr = frame.to_ndarray(format="bgr24")
    grey: npt.NDArray[np.uint8] = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    return grey


def _plane(frame: Any, number: int) -> npt.NDArray[np.uint8]:
    """Return a view of the pixels of a plane, without the padding of its rows."""
    plane = frame.planes[number]
    rows = np.ndarray((plane.height, plane.line_size), np.uint8, buffer=plane)
    return rows[:, : plane.width]
