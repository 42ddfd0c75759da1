"""Labelled frames: which frames a CNN learns from, how often, and in which batches."""

import hashlib
from collections.abc import Iterable

import numpy as np

from models_ml.arrays import (
    TOUCH,
    UNLABELLED,
    Float32s,
    Float64s,
    Frames,
    LabelValues,
    Mask,
)
from models_ml.training.labelled_trials import TrainingError

# Frames so close to an edge of a touch are hard. They, and touch frames, are drawn
# more often than the others.
NEAR_AN_EDGE = 12
_FAR_WEIGHT = 0.2

# The channels of an input image, as frames relative to frame t. A CNN that sees both
# recognises a touch with the frames before it, and without.
LAGS = (-2, -1, 0)
STILL = (0, 0, 0)

_OFFSETS = np.array([STILL, LAGS])


def draw_weights(labels: LabelValues) -> Float64s:
    """Return how often each frame of a trial is drawn, relative to a touch frame.

    Parameters
    ----------
    labels : array of int8, shape (n_frames,)
        1 touch, 0 not touch, -1 not labelled.

    Returns
    -------
    weights : array of float64, shape (n_frames,)
        1 for touch frames and for frames near an edge of a touch, less for other
        labelled frames, 0 for frames without a label.
    """
    is_labelled = labels != UNLABELLED
    is_touch = labels == TOUCH
    is_hard = is_touch | _near_edges(is_touch, is_labelled)
    weights: Float64s = np.where(is_hard, 1.0, _FAR_WEIGHT) * is_labelled
    return weights


class LabelledImages:
    """Images of labelled frames, drawn in batches.

    Only labelled frames and the two before each are kept in memory.

    Parameters
    ----------
    trials : iterable of pairs of arrays
        Frames of a trial, uint8 of shape (n_frames, height, width), and their labels,
        int8 of shape (n_frames,): 1 touch, 0 not touch, -1 not labelled. Trials without
        a label are left out.
    """

    def __init__(self, trials: Iterable[tuple[Frames, LabelValues]]) -> None:
        frames, positions, weights, touch, n_kept = [], [], [], [], 0
        for all_frames, labels in trials:
            of_trial = draw_weights(labels)
            rows = np.flatnonzero(of_trial)
            if not len(rows):
                continue
            images = np.maximum(rows[:, np.newaxis] + LAGS, 0)
            kept, position = np.unique(images, return_inverse=True)
            frames.append(all_frames[kept])
            positions.append(position.reshape(images.shape) + n_kept)
            weights.append(of_trial[rows])
            touch.append(labels[rows] == TOUCH)
            n_kept += len(kept)
        if not frames:
            raise TrainingError(
                "No training trial has labels. Label clips of training trials."
            )
        self._frames = np.concatenate(frames)
        self._positions = np.concatenate(positions)
        self._touch = np.concatenate(touch).astype(np.float32)
        self._cumulative = np.cumsum(np.concatenate(weights))

    @property
    def sha256(self) -> str:
        """Digest of the frames and their labels."""
        digest = hashlib.sha256(f"{self._frames.shape}\n".encode())
        for array in (self._frames, self._positions, self._touch, self._cumulative):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def draw(self, n_images: int, rng: np.random.Generator) -> tuple[Frames, Float32s]:
        """Draw images, with replacement.

        Parameters
        ----------
        n_images : int
            Number of images; at least 1.
        rng : numpy Generator
            Source of randomness.

        Returns
        -------
        images : array of uint8, shape (n_images, height, width, 3)
            Half of them are lag images; in the others, all channels are frame t.
        touch : array of float32, shape (n_images,)
            1 if frame t is a touch frame, else 0.
        """
        at = rng.random(n_images) * self._cumulative[-1]
        row = np.searchsorted(self._cumulative, at, side="right")
        row = np.minimum(row, len(self._cumulative) - 1)
        channels = _OFFSETS[rng.integers(0, len(_OFFSETS), n_images)] + 2
        chosen = self._positions[row[:, np.newaxis], channels]
        images = np.moveaxis(self._frames[chosen], 1, -1)
        return np.ascontiguousarray(images), self._touch[row]


def _near_edges(is_touch: Mask, is_labelled: Mask) -> Mask:
    """Return the frames near an edge of a touch that the labels show."""
    edges = np.flatnonzero(np.diff(is_touch) & is_labelled[1:] & is_labelled[:-1])
    near = np.zeros(len(is_touch), np.bool_)
    for edge in edges.tolist():
        near[max(0, edge - NEAR_AN_EDGE + 1) : edge + NEAR_AN_EDGE + 1] = True
    return near
