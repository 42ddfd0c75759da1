"""Crops around the pole."""

import math

import numpy as np
import numpy.typing as npt


def crop_corner(
    match_x_y: tuple[int, int],
    *,
    template_px: tuple[int, int],
    crop_px: tuple[int, int],
) -> tuple[int, int]:
    """Return the corner of the crop whose middle is the middle of the template.

    Parameters
    ----------
    match_x_y : (int, int)
        Top-left corner of the template in the frame.
    template_px, crop_px : (int, int)
        Width and height of the template, and of the crop.

    Returns
    -------
    corner : (int, int)
        x and y of the top-left corner, rounded as in WhACC. It may be outside the
        frame.
    """
    x, y = (
        math.trunc(corner - (crop - template) / 2)
        for corner, template, crop in zip(match_x_y, template_px, crop_px, strict=True)
    )
    return x, y


def cut(
    grey: npt.NDArray[np.uint8], corner: tuple[int, int], size: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """Cut a window out of a frame.

    Parameters
    ----------
    grey : array of uint8, shape (height, width)
        The frame.
    corner : (int, int)
        x and y of the window's top-left pixel; may be outside the frame.
    size : (int, int)
        Width and height of the window in pixels.

    Returns
    -------
    crop : array of uint8, shape (size[1], size[0])
        A copy. Beyond the frame, it repeats the nearest pixel of the frame; WhACC
        draws noise there.
    """
    (x, y), (width, height) = corner, size
    if x >= 0 and y >= 0 and x + width <= grey.shape[1] and y + height <= grey.shape[0]:
        return grey[y : y + height, x : x + width].copy()
    rows = np.clip(np.arange(y, y + height), 0, grey.shape[0] - 1)
    columns = np.clip(np.arange(x, x + width), 0, grey.shape[1] - 1)
    return grey[np.ix_(rows, columns)]
