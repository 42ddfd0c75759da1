"""Lag images: a frame and the two frames before it as the channels of a CNN's input.

Pixel values are those of WhACC: scaled to [-1, 1], then resized bilinearly with
half-pixel centres and without antialiasing.

`lag_images` and `cnn_input` are the reference. The pipeline computes the same values
in one graph with the CNN (`models_ml.cnn.runner.network_input`); tests compare them.
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

# The channels of a CNN's input: frames t-2, t-1 and t, or frame t three times.
Channels = Literal["lags", "still"]

# Number of lag images that are resized at a time.
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
        Whole trials, or clips of trials, one after the other, in frame order.
    trial_lengths : sequence of int
        Number of frames of each trial or clip; each at least 1, their sum `n_frames`.
    preceding : sequence of arrays of uint8 or None, optional
        For each clip, the frames immediately before it, shape
        (1 or more, height, width), of which the last two are used; for a whole trial
        None. By default, all are whole trials.
    padding : {"noise", "repeat"}
        Frames before the first frame of a trial. "noise" is one image of noise, as in
        WhACC, but always the same for the same trial; "repeat" is the first frame.

    Returns
    -------
    images : array of uint8, shape (n_frames, height, width, 3)
        The channels are frames t-2, t-1 and t.

    Raises
    ------
    ValueError
        If frames are not uint8 of this shape, if the lengths do not add up to
        `n_frames`, if a trial is empty, or if `preceding` does not fit to the trials.

    References
    ----------
    WhACC 1.4.3, 3-lag images: equal from the third frame of each trial.

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
    """Return the frames of a trial with two frames before the first.

    Parameters
    ----------
    frames : array of uint8, shape (n_frames, height, width)
        All frames of the trial, or of a clip of it, in frame order; at least one.
    preceding : array of uint8, shape (1 or more, height, width), optional
        The frames immediately before a clip, of which the last two are used.
    padding : {"noise", "repeat"}
        Frames before the first frame of the trial; see `lag_images`.

    Returns
    -------
    padded : array of uint8, shape (n_frames + 2, height, width)
        Two preceding or padding frames, then `frames`.

    Raises
    ------
    ValueError
        If frames are not uint8 of this shape, if there are none, or if `preceding` has
        another height or width.
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
    """Return the input of a CNN from lag images.

    Parameters
    ----------
    lag_images : array of uint8, shape (n_frames, height, width, 3)
        Lag images; see the function `lag_images`.
    size : int
        Side of the CNN's input in pixels; at least 1.

    Returns
    -------
    images : array of float32, shape (n_frames, size, size, 3)
        Scaled and resized images, in [-1, 1].

    Raises
    ------
    ValueError
        If the images are not uint8 of this shape.

    References
    ----------
    WhACC 1.4.3, `ImageBatchGenerator`: equal, except for rounding in float32.

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
    """Return scaled and resized images, computed by TensorFlow.

    Parameters
    ----------
    images : tensor of uint8, shape (n_frames, height, width, n_channels)
        Images; each channel is processed by itself.
    size : int
        Side of the CNN's input in pixels; at least 1.

    Returns
    -------
    images : tensor of float32, shape (n_frames, size, size, n_channels)
        Images in [-1, 1].
    """
    tensorflow = quiet_tensorflow()
    scaled = tensorflow.cast(images, tensorflow.float32) / 127.5 - 1.0
    return tensorflow.image.resize(scaled, [size, size])


def _noise(frame: Frames) -> Frames:
    """Return noise that only depends on the first frame of the trial."""
    seed = zlib.crc32(np.ascontiguousarray(frame).data)
    # WhACC draws from 0 to 254.
    return np.random.default_rng(seed).integers(0, 255, frame.shape, np.uint8)


def _check_frames(frames: Frames) -> None:
    if frames.dtype != np.uint8 or frames.ndim != 3:
        raise ValueError(
            "Expected the frames of a trial as uint8 of shape frames x height x width; "
            f"got {frames.dtype} of shape {frames.shape}."
        )
