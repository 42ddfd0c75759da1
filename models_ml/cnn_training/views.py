"""Views: whole trials turned, mirrored and dimmed, for the training of trees.

A CNN knows the frames that it was trained on by heart, so their units are clearer than
those of new frames. Trees that learn from views of the same trials too, each changed in
its own way, rely less on this clarity.
"""

import numpy as np

from models_ml.arrays import UNLABELLED, Frames, LabelValues
from models_ml.cnn_training.augmentation import augmented

N_VIEWS = 12
# Of many labelled frames, fewer views are trained on.
_VIEW_FRAMES_MAX = 12_000
_BATCH_FRAMES = 512


def n_views_of(n_frames: int) -> int:
    """Return how many views of labelled excerpts are trained on.

    Parameters
    ----------
    n_frames : int
        Number of frames of all excerpts; at least 1.

    Returns
    -------
    n_views : int
        From 0 to 12.
    """
    return min(N_VIEWS, _VIEW_FRAMES_MAX // max(n_frames, 1))


def labelled_excerpt(labels: LabelValues, margin: int) -> slice:
    """Return the part of a trial that has all labels and their temporal windows.

    Parameters
    ----------
    labels : array of int8, shape (n_frames,)
        Labels of a trial, with at least one.
    margin : int
        Number of frames before the first and after the last label.

    Returns
    -------
    part : slice
        From the first to behind the last frame of the part.
    """
    labelled = np.flatnonzero(labels != UNLABELLED)
    return slice(max(0, int(labelled[0]) - margin), int(labelled[-1]) + 1 + margin)


def view_of(frames: Frames, rng: np.random.Generator) -> Frames:
    """Return consecutive frames, all changed in the same way.

    Parameters
    ----------
    frames : array of uint8, shape (n_frames, height, width)
        Frames of a trial.
    rng : numpy Generator
        Source of the change: rotation, mirroring, zoom, shift, light and noise.

    Returns
    -------
    frames : array of uint8, same shape
    """
    seed = int(rng.integers(2**32))
    view = np.empty_like(frames)
    for first in range(0, len(frames), _BATCH_FRAMES):
        part = slice(first, first + _BATCH_FRAMES)
        view[part] = augmented(
            frames[part][..., np.newaxis], np.random.default_rng(seed), as_one=True
        ).numpy()[..., 0]
    return view
