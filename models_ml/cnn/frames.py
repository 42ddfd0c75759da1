"""Frames to what a CNN sees: a frame and the two before it as one image's channels.

The pixel values are WhACC's: scaled to [-1, 1] first, then resized bilinearly with
half-pixel centres and without antialiasing.
"""

import zlib
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from models_ml.arrays import Frames
from models_ml.cnn.quiet_tensorflow import quiet_tensorflow
from models_ml.trial_lengths import TrialLengths, checked_lengths

N_LAGS = 2

Padding = Literal["noise", "repeat"]

# Lag images of this many frames are resized at a time.
_BATCH_FRAMES = 256


def lag_images(
    frames: Frames,
    trial_lengths: TrialLengths,
    *,
    preceding: Sequence[Frames | None] | None = None,
    padding: Padding = "noise",
) -> Frames:
    """Return the lag image of every frame.

    Parameters
    ----------
    frames : array of uint8, shape (n_frames, height, width)
        Trials, or clips of trials, one after the other, in frame order.
    trial_lengths : sequence of int
        Frames in each; they add up to `n_frames`.
    preceding : sequence of arrays of uint8 or None, optional
        For each clip that starts inside its trial, the frames right before it, shape
        (1 or more, height, width): the last two are used. None for a whole trial.
    padding : {"noise", "repeat"}
        What stands before the first frame of a trial: an image of noise as in WhACC,
        but always the same one for the same trial, or the first frame again.

    Returns
    -------
    images : array of uint8, shape (n_frames, height, width, 3)
        Channels t-2, t-1 and t.

    Raises
    ------
    ValueError
        If frames are not uint8 of that shape, the lengths disagree, or a trial is
        empty.

    References
    ----------
    WhACC 1.4.3, 3-lag images: equal from the third frame of a trial on.

    Notes
    -----
    This is the reference. Backbones build the same images inside their graph, from
    `padded_frames`; ``tests/models_ml/cnn/test_runner.py`` and ``test_backbone.py``
    hold them to this function.

    Examples
    --------
    >>> frames = np.arange(3, dtype=np.uint8).reshape(3, 1, 1)
    >>> lag_images(frames, [3], padding="repeat")[:, 0, 0]
    array([[0, 0, 0],
           [0, 0, 1],
           [0, 1, 2]], dtype=uint8)
    """
    _check_frames(frames)
    lengths = checked_lengths(trial_lengths, len(frames)).tolist()
    before = [None] * len(lengths) if preceding is None else list(preceding)
    if len(before) != len(lengths):
        raise ValueError(
            "Expected preceding frames or None for each trial; "
            f"got {len(before)} for {len(lengths)} trials."
        )
    images = np.empty((*frames.shape, N_LAGS + 1), np.uint8)
    first = 0
    for length, earlier in zip(lengths, before, strict=True):
        trial = slice(first, first + length)
        padded = padded_frames(frames[trial], preceding=earlier, padding=padding)
        for channel in range(N_LAGS + 1):
            images[trial, ..., channel] = padded[channel : channel + length]
        first += length
    return images


def padded_frames(
    frames: Frames, *, preceding: Frames | None = None, padding: Padding = "noise"
) -> Frames:
    """Return the frames of one trial with the two that stand before the first.

    Parameters
    ----------
    frames : array of uint8, shape (n_frames, height, width)
        All frames of the trial, or of a clip of it, in frame order; at least one.
    preceding : array of uint8, shape (1 or more, height, width), optional
        The frames right before a clip that starts inside its trial.
    padding : {"noise", "repeat"}
        What stands before the first frame of the trial; see `lag_images`.

    Returns
    -------
    padded : array of uint8, shape (n_frames + 2, height, width)
        The same frames after two others.

    Raises
    ------
    ValueError
        If frames are not uint8 of that shape, or there are none.
    """
    _check_frames(frames)
    if not len(frames):
        raise ValueError("Expected a trial of at least one frame; got an empty one.")
    earlier = frames[:0] if preceding is None else preceding
    _check_frames(earlier)
    if earlier.shape[1:] != frames.shape[1:]:
        raise ValueError(
            f"Expected preceding frames of {frames.shape[1:]} pixels as the trial's; "
            f"got {earlier.shape[1:]}."
        )
    known = np.concatenate([earlier[-N_LAGS:], frames])
    missing = N_LAGS + len(frames) - len(known)
    if not missing:
        return known
    first = known[0] if padding == "repeat" else _noise(known[0])
    return np.concatenate([np.stack([first] * missing), known])


def cnn_input(lag_images: Frames, size: int = 96) -> npt.NDArray[np.float32]:
    """Return the tensor that a CNN is given.

    Parameters
    ----------
    lag_images : array of uint8, shape (n_frames, height, width, 3)
        As `lag_images` makes them.
    size : int
        Side of the CNN's input in pixels.

    Returns
    -------
    images : array of float32, shape (n_frames, size, size, 3)
        In [-1, 1].

    Raises
    ------
    ValueError
        If the images are not uint8 of that shape.

    References
    ----------
    WhACC 1.4.3, `ImageBatchGenerator`: equal but for rounding in float32.

    Notes
    -----
    This is the reference. Backbones compute the same tensor inside their graph;
    ``tests/models_ml/cnn/test_runner.py`` holds it to this function.
    """
    if lag_images.dtype != np.uint8 or lag_images.shape[3:] != (N_LAGS + 1,):
        raise ValueError(
            "Expected lag images as uint8 of shape frames x height x width x 3; "
            f"got {lag_images.dtype} of shape {lag_images.shape}."
        )
    images = np.empty((len(lag_images), size, size, N_LAGS + 1), np.float32)
    for first in range(0, len(lag_images), _BATCH_FRAMES):
        batch = slice(first, first + _BATCH_FRAMES)
        images[batch] = scaled_and_resized(lag_images[batch], size).numpy()
    return images


def scaled_and_resized(images: Any, size: int) -> Any:
    """Return images as a CNN takes them, as TensorFlow computes it.

    Parameters
    ----------
    images : tensor of uint8, shape (n_frames, height, width, n_channels)
        Channels do not mix.
    size : int
        Side of the CNN's input in pixels.

    Returns
    -------
    images : tensor of float32, shape (n_frames, size, size, n_channels)
        In [-1, 1].
    """
    tensorflow = quiet_tensorflow()
    scaled = tensorflow.cast(images, tensorflow.float32) / 127.5 - 1.0
    return tensorflow.image.resize(scaled, [size, size])


def _noise(frame: Frames) -> Frames:
    """Return noise that depends on the trial's first frame alone."""
    seed = zlib.crc32(np.ascontiguousarray(frame).data)
    # Up to 254: the range that WhACC draws from.
    return np.random.default_rng(seed).integers(0, 255, frame.shape, np.uint8)


def _check_frames(frames: Frames) -> None:
    if frames.dtype != np.uint8 or frames.ndim != 3:
        raise ValueError(
            "Expected the frames of a trial as uint8 of shape frames x height x width; "
            f"got {frames.dtype} of shape {frames.shape}."
        )
