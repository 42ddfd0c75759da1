"""Lag images: a frame and the two before it as the channels of one image."""

from typing import Literal

import numpy as np
import numpy.typing as npt

N_LAGS = 2

Pad = Literal["repeat", "noise"]


def lag_images(
    frames: npt.NDArray[np.uint8], *, pad: Pad = "repeat"
) -> npt.NDArray[np.uint8]:
    """Return the lag image of every frame of one trial.

    Parameters
    ----------
    frames : array of uint8, shape (n_frames, height, width)
        All frames of the trial, in frame order.
    pad : {"repeat", "noise"}
        What stands before the first frame: the first frame again, or an image of
        noise as in WhACC (here always the same one).

    Returns
    -------
    images : array of uint8, shape (n_frames, height, width, 3)
        Channels t-2, t-1 and t.

    Raises
    ------
    ValueError
        If the frames are not uint8 of that shape.

    References
    ----------
    WhACC 1.4.3, 3-lag images; from the third frame on the same for either `pad`.

    Examples
    --------
    >>> frames = np.arange(3, dtype=np.uint8).reshape(3, 1, 1)
    >>> lag_images(frames)[:, 0, 0]
    array([[0, 0, 0],
           [0, 0, 1],
           [0, 1, 2]], dtype=uint8)
    """
    before = padded_frames(frames, pad=pad)
    return np.stack([before[:-2], before[1:-1], before[2:]], axis=-1)


def padded_frames(
    frames: npt.NDArray[np.uint8], *, pad: Pad = "repeat"
) -> npt.NDArray[np.uint8]:
    """Return the frames of one trial with the two that stand before the first.

    Parameters
    ----------
    frames : array of uint8, shape (n_frames, height, width)
        All frames of the trial, in frame order.
    pad : {"repeat", "noise"}
        What stands before the first frame.

    Returns
    -------
    padded : array of uint8, shape (n_frames + 2, height, width)
        The same frames after two others.

    Raises
    ------
    ValueError
        If the frames are not uint8 of that shape.
    """
    if frames.dtype != np.uint8 or frames.ndim != 3:
        raise ValueError(
            "Expected the frames of a trial as uint8 of shape frames x height x width; "
            f"got {frames.dtype} of shape {frames.shape}."
        )
    if pad == "noise":
        # Up to 254: the range that WhACC draws from.
        rng = np.random.default_rng(0)
        first = rng.integers(0, 255, frames.shape[1:], np.uint8)
    else:
        first = frames[0] if len(frames) else np.zeros(frames.shape[1:], np.uint8)
    return np.concatenate([np.stack([first] * N_LAGS), frames])
